//! Rules about what says which record a row is about.

use super::codes::*;
use super::finding::{RowFinding, named};
use super::read::{Given, Row};

/// Ids are whole numbers in all that VAN's docs and other clients show.
fn is_id(text: &str) -> bool {
    // So many digits are never too many, and fit without a look at their value.
    const SURELY_FIT: usize = 19;
    let is_short = (1..=SURELY_FIT).contains(&text.len());
    // Rust reads a plus sign, too.
    text.bytes().all(|byte| byte.is_ascii_digit()) && (is_short || text.parse::<u64>().is_ok())
}

pub(super) fn records_are_numbered(row: &Row<'_>, findings: &mut Vec<RowFinding>) {
    if let Some(key) = &row.plan.key {
        let (name, cell) = (&key.name, row.cell(key.index));
        if cell.is_empty() {
            findings.push(RowFinding::of_column(
                KEY_BLANK,
                name,
                cell,
                format!("`{name}` is blank, so nothing says which record the row is about"),
                format!("fill the column `{name}`, or leave the row out of the file"),
            ));
        } else if !is_id(cell) {
            findings.push(RowFinding::of_column(
                KEY_NOT_A_NUMBER,
                name,
                cell,
                format!("`{name}` is not a whole number"),
                format!("give the id of the record in the column `{name}`, in digits alone"),
            ));
        }
    }
    for (filled, index, field, _) in row.select(|of| &of.ids, |given| given == Given::Cell) {
        if !is_id(filled.raw(index).unwrap_or_default()) {
            let name = named(filled.mapping, &field.name);
            findings.push(RowFinding::of_field(
                KEY_NOT_A_NUMBER,
                &filled,
                index,
                format!("{name} is not a whole number"),
                "give VAN's id of the contact in digits alone, or leave the cell blank",
            ));
        }
    }
}
