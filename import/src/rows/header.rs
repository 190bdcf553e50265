//! Reads the header of a file before a job is made for it.

use std::path::Path;

use van_bulk::Header;

use super::RowsError;
use super::flow::take_header;
use crate::delimited::split::Splitter;
use crate::delimited::{Input, Problem};

/// How much is read for a header, in bytes; more only if it is longer.
const BLOCK_BYTES: usize = 16 * 1024;

/// Reads a [`Header`] from a file.
///
/// ```
/// use van_bulk::Header;
/// use van_bulk_import::rows::ReadHeader as _;
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("signups.csv");
/// # std::fs::write(&path, "FirstName,Email\nAda,ada@example.org\n")?;
/// let header = Header::read(&path)?;
/// let error = header.column("Emial").unwrap_err();
/// assert!(error.to_string().contains("did you mean `Email`?"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait ReadHeader: Sized {
    /// The header of the delimited file at `path`, which may be compressed.
    ///
    /// # Errors
    /// When the file cannot be read, is empty, or has a header that cannot be that of an import: more than 50 columns, one
    /// without a name, or two with the same, ignoring case. All problems are told at once, with their positions.
    fn read(path: impl AsRef<Path>) -> Result<Self, RowsError> {
        Self::read_from(Input::open(path.as_ref())?)
    }

    /// The header of any delimited text.
    ///
    /// # Errors
    /// Those of [`read`](Self::read).
    fn read_from(input: Input) -> Result<Self, RowsError>;
}

impl ReadHeader for Header {
    fn read_from(input: Input) -> Result<Self, RowsError> {
        let delimiter = input.delimiter();
        let (name, text) = input.into_text()?;
        let mut splitter = Splitter::new(text, name.as_str(), delimiter, BLOCK_BYTES);
        let Some(mut block) = splitter.next()? else { return Err(splitter.error(1, Problem::Empty).into()) };
        let names = take_header(&mut block, &name)?;
        Self::new(names).map_err(|error| RowsError::BadHeader { file: name, error })
    }
}
