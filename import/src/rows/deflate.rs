//! Compresses text so that pieces, each compressed on its own, can follow each other in one deflate stream.
//!
//! A piece ends with a flush: an empty block that fills the last byte. No piece refers to one before it, which costs half a
//! percent in size; in return pieces are compressed side by side, and put into any part.

use std::io;

use flate2::{Compress, Compression, FlushCompress, Status};

use super::check::Chunk;

/// What ends a deflate stream after the last piece: an empty final block.
pub(super) const END: &[u8] = b"\x03\x00";

pub(super) struct Deflater(Compress);

impl Deflater {
    pub(super) fn new(level: u32) -> Self {
        Self(Compress::new(Compression::new(level), false))
    }

    /// Compresses whole rows: so many, from the row `first` of the input to the row `last`.
    pub(super) fn chunk(&mut self, text: &[u8], rows: u64, first: u64, last: u64) -> io::Result<Chunk> {
        let mut crc = crc32fast::Hasher::new();
        crc.update(text);
        Ok(Chunk { deflated: self.deflate(text)?, crc, bytes: text.len() as u64, rows, first, last })
    }

    fn deflate(&mut self, text: &[u8]) -> io::Result<Vec<u8>> {
        const STEP: usize = 64 * 1024;
        self.0.reset();
        let mut deflated = Vec::with_capacity(text.len() / 4 + STEP);
        loop {
            let done = usize::try_from(self.0.total_in()).unwrap_or(text.len());
            let rest = text.get(done..).unwrap_or_default();
            let status = self.0.compress_vec(rest, &mut deflated, FlushCompress::Sync)?;
            let is_done = self.0.total_in() == text.len() as u64;
            // Room that is left means that all was flushed.
            if is_done && (deflated.len() < deflated.capacity() || status == Status::BufError) {
                deflated.shrink_to_fit();
                return Ok(deflated);
            }
            deflated.reserve(STEP);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn pieces_that_follow_each_other_are_one_stream() {
        let mut noise = 1u64;
        let mut random = Vec::new();
        for _ in 0..50_000 {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            random.extend_from_slice(&noise.to_be_bytes()[..5]);
        }
        let pieces: [&[u8]; 5] = [b"a,b\r\n", &random, b"", &[b'x'; 300_000], &random[..77]];
        for level in [0, 1, 6, 9] {
            let mut deflater = Deflater::new(level);
            let mut stream = Vec::new();
            for piece in pieces {
                stream.extend(deflater.chunk(piece, 1, 1, 1).unwrap().deflated);
            }
            stream.extend_from_slice(END);
            let mut text = Vec::new();
            flate2::read::DeflateDecoder::new(&*stream).read_to_end(&mut text).unwrap();
            assert!(text == pieces.concat(), "level {level}");
        }
    }
}
