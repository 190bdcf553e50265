//! A zip that holds one deflated file.
//!
//! Ours, because the pieces of the file come compressed from several threads, and the libraries that write zips compress
//! themselves, or leave the sizes in the file's header blank, which what other clients send does not. The format is that of
//! PKWARE's APPNOTE 6.3: a header, the data, the same header in the directory, the end of the directory. All sizes fit 32
//! bits, since no part is larger.

use std::io::{self, Seek, SeekFrom, Write};

/// 1980-01-01 00:00, the first moment that a zip can tell: the same rows are to give the same bytes.
const TIME: [u8; 4] = [0, 0, 0x21, 0];
/// Version 2.0, which deflated files need.
const VERSION: u16 = 20;
const UNIX: u16 = 3 << 8;
/// A regular file that everybody may read.
const MODE: u32 = 0o100_644 << 16;
const DEFLATED: u16 = 8;
/// The name is UTF-8.
const UTF8: u16 = 1 << 11;

/// The sizes and the checksum of the file in a zip.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sizes {
    pub(super) crc: u32,
    pub(super) zipped: u32,
    pub(super) unzipped: u32,
}

/// What surrounds the data.
#[derive(Debug, Clone)]
pub(super) struct Frame<'n> {
    name: &'n str,
    name_length: u16,
}

impl<'n> Frame<'n> {
    /// For a file of this name; nothing if it is too long for a zip.
    pub(super) fn new(name: &'n str) -> Option<Self> {
        Some(Self { name, name_length: u16::try_from(name.len()).ok()? })
    }

    /// How many bytes surround the data.
    pub(super) fn bytes(&self) -> u64 {
        30 + 46 + 22 + 2 * u64::from(self.name_length)
    }

    /// What comes before the data.
    pub(super) fn header(&self, sizes: Sizes) -> Vec<u8> {
        let mut header = b"PK\x03\x04".to_vec();
        self.push_common(&mut header, sizes);
        header.extend_from_slice(self.name.as_bytes());
        header
    }

    /// What comes after it.
    fn directory(&self, sizes: Sizes) -> Vec<u8> {
        let mut directory = b"PK\x01\x02".to_vec();
        directory.extend_from_slice(&(UNIX | VERSION).to_le_bytes());
        self.push_common(&mut directory, sizes);
        // No comment, the first disk, and nothing about the contents.
        directory.extend_from_slice(&[0; 6]);
        directory.extend_from_slice(&MODE.to_le_bytes());
        // The file is at the start.
        directory.extend_from_slice(&[0; 4]);
        directory.extend_from_slice(self.name.as_bytes());
        directory
    }

    /// What the header and the directory both say.
    fn push_common(&self, header: &mut Vec<u8>, sizes: Sizes) {
        let flags = if self.name.is_ascii() { 0 } else { UTF8 };
        for word in [VERSION, flags, DEFLATED] {
            header.extend_from_slice(&word.to_le_bytes());
        }
        header.extend_from_slice(&TIME);
        for word in [sizes.crc, sizes.zipped, sizes.unzipped] {
            header.extend_from_slice(&word.to_le_bytes());
        }
        header.extend_from_slice(&self.name_length.to_le_bytes());
        // No extra field.
        header.extend_from_slice(&[0; 2]);
    }

    /// Ends a zip whose data was written behind a header with other sizes.
    pub(super) fn finish(&self, zip: &mut (impl Write + Seek), sizes: Sizes) -> io::Result<()> {
        let header = self.header(sizes);
        let directory = self.directory(sizes);
        let too_large = || io::Error::from(io::ErrorKind::FileTooLarge);
        let start = u32::try_from(header.len()).ok().and_then(|header| header.checked_add(sizes.zipped));
        let start = start.ok_or_else(too_large)?;
        let length = u32::try_from(directory.len()).map_err(|_| too_large())?;
        zip.write_all(&directory)?;
        // One disk, and one file on it.
        zip.write_all(b"PK\x05\x06\0\0\0\0\x01\0\x01\0")?;
        zip.write_all(&length.to_le_bytes())?;
        zip.write_all(&start.to_le_bytes())?;
        zip.write_all(&[0; 2])?;
        zip.seek(SeekFrom::Start(0))?;
        zip.write_all(&header)
    }
}
