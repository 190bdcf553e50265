//! The encodings that a file may have, and decoding them.

use std::fmt;
use std::io::{self, Read};
use std::str::FromStr;

use encoding_rs::{Decoder, DecoderResult, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::Problem;
use super::input::Fault;

/// How the text of a file is encoded. What is packed is UTF-8 always.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[default]
    Utf8,
    /// Windows-1252, which Excel writes in western Europe and America when it saves as plain CSV. Latin 1 is read right,
    /// too: it has the same letters.
    Windows1252,
    /// UTF-16 in the order that its byte order mark tells; without one, little-endian.
    Utf16,
}

impl Encoding {
    const ALL: [Self; 3] = [Self::Utf8, Self::Windows1252, Self::Utf16];
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "utf-8",
            Self::Windows1252 => "windows-1252",
            Self::Utf16 => "utf-16",
        })
    }
}

impl FromStr for Encoding {
    type Err = UnknownEncoding;

    fn from_str(name: &str) -> Result<Self, UnknownEncoding> {
        let known = Self::ALL.into_iter().find(|known| known.to_string().eq_ignore_ascii_case(name));
        known.ok_or_else(|| UnknownEncoding(name.to_owned()))
    }
}

/// A name that is no [`Encoding`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no encoding that can be read; known are utf-8, windows-1252 and utf-16")]
pub struct UnknownEncoding(pub String);

/// How much is decoded at once, in bytes.
const PIECE: usize = 64 * 1024;

/// Reads text of another encoding as UTF-8.
pub(super) struct Decoding<R> {
    input: R,
    encoding: Encoding,
    decoder: Decoder,
    /// Bytes that were read.
    raw: Vec<u8>,
    /// Those of them that were decoded.
    used: usize,
    /// Bytes decoded before those in `raw`.
    offset: u64,
    ended: bool,
    /// Text that was decoded. It has room for any character, which what is asked for may not.
    text: Vec<u8>,
    /// How much of it was handed on.
    given: usize,
    /// What comes after it.
    next: Next,
}

/// What comes after the text that was decoded.
enum Next {
    More,
    End,
    Fault(Problem),
}

impl<R: Read> Decoding<R> {
    /// `begins` is how the input begins.
    pub(super) fn new(input: R, encoding: Encoding, begins: &[u8]) -> Self {
        let encoding_rs = match encoding {
            Encoding::Utf16 if begins.starts_with(b"\xfe\xff") => UTF_16BE,
            Encoding::Utf16 => UTF_16LE,
            Encoding::Utf8 | Encoding::Windows1252 => WINDOWS_1252,
        };
        let decoder = encoding_rs.new_decoder_with_bom_removal();
        Self {
            input,
            encoding,
            decoder,
            raw: Vec::new(),
            used: 0,
            offset: 0,
            ended: false,
            text: Vec::new(),
            given: 0,
            next: Next::More,
        }
    }

    fn decode(&mut self) -> io::Result<()> {
        if self.used == self.raw.len() && !self.ended {
            self.fill()?;
        }
        self.given = 0;
        self.text.resize(PIECE, 0);
        let rest = self.raw.get(self.used..).unwrap_or_default();
        let (result, read, written) =
            self.decoder.decode_to_utf8_without_replacement(rest, &mut self.text, self.ended);
        self.text.truncate(written);
        self.used += read;
        match result {
            DecoderResult::Malformed(..) => {
                let offset = (self.offset + self.used as u64).saturating_sub(1);
                self.next = Next::Fault(Problem::Malformed { encoding: self.encoding, offset });
            }
            DecoderResult::InputEmpty if self.ended => self.next = Next::End,
            DecoderResult::InputEmpty | DecoderResult::OutputFull => {}
        }
        Ok(())
    }

    fn fill(&mut self) -> io::Result<()> {
        self.offset += self.used as u64;
        self.used = 0;
        self.raw.resize(PIECE, 0);
        let read = self.input.read(&mut self.raw);
        // Who is interrupted reads again, and must not find bytes that were not read.
        self.raw.truncate(read.as_ref().copied().unwrap_or(0));
        self.ended = read? == 0;
        Ok(())
    }
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let mut rest = self.text.get(self.given..).unwrap_or_default();
            if !rest.is_empty() || buffer.is_empty() {
                let read = rest.read(buffer)?;
                self.given += read;
                return Ok(read);
            }
            match std::mem::replace(&mut self.next, Next::More) {
                Next::More => self.decode()?,
                Next::End => {
                    self.next = Next::End;
                    return Ok(0);
                }
                Next::Fault(problem) => return Err(Fault(problem).into()),
            }
        }
    }
}
