//! The rows of an import, wherever they come from.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::Stream;
use futures_util::future::{BoxFuture, FutureExt as _};
use serde::Serialize;
use van_bulk::Row;

use crate::delimited::Input;
use crate::rows::{Packed, Packing, RowsError};

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
        Self::blocking("rows of a program", |packing, stop| packing.rows(stop.until(rows)))
    }

    /// Records that serde can serialize: structs of plain values, whose names are those of the columns.
    pub fn records<I>(records: I) -> Self
    where
        I: IntoIterator<Item: Serialize> + Send + 'static,
    {
        Self::blocking("records of a program", |packing, stop| packing.records(stop.until(records)))
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

    /// Packs the rows, on threads where blocking is allowed. If it is not waited for to its end, packing stops.
    pub(super) async fn pack(self, packing: Packing<'static>) -> Result<Packed, RowsError> {
        let stop = Stop::default();
        let _guard = StopWhenDropped(stop.clone());
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
    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn check(&self) -> io::Result<()> {
        if self.is_set() { Err(io::Error::other("the import was stopped")) } else { Ok(()) }
    }

    /// The items until it is set. What was packed by then is thrown away: nobody gets to see it.
    fn until<I: IntoIterator>(self, items: I) -> impl Iterator<Item = I::Item> {
        items.into_iter().take_while(move |_| !self.is_set())
    }
}

struct StopWhenDropped(Stop);

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}
