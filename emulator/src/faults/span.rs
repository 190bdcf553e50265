//! Spans of time as people write them: `200ms`, `2s`, `5m`, `1h`.

/// The units, the largest first, in milliseconds.
const UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// The milliseconds of a text such as `200ms`.
pub(super) fn parse(text: &str) -> Option<u64> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let (_, milliseconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*milliseconds)
}

/// The text of so many milliseconds, in the largest unit that needs no fraction.
pub(super) fn show(milliseconds: u64) -> String {
    let fits = |(_, unit): &&(&str, u64)| milliseconds > 0 && milliseconds.is_multiple_of(*unit);
    match UNITS.iter().find(fits) {
        Some((name, unit)) => format!("{}{name}", milliseconds / unit),
        None => "0ms".to_owned(),
    }
}
