//! The file with the rows.

use std::path::Path;

use van_bulk_import::delimited::{Encoding, Input};
use van_bulk_schema::payload::Delimiter;

use crate::stop::{self, Stop};

/// How the file with the rows is to be read.
#[derive(Debug, clap::Args)]
pub(crate) struct InputArgs {
    /// How the text is encoded: utf-8, windows-1252 or utf-16
    #[arg(long, default_value_t)]
    encoding: Encoding,
    /// What separates cells; unless it is given, the header tells
    #[arg(long, value_enum)]
    delimiter: Option<Separator>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Separator {
    Comma,
    Tab,
}

impl InputArgs {
    /// Opens the file; reading it ends soon after it is told to stop.
    pub(crate) fn open(&self, file: &Path, stop: &Stop) -> miette::Result<Input> {
        let input = stop::open(file, stop)?;
        let input = match self.delimiter {
            None => input,
            Some(Separator::Comma) => input.with_delimiter(Delimiter::Csv),
            Some(Separator::Tab) => input.with_delimiter(Delimiter::Tab),
        };
        Ok(input.with_encoding(self.encoding))
    }
}

/// Whether a path means standard input or output.
pub(crate) fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}
