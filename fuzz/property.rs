//! What must hold of any bytes as a file of rows. The fuzz target and a test of `van-bulk-import` share it.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::num::NonZero;
use std::path::Path;
use std::sync::OnceLock;

use van_bulk_import::delimited::{Encoding, Input};
use van_bulk_import::rows::{Packed, Packing, Policy, Preflight, RowPlace, RowsError};
use van_bulk_schema::Snapshot;
use van_bulk_schema::payload::Payload;

/// The header that the job of the test has.
pub(crate) const HEADER: &[u8] = b"VanID,Phone,Type,Opt-in,Code\n";

/// Fails unless a check and a packing of the file agree, and what was packed is what the file holds. The first byte says
/// how it is read, and whether it is given the header that it must have; the rest is the file.
pub(crate) fn holds(bytes: &[u8]) {
    let Some((options, rest)) = bytes.split_first() else { return };
    let mut file = if options & 1 == 0 { HEADER.to_vec() } else { Vec::new() };
    file.extend_from_slice(rest);
    let encoding = match options >> 1 & 3 {
        1 => Encoding::Windows1252,
        2 => Encoding::Utf16,
        _ => Encoding::Utf8,
    };
    let input = || Input::new("any bytes", std::io::Cursor::new(file.clone())).with_encoding(encoding);

    let mut last: Option<RowPlace> = None;
    let mut rejected = 0;
    let checked = preflight().check(input(), |finding| {
        if last != Some(finding.place) {
            let is_later =
                |last: RowPlace| last.row < finding.place.row && last.offset < finding.place.offset;
            assert!(last.is_none_or(is_later), "findings are in the order of the rows");
            rejected += 1;
        }
        last = Some(finding.place);
    });
    if let Ok(summary) = &checked {
        assert_eq!(summary.rejected, rejected, "a row that is rejected has a finding");
        assert_eq!(summary.rows, summary.accepted + summary.rejected, "every row is counted");
    }
    // Files are synced to disk, which takes long.
    if options >> 3 & 7 == 0 {
        packs_what_it_accepts(&file, input, checked.map(|summary| summary.accepted));
    }
}

fn packs_what_it_accepts(file: &[u8], input: impl Fn() -> Input, checked: Result<u64, RowsError>) {
    let folder = tempfile::tempdir().expect("a folder for zips");
    let path = folder.path().join("rejected.csv");
    let packed = Packing::new(preflight(), folder.path(), "rows.csv")
        .policy(Policy::LeaveOut { rejected: path })
        .part_bytes(64 * 1024)
        .threads(NonZero::<usize>::MIN)
        .csv(input());
    match (checked, packed) {
        (Ok(accepted), Ok(Packed { parts, summary, .. })) => {
            assert_eq!(accepted, summary.accepted, "a check and a packing agree");
            assert_eq!(summary.accepted, parts.iter().map(|part| part.rows).sum::<u64>());
            let rows = parts.iter().flat_map(|part| rows_of_zip(&part.path));
            let rows: Vec<csv::ByteRecord> = rows.collect();
            assert_eq!(rows.len() as u64, accepted, "another reader finds as many rows");
            if summary.rejected == 0 && std::str::from_utf8(file).is_ok() {
                // Where nothing is left out, what was packed is the file.
                let text = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
                let mut reader = csv::ReaderBuilder::new();
                if text.windows(6).next() == Some(b"VanID\t") {
                    reader.delimiter(b'\t');
                }
                let reader = reader.flexible(true).from_reader(text);
                let read: Vec<csv::ByteRecord> =
                    reader.into_byte_records().map(|row| row.expect("it was read")).collect();
                assert_eq!(rows, read, "the rows are those of the file");
            }
        }
        (Err(one), Err(other)) => assert_eq!(one.to_string(), other.to_string(), "both fail alike"),
        (one, other) => panic!("a check gives {one:?}, a packing {other:?}"),
    }
}

/// The rows of the file in a zip that we wrote, by its local header.
fn rows_of_zip(path: &Path) -> Vec<csv::ByteRecord> {
    let mut zip = File::open(path).expect("the part is there");
    let data = 30 + "rows.csv".len() as u64;
    zip.seek(SeekFrom::Start(data)).expect("the part has a header");
    let mut text = Vec::new();
    flate2::read::DeflateDecoder::new(zip).read_to_end(&mut text).expect("the part is deflated");
    let reader = csv::ReaderBuilder::new().flexible(false).from_reader(&*text);
    reader.into_byte_records().map(|row| row.expect("the part is a CSV")).collect()
}

/// A job over the sample, with ids, predefined and translated values, and fields that depend on others.
fn preflight() -> &'static Preflight {
    static PREFLIGHT: OnceLock<Preflight> = OnceLock::new();
    PREFLIGHT.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let (snapshot, _) = Snapshot::load(&root.join("snapshots/sample")).expect("the sample");
        let job = std::fs::read(root.join("tests/preflight/phones/job.json")).expect("the job");
        let job: Payload = serde_json::from_slice(&job).expect("it is a job");
        Preflight::for_payload(&snapshot.schema, &job).expect("the job keeps the rules")
    })
}
