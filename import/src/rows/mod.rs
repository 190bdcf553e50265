//! The rows of an import: checked before they are sent, and packed as VAN fetches them, as delimited files inside zips.
//!
//! - [`Preflight`] says what rows must be like, from a job and a schema, and checks a file by it.
//! - [`Packing`] checks rows on their way into zips, from a file, from typed rows, from what serde knows; [`Packer`] takes
//!   them one by one. What to do about bad rows is a [`Policy`].
//! - [`ReadHeader`] reads the header of a file, for a job that is made when the program runs.
//!
//! All of it streams: memory does not grow with the number of rows. Blocks of whole rows are judged, quoted and compressed
//! side by side on all cores, and put together in their order, so that the same rows give the same bytes.
//!
//! What is written, and why:
//! - Every cell is quoted and a quote inside a cell doubled, so that a job says `hasQuotes: true` and no cell can break a
//!   line. The first line is a header (`hasHeader: true`), in every part.
//! - Text is UTF-8 without a byte order mark. VAN's docs do not name an encoding.
//! - Lines end in `\r\n`, as RFC 4180 has it. VAN's docs do not name a line ending; one client that imports in production
//!   leaves it to Python's `csv` module, which writes `\r\n` too.
//! - The zip holds that one file, deflated, with fixed times and attributes and its sizes in front of it.
//!
//! The zips, and the file of rejected rows, are readable by their owner only, since they hold personal data.

mod check;
mod columns;
mod deflate;
mod error;
mod finding;
mod flow;
mod header;
mod packer;
mod packing;
mod parts;
mod preflight;
mod records;
mod rejected;
mod sink;
mod zip;

pub use error::RowsError;
pub use finding::{Finding, Group, RowPlace, Summary};
pub use header::ReadHeader;
pub use packer::Packer;
pub use packing::{MIN_PART_BYTES, Packing};
pub use parts::Part;
pub use preflight::Preflight;
pub use sink::{Packed, Policy};

#[cfg(any(feature = "ledger", test))]
pub(crate) use check::write_record;

/// The most that VAN's table of job properties allows for a file: 100 MB (100,000 KB), in bytes. The docs do not say
/// whether they mean the zip or the file in it, nor which kilobyte; this is the zip and the smaller kilobyte.
pub const MAX_ZIP_BYTES: u64 = 100_000_000;

/// The most that the introduction of the same page of VAN's docs allows in most copies: 20 MB, in bytes. Parts are no
/// larger unless it is asked for.
pub const ADVISED_ZIP_BYTES: u64 = 20_000_000;

/// The longest name of a file inside a zip, in bytes. The zips are named after it, and file systems take no more than 255.
pub const MAX_FILE_NAME: usize = 200;

/// The most that a file may hold before it is zipped: 4 GiB less one byte, since larger ones need a form of zip (ZIP64)
/// that VAN may not read.
pub const MAX_UNZIPPED_BYTES: u64 = u32::MAX as u64;
