//! Rows: checked, packed, and what becomes of bad ones.

mod bad_input;
mod delimited;
mod encodings;
mod full_disk;
mod header;
mod packing;
mod parts;
mod policies;
mod preflight;
mod sources;
mod support;
mod tables;
