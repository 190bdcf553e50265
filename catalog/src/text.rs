//! Text of a schema on its way into the page.

use van_bulk_schema::text::printable;

/// The most characters of a name that are shown.
const NAME: usize = 120;

/// The most characters of a description that are shown; the snapshot keeps it whole.
const DESCRIPTION: usize = 400;

/// A name on one line, without characters that hide text or turn it around.
pub(crate) fn name(text: &str) -> String {
    match printable(text, NAME) {
        shown if shown.is_empty() => "(no name)".to_owned(),
        shown => shown,
    }
}

/// A longer text on one line, likewise; nothing if it is missing or blank.
pub(crate) fn description(text: Option<&str>) -> Option<String> {
    text.map(|text| printable(text, DESCRIPTION)).filter(|shown| !shown.is_empty())
}

/// A number of things, in words such as `1 value` and `2 values`.
pub(crate) fn count(number: usize, thing: &str) -> String {
    match number {
        1 => format!("1 {thing}"),
        _ => format!("{} {thing}s", grouped(number)),
    }
}

/// A number with commas between its thousands.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line_that_nothing_turns_around() {
        assert_eq!(name("a\u{202e}b\u{2028}c\n d"), "a b c d".replace("a b", "ab"));
        assert_eq!(name("\u{200b} "), "(no name)");
        assert_eq!(description(Some(" \n")), None);
    }

    #[test]
    fn large_numbers_have_commas() {
        assert_eq!(count(1, "value"), "1 value");
        assert_eq!(count(0, "value"), "0 values");
        assert_eq!(count(1_234_567, "value"), "1,234,567 values");
    }
}
