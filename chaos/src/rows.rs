//! A random file of contacts, and what must become of each row.

use fastrand::Rng;
use van_bulk_emulator::record::fingerprint;

/// The columns of the file.
pub(crate) const COLUMNS: [&str; 4] = ["FirstName", "LastName", "Email", "HomePhone"];

/// What must become of a row that meets no fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It is imported.
    Good,
    /// Its phone number is refused; the rest of it is imported.
    Refused,
    /// It is left out before anything is sent.
    Bad,
}

/// A row. No two of a file are equal.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) kind: Kind,
    /// As the emulator's record has it.
    pub(crate) fingerprint: u64,
    cells: [String; 4],
}

/// Draws so many rows.
pub(crate) fn draw(random: &mut Rng, count: usize) -> Vec<Row> {
    (1..=count).map(|number| row(random, number)).collect()
}

fn row(random: &mut Rng, number: usize) -> Row {
    let kind = match random.u8(..100) {
        0..=2 => Kind::Bad,
        3..=5 => Kind::Refused,
        _ => Kind::Good,
    };
    let phone = match kind {
        Kind::Good => format!("413-555-{:04}", random.u16(..10_000)),
        Kind::Refused => "none".to_owned(),
        // The mapping `Phones` requires it.
        Kind::Bad => String::new(),
    };
    // Long and random, so that few rows fill a part; with what CSVs trip over.
    let noise: String = (0..random.usize(20..60)).map(|_| random.alphanumeric()).collect();
    let last = match random.u8(..8) {
        0 => format!("O\"Hara, {noise}"),
        1 => format!("Čakste\n{noise}"),
        _ => noise,
    };
    let cells = [format!("Ada{}", random.u32(..)), last, format!("ada{number}@example.org"), phone];
    Row { kind, fingerprint: fingerprint(cells.iter().map(String::as_str)), cells }
}

/// The file.
pub(crate) fn text(rows: &[Row]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing into memory cannot fail.
    let _ = writer.write_record(COLUMNS);
    for row in rows {
        let _ = writer.write_record(&row.cells);
    }
    writer.into_inner().unwrap_or_default()
}
