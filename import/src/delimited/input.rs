//! Opens what people have: files, standard input, compressed, in another encoding.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use flate2::read::MultiGzDecoder;
use van_bulk::payload::Delimiter;
use van_bulk_schema::text::printable;

use super::encoding::Decoding;
use super::{DelimitedError, Encoding, OpenError, Problem};

/// A delimited text to read: a file, standard input, or anything else that can be read.
///
/// What is compressed with gzip is unpacked, whatever its name. The delimiter is that of the header, a comma or a tab,
/// unless it is [given](Self::with_delimiter). Text is UTF-8, unless [another encoding](Self::with_encoding) is named.
///
/// ```no_run
/// use van_bulk_import::delimited::{Encoding, Input};
///
/// let input = Input::open("contacts.csv.gz".as_ref())?.with_encoding(Encoding::Windows1252);
/// # Ok::<(), van_bulk_import::delimited::OpenError>(())
/// ```
pub struct Input {
    name: String,
    path: Option<PathBuf>,
    source: Box<dyn Read + Send>,
    bytes: Option<u64>,
    encoding: Encoding,
    delimiter: Option<Delimiter>,
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Input {
    /// The file at `path`. When it changes before it is read to its end, reading it fails.
    ///
    /// # Errors
    /// When it cannot be opened or is a folder.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let name = path.display().to_string();
        let opened = File::open(path).and_then(|file| file.metadata().map(|state| (file, state)));
        let (file, state) = opened
            .and_then(|(file, state)| match state.is_dir() {
                true => Err(io::Error::from(io::ErrorKind::IsADirectory)),
                false => Ok((file, state)),
            })
            .map_err(|error| OpenError { path: path.to_owned(), error })?;
        let bytes = state.is_file().then_some(state.len());
        let path = Some(path.to_owned());
        Ok(Self { bytes, path, ..Self::new(name, Unchanged::new(file, &state)) })
    }

    /// Standard input.
    pub fn stdin() -> Self {
        Self::new("<standard input>", io::stdin())
    }

    /// Anything that can be read; errors call it `name`.
    pub fn new(name: impl Into<String>, source: impl Read + Send + 'static) -> Self {
        Self {
            name: printable(&name.into(), 300),
            path: None,
            source: Box::new(source),
            bytes: None,
            encoding: Encoding::Utf8,
            delimiter: None,
        }
    }

    /// Reads text of this encoding.
    #[must_use]
    pub fn with_encoding(self, encoding: Encoding) -> Self {
        Self { encoding, ..self }
    }

    /// Takes this delimiter, whatever the header looks like.
    #[must_use]
    pub fn with_delimiter(self, delimiter: Delimiter) -> Self {
        Self { delimiter: Some(delimiter), ..self }
    }

    /// Calls `on_read` with the number of bytes, before they are unpacked, each time some were read. An error that it gives
    /// ends the reading.
    #[must_use]
    pub fn on_read(self, on_read: impl FnMut(u64) -> io::Result<()> + Send + 'static) -> Self {
        Self { source: Box::new(Watched { source: self.source, on_read }), ..self }
    }

    /// What errors call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The size in bytes, before it is unpacked, if it is a file.
    pub fn bytes(&self) -> Option<u64> {
        self.bytes
    }

    /// Where the file is, if it is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    pub(crate) fn delimiter(&self) -> Option<u8> {
        self.delimiter.as_ref().and_then(Delimiter::byte)
    }

    /// The text as UTF-8, under its name.
    pub(crate) fn into_text(self) -> Result<(String, Box<dyn Read + Send>), DelimitedError> {
        let Self { name, source, encoding, .. } = self;
        match text(source, encoding) {
            Ok(text) => Ok((name, text)),
            Err(error) => Err(DelimitedError { file: name, line: 1, problem: Fault::problem(error) }),
        }
    }
}

fn text(source: Box<dyn Read + Send>, encoding: Encoding) -> io::Result<Box<dyn Read + Send>> {
    let (mut begins, mut source) = begin(source)?;
    if begins.starts_with(b"\x1f\x8b") {
        (begins, source) = begin(Box::new(Unpacked(MultiGzDecoder::new(source))))?;
        if begins.starts_with(b"\x1f\x8b") {
            return Err(Fault(Problem::PackedTwice).into());
        }
    }
    if begins == *b"PK\x03\x04" {
        return Err(Fault(Problem::Zip).into());
    }
    // Whoever named another encoding was wrong.
    if begins.starts_with(b"\xef\xbb\xbf") {
        return Ok(source);
    }
    let is_utf_16 = begins.starts_with(b"\xff\xfe") || begins.starts_with(b"\xfe\xff");
    match encoding {
        Encoding::Utf8 | Encoding::Windows1252 if is_utf_16 => {
            Err(Fault(Problem::Utf16 { read_as: encoding }).into())
        }
        Encoding::Utf8 => Ok(source),
        Encoding::Windows1252 | Encoding::Utf16 => Ok(Box::new(Decoding::new(source, encoding, &begins))),
    }
}

/// How a source begins, in at most four bytes, and all of it.
fn begin(mut source: Box<dyn Read + Send>) -> io::Result<(Vec<u8>, Box<dyn Read + Send>)> {
    let mut begins = Vec::new();
    source.by_ref().take(4).read_to_end(&mut begins)?;
    Ok((begins.clone(), Box::new(Cursor::new(begins).chain(source))))
}

/// A problem on its way through [`Read`].
#[derive(Debug)]
pub(super) struct Fault(pub(super) Problem);

impl Fault {
    /// The problem in an error.
    pub(super) fn problem(error: io::Error) -> Problem {
        match error.downcast::<Self>() {
            Ok(fault) => fault.0,
            Err(error) => Problem::Io(error),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Fault {}

impl From<Fault> for io::Error {
    fn from(fault: Fault) -> Self {
        Self::other(fault)
    }
}

/// A file that must not change before its end.
struct Unchanged {
    file: File,
    /// Size and time of its last change, if it is a regular file.
    state: Option<(u64, Option<SystemTime>)>,
    read: u64,
}

impl Unchanged {
    fn new(file: File, metadata: &Metadata) -> Self {
        Self { file, state: metadata.is_file().then(|| state(metadata)), read: 0 }
    }
}

fn state(metadata: &Metadata) -> (u64, Option<SystemTime>) {
    (metadata.len(), metadata.modified().ok())
}

impl Read for Unchanged {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.read += read as u64;
        if let (0, false, Some(before)) = (read, buffer.is_empty(), self.state) {
            let now = state(&self.file.metadata()?);
            // What lies in `/proc` says it has no bytes, and has some.
            if now != before || (before.0 != 0 && self.read != before.0) {
                return Err(Fault(Problem::Changed).into());
            }
        }
        Ok(read)
    }
}

/// Gzip data, with errors that say so.
struct Unpacked<R>(R);

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| match Fault::problem(error) {
            // What the system says is not about the data, and who is interrupted reads again.
            Problem::Io(error)
                if error.raw_os_error().is_some() || error.kind() == io::ErrorKind::Interrupted =>
            {
                error
            }
            Problem::Io(error) => Fault(Problem::Gzip(error)).into(),
            other => Fault(other).into(),
        })
    }
}

struct Watched<R, F> {
    source: R,
    on_read: F,
}

impl<R: Read, F: FnMut(u64) -> io::Result<()>> Read for Watched<R, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        (self.on_read)(read as u64)?;
        Ok(read)
    }
}
