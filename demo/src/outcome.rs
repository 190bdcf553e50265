//! The account of the import, as tables and one line.

use comfy_table::{CellAlignment, Table, presets};
use van_bulk::FinishedJob;
use van_bulk_import::Outcome;
use van_bulk_mappings::Mode;

/// How many refused and missing rows are shown.
const SHOWN: usize = 10;

/// Prints what became of every mapping and every row.
pub(crate) fn print(outcome: &Outcome, job: &FinishedJob<Mode>) {
    println!("\n{}", mappings(outcome, job));
    for mapping in &outcome.not_reported {
        println!("VAN reports nothing about the mapping {mapping}");
    }
    if outcome.refused > 0 {
        println!(
            "\nRows of the packed file with a refused mapping (the first {} of {}):",
            outcome.refused.min(SHOWN as u64),
            outcome.refused
        );
        println!("{}", refused(outcome));
    }
    let missing: Vec<String> = outcome
        .missing_rows()
        .map(|rows| match (*rows.start(), *rows.end()) {
            (first, last) if first == last => first.to_string(),
            (first, last) => format!("{first}-{last}"),
        })
        .collect();
    if !missing.is_empty() {
        println!(
            "\nRows that VAN left out without a word (rows of the packed file, without its header): {}",
            missing.join(", ")
        );
    }
    println!("\n{outcome}");
}

fn mappings(outcome: &Outcome, job: &FinishedJob<Mode>) -> Table {
    let mut table = table(&["Mapping", "Filled from", "Result column", "Rows", "VAN's message"]);
    for mapping in &outcome.mappings {
        for (index, (message, rows)) in mapping.messages.iter().enumerate() {
            let first = index == 0;
            let name = if first { mapping.mapping.as_str() } else { "" };
            let column = if first { mapping.columns.join(", ") } else { String::new() };
            let filled_from = if first { filled_from(job, mapping.position) } else { String::new() };
            table.add_row([name, &filled_from, &column, &rows.to_string(), message]);
        }
    }
    align_right(&mut table, 3);
    table
}

/// The first column of a mapping, which tells mappings of the same type apart.
fn filled_from(job: &FinishedJob<Mode>, position: usize) -> String {
    let fields = job.mappings().get(position).map_or(&[][..], |mapping| &mapping.field_value_mappings);
    let columns: Vec<&str> = fields.iter().filter_map(|field| field.column_name.as_deref()).collect();
    match columns.as_slice() {
        [] => "static values".to_owned(),
        [only] => (*only).to_owned(),
        [first, ..] => format!("{first} and others"),
    }
}

fn refused(outcome: &Outcome) -> Table {
    let mut table = table(&["Row", "Record", "Result column", "VAN's message"]);
    for refused in outcome.refused_rows.iter().take(SHOWN) {
        let record = format!("{} {}", refused.primary_key_type, refused.primary_key);
        for (column, message) in &refused.messages {
            table.add_row([&refused.row.to_string(), &record, column, message]);
        }
    }
    align_right(&mut table, 0);
    table
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header(header);
    table
}

fn align_right(table: &mut Table, column: usize) {
    if let Some(column) = table.column_mut(column) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}
