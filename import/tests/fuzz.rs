//! The property of the fuzz target (`fuzz/`), over its corpus and over random changes of it: for machines without a nightly
//! compiler. `FUZZ_SEED` and `FUZZ_ROUNDS` choose others.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]

#[path = "../../fuzz/property.rs"]
mod property;

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

/// What files of rows are made of.
const PIECES: [&[u8]; 16] = [
    b"\"",
    b"\"\"",
    b",",
    b"\n",
    b"\r\n",
    b"\r",
    b"\t",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xc3",
    b"4101",
    b"Cell",
    b"yes",
    b"1001",
    property::HEADER,
];

/// A small generator of random numbers (splitmix64).
struct Rng(u64);

impl Rng {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((word ^ (word >> 31)) % limit.max(1) as u64).unwrap_or(0)
    }
}

fn corpus() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/rows");
    let mut corpus: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.display().to_string(), fs::read(&path).unwrap())
        })
        .collect();
    corpus.sort();
    corpus
}

fn change(bytes: &mut Vec<u8>, other: &[u8], rng: &mut Rng) {
    let at = rng.below(bytes.len() + 1);
    match rng.below(5) {
        0 if at < bytes.len() => bytes[at] ^= 1 << rng.below(8),
        1 => drop(bytes.splice(at..at, PIECES[rng.below(PIECES.len())].iter().copied())),
        2 => drop(bytes.drain(at..(at + rng.below(20)).min(bytes.len()))),
        3 => bytes.truncate(at),
        _ => bytes.extend_from_slice(&other[rng.below(other.len())..]),
    }
}

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn the_property_holds_of_the_corpus() {
    let corpus = corpus();
    assert!(corpus.len() > 15);
    for (name, bytes) in corpus {
        assert!(catch_unwind(|| property::holds(&bytes)).is_ok(), "it does not hold of {name}");
    }
}

#[test]
fn the_property_holds_of_random_changes_of_the_corpus() {
    let (seed, rounds) = (setting("FUZZ_SEED", 4), setting("FUZZ_ROUNDS", 1_500));
    let corpus = corpus();
    let mut rng = Rng(seed);
    for round in 0..rounds {
        let mut bytes = corpus[rng.below(corpus.len())].1.clone();
        for _ in 0..=rng.below(6) {
            let other = &corpus[rng.below(corpus.len())].1;
            change(&mut bytes, other, &mut rng);
        }
        let holds = catch_unwind(|| property::holds(&bytes)).is_ok();
        assert!(
            holds,
            "FUZZ_SEED={seed}, round {round}: it does not hold of {:?}",
            bytes.escape_ascii().to_string()
        );
    }
}
