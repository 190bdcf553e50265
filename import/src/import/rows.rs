//! The rows of an import, wherever they come from.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::Stream;
use futures_util::future::{BoxFuture, FutureExt as _};
use serde::ser::{Error as _, Serialize, Serializer};
use van_bulk::Row;

use crate::delimited::Input;
use crate::rows::{Packed, Packing, RowsError};

/// What becomes of packing that nobody waits for; nobody gets to see it.
const STOPPED: &str = "the import was stopped";

/// How the rows get into the parts.
type Pack = dyn FnOnce(Packing<'static>, Stop) -> BoxFuture<'static, Result<Packed, RowsError>> + Send;

/// The rows of an import: a [file](Input), a `Vec` of typed rows, or what the functions here take.
pub struct ImportRows {
    name: String,
    pack: Box<Pack>,
}

impl fmt::Debug for ImportRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImportRows").field("name", &self.name).finish_non_exhaustive()
    }
}

impl ImportRows {
    /// Typed rows.
    pub fn typed<I>(rows: I) -> Self
    where
        I: IntoIterator<Item: Row> + Send + 'static,
    {
        Self::blocking("rows of a program", |packing, stop| {
            let mut packer = packing.start()?;
            for row in rows {
                if stop.is_set() {
                    return Err(RowsError::Failed);
                }
                packer.write_row(&row)?;
            }
            packer.finish()
        })
    }

    /// Records that serde can serialize: structs of plain values, whose names are those of the columns.
    pub fn records<I>(records: I) -> Self
    where
        I: IntoIterator<Item: Serialize> + Send + 'static,
    {
        Self::blocking("records of a program", |packing, stop| {
            packing.records(records.into_iter().map(|record| Stoppable { record, stop: stop.clone() }))
        })
    }

    /// Typed rows as they arrive.
    pub fn stream<R>(rows: impl Stream<Item = R> + Send + 'static) -> Self
    where
        R: Row + Send + 'static,
    {
        // Packing a stream ends by itself when it is not waited for any more.
        let pack = |packing: Packing<'static>, _| packing.stream(rows).boxed();
        Self { name: "rows of a stream".to_owned(), pack: Box::new(pack) }
    }

    /// Says what reports and the ledger call the rows.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Packs the rows, on threads where blocking is allowed. Once `stop` is set, packing fails, and nothing is left.
    pub(super) async fn pack(self, packing: Packing<'static>, stop: Stop) -> Result<Packed, RowsError> {
        (self.pack)(packing, stop).await
    }

    fn blocking(
        name: &str,
        pack: impl FnOnce(Packing<'static>, Stop) -> Result<Packed, RowsError> + Send + 'static,
    ) -> Self {
        let pack = |packing, stop| {
            let packing = tokio::task::spawn_blocking(move || pack(packing, stop));
            packing
                .map(|packed| packed.unwrap_or_else(|error| Err(RowsError::Threads(io::Error::other(error)))))
                .boxed()
        };
        Self { name: name.to_owned(), pack: Box::new(pack) }
    }
}

impl From<Input> for ImportRows {
    fn from(input: Input) -> Self {
        let name = input.name().to_owned();
        Self::blocking(&name, |packing, stop| packing.csv(input.on_read(move |_| stop.check())))
    }
}

impl<R: Row + Send + 'static> From<Vec<R>> for ImportRows {
    fn from(rows: Vec<R>) -> Self {
        Self::typed(rows)
    }
}

/// Whether nobody waits for the rows any more.
#[derive(Debug, Clone, Default)]
pub(super) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Sets it when what this gives is dropped.
    pub(super) fn when_dropped(&self) -> StopWhenDropped {
        StopWhenDropped(self.clone())
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// An error once it is set.
    pub(super) fn check(&self) -> io::Result<()> {
        if self.is_set() { Err(io::Error::other(STOPPED)) } else { Ok(()) }
    }
}

/// Sets a [`Stop`] when it is dropped.
pub(super) struct StopWhenDropped(Stop);

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

/// A record that cannot be written any more once nobody waits for it.
struct Stoppable<T> {
    record: T,
    stop: Stop,
}

impl<T: Serialize> Serialize for Stoppable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.stop.is_set() {
            return Err(S::Error::custom(STOPPED));
        }
        self.record.serialize(serializer)
    }
}
