//! What keeps a proof from being made; a disagreement that it finds is no error.

use std::io;
use std::path::{Path, PathBuf};

/// A proof could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// The file system refused.
    #[error("could not {action}")]
    Io {
        /// What was tried.
        action: String,
        /// What the system said.
        source: io::Error,
    },
    /// The emulator did not start.
    #[error("the emulator did not start")]
    Emulator(#[from] van_bulk_emulator::EmulatorError),
    /// The emulator did not answer.
    #[error("the emulator did not answer")]
    Http(#[from] reqwest::Error),
    /// A job of the emulator did not end.
    #[error("a job of the emulator did not end: {0}")]
    Endless(String),
    /// Rows could not be written.
    #[error("could not write rows")]
    Csv(#[from] csv::Error),
    /// A zip could not be written.
    #[error("could not write a zip")]
    Zip(#[from] zip::result::ZipError),
    /// The builders could not be generated.
    #[error("could not generate the builders")]
    Codegen(#[from] van_bulk_codegen::CodegenError),
    /// The generated files could not be written.
    #[error("could not write the generated builders")]
    Files(#[from] van_bulk_codegen::FilesError),
    /// Cargo stopped before it compiled the programs.
    #[error("Cargo could not compile what is in {}:\n{said}", .folder.display())]
    Cargo {
        /// Where.
        folder: PathBuf,
        /// The end of what it said.
        said: String,
    },
    /// The sources are not what the mutation check knows how to change.
    #[error("cannot take rules out of {}: {what}", .path.display())]
    Unknown {
        /// The file.
        path: PathBuf,
        /// What was not found in it.
        what: &'static str,
    },
}

impl ProveError {
    /// Cargo failed in a folder; of what it said, the end is kept.
    pub(crate) fn cargo(folder: &Path, said: &[u8]) -> Self {
        let said = String::from_utf8_lossy(said);
        let start = said.char_indices().rev().nth(3_000).map_or(0, |(start, _)| start);
        Self::Cargo { folder: folder.to_owned(), said: said.get(start..).unwrap_or_default().to_owned() }
    }

    /// For `map_err`: an error of the file system while doing this.
    pub(crate) fn io(action: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let action = action.into();
        move |source| Self::Io { action, source }
    }
}
