//! Compresses a text with flate2, whose backend is a feature, and with libdeflate, on one thread. `cargo xtask bench
//! deflate` runs one binary for each backend, round after round; each run prints one JSON object.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Parser;
use flate2::{Compress, Compression, FlushCompress, Status};
use libdeflater::{CompressionLvl, Compressor};
use miette::{IntoDiagnostic as _, WrapErr as _, miette};
use serde_json::json;

/// Compress a text in pieces and as a whole
#[derive(Debug, Parser)]
struct Cli {
    file: PathBuf,
    #[arg(long, value_delimiter = ',')]
    levels: Vec<u32>,
}

/// The size of the pieces that rows are packed in.
const PIECE: usize = 1024 * 1024;

const BACKEND: &str = if cfg!(feature = "zlib-ng") { "zlib-ng" } else { "zlib-rs" };

/// What one contender did.
#[derive(Debug, serde::Serialize)]
struct Measured {
    library: &'static str,
    level: u32,
    /// `pieces` or `whole`.
    text: &'static str,
    seconds: f64,
    bytes: usize,
}

fn main() -> miette::Result<()> {
    let cli = Cli::parse();
    let text = read(&cli.file)?;
    let mut all = Vec::new();
    for level in cli.levels {
        for (name, piece) in [("pieces", PIECE), ("whole", text.len().max(1))] {
            let begun = Instant::now();
            let bytes = flate2(&text, piece, level)?;
            let seconds = begun.elapsed().as_secs_f64();
            all.push(Measured { library: BACKEND, level, text: name, seconds, bytes });
            // Once is enough for what does not depend on the backend.
            if cfg!(feature = "zlib-ng") {
                continue;
            }
            let begun = Instant::now();
            let bytes = libdeflate(&text, piece, level)?;
            let seconds = begun.elapsed().as_secs_f64();
            all.push(Measured { library: "libdeflate", level, text: name, seconds, bytes });
        }
    }
    println!("{}", json!({ "bytes": text.len(), "measured": all }));
    Ok(())
}

fn read(file: &Path) -> miette::Result<Vec<u8>> {
    std::fs::read(file).into_diagnostic().wrap_err_with(|| format!("could not read {}", file.display()))
}

/// Pieces are compressed as they are packed: each on its own, ended by a flush, so that they follow each other in a stream.
fn flate2(text: &[u8], piece: usize, level: u32) -> miette::Result<usize> {
    let mut compress = Compress::new(Compression::new(level), false);
    let mut deflated = Vec::with_capacity(piece + piece / 8 + 1024);
    let mut bytes = 0;
    let is_whole = piece >= text.len();
    for piece in text.chunks(piece) {
        compress.reset();
        deflated.clear();
        let flush = if is_whole { FlushCompress::Finish } else { FlushCompress::Sync };
        let status = compress.compress_vec(piece, &mut deflated, flush).into_diagnostic()?;
        let is_done =
            if is_whole { status == Status::StreamEnd } else { deflated.len() < deflated.capacity() };
        if !is_done || compress.total_in() != piece.len() as u64 {
            return Err(miette!("{BACKEND} did not compress a piece whole at level {level}: {status:?}"));
        }
        bytes += deflated.len();
    }
    Ok(bytes)
}

/// Each piece becomes a stream of its own: libdeflate cannot go on after one.
fn libdeflate(text: &[u8], piece: usize, level: u32) -> miette::Result<usize> {
    let level = i32::try_from(level).into_diagnostic()?;
    let level = CompressionLvl::new(level).map_err(|_| miette!("libdeflate has no level {level}"))?;
    let mut compressor = Compressor::new(level);
    let mut deflated = vec![0; compressor.deflate_compress_bound(piece)];
    let mut bytes = 0;
    for piece in text.chunks(piece) {
        bytes += compressor.deflate_compress(piece, &mut deflated).into_diagnostic()?;
    }
    Ok(bytes)
}
