//! Texts to pack, and looks at what was packed.

use std::fs::{self, File};
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::num::NonZero;
use std::path::Path;
use std::process::Command;

use van_bulk::payload::Delimiter;
use van_bulk_import::delimited::Input;
use van_bulk_import::rows::{Finding, Packed, Packing, Policy, Preflight, RowsError};

/// A number sequence that looks random, the same for the same seed (SplitMix64).
pub(crate) struct Rng(pub(crate) u64);

impl Rng {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    pub(crate) fn one_in(&mut self, chance: usize) -> bool {
        self.below(chance) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// Letters and digits that hardly can be compressed.
    pub(crate) fn noise(&mut self, length: usize) -> String {
        const LETTERS: &[u8; 64] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
        (0..length).map(|_| char::from(self.pick(LETTERS))).collect()
    }
}

/// For rows of these columns, of which nothing else is known.
pub(crate) fn preflight(columns: &[&str]) -> Preflight {
    Preflight::of_columns(columns, &Delimiter::Csv).unwrap()
}

/// A text under the name `in.csv`.
pub(crate) fn text(text: impl Into<Vec<u8>>) -> Input {
    Input::new("in.csv", Cursor::new(text.into()))
}

/// Packs into `rows-001.zip` and so on.
pub(crate) fn packing(folder: &Path, columns: &[&str]) -> Packing<'static> {
    Packing::new(&preflight(columns), folder, "rows.csv")
}

/// The policy to leave bad rows out, for `rejected.csv` in this folder.
pub(crate) fn leave_out(folder: &Path) -> Policy {
    Policy::LeaveOut { rejected: folder.join("rejected.csv") }
}

pub(crate) fn threads(threads: usize) -> NonZero<usize> {
    NonZero::new(threads).unwrap()
}

/// What the only file in a zip holds.
pub(crate) fn unzip(path: &Path) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    assert_eq!(archive.len(), 1);
    let mut text = Vec::new();
    archive.by_index(0).unwrap().read_to_end(&mut text).unwrap();
    text
}

/// What the only part holds.
pub(crate) fn only_part(packed: &Packed) -> String {
    let [part] = packed.parts.as_slice() else { panic!("{} parts", packed.parts.len()) };
    String::from_utf8(unzip(&part.path)).unwrap()
}

/// What all parts hold, with their headers.
pub(crate) fn all_parts(packed: &Packed) -> Vec<u8> {
    packed.parts.iter().flat_map(|part| unzip(&part.path)).collect()
}

/// The bytes of all parts.
pub(crate) fn zips(packed: &Packed) -> Vec<Vec<u8>> {
    packed.parts.iter().map(|part| fs::read(&part.path).unwrap()).collect()
}

/// Everything that lies in a folder, sorted.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Packs the columns `A` and `B` of an input under each policy. All must fail alike, with nothing left.
pub(crate) fn failure(input: impl Fn() -> Input) -> RowsError {
    let mut errors: Vec<RowsError> = Vec::new();
    for policy in 0..3 {
        let folder = tempfile::tempdir().unwrap();
        let policy = [Policy::Stop, Policy::Refuse, leave_out(folder.path())][policy].clone();
        errors.push(packing(folder.path(), &["A", "B"]).policy(policy).csv(input()).unwrap_err());
        assert_eq!(names(folder.path()), [""; 0], "nothing is left");
    }
    let error = errors.pop().unwrap();
    errors.iter().for_each(|other| assert_eq!(other.to_string(), error.to_string()));
    error
}

/// The same for a text, and the message.
pub(crate) fn refusal(of: impl Into<Vec<u8>>) -> String {
    let of = of.into();
    failure(|| text(of.clone())).to_string()
}

/// All findings of a check.
pub(crate) fn findings(preflight: &Preflight, input: Input) -> Vec<Finding> {
    let mut findings = Vec::new();
    let summary = preflight.check(input, |finding| findings.push(finding.clone())).unwrap();
    assert_eq!(summary.findings(), findings.len() as u64);
    assert_eq!(summary.rows, summary.accepted + summary.rejected);
    findings
}

/// The bytes of a file from `offset` on, and the number of the line that begins there.
pub(crate) fn found_at(path: &Path, offset: u64, length: usize) -> (u64, Vec<u8>) {
    let mut file = File::open(path).unwrap();
    let mut before = Vec::new();
    file.by_ref().take(offset).read_to_end(&mut before).unwrap();
    file.seek(SeekFrom::Start(offset)).unwrap();
    let mut bytes = Vec::new();
    file.take(length as u64).read_to_end(&mut bytes).unwrap();
    (1 + before.iter().filter(|byte| **byte == b'\n').count() as u64, bytes)
}

/// Whether a program is there; if not, that a test was skipped is told.
pub(crate) fn has(program: &str, argument: &str, skipped: &str) -> bool {
    let found = Command::new(program).arg(argument).output().is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("SKIPPED: {program} is not there, so {skipped}");
    }
    found
}

/// Runs a program, which must succeed, and gives what it writes.
pub(crate) fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {stdout}{stderr}");
    output.stdout
}
