//! `cargo van-bulk history`: lists all imports of a ledger.

use comfy_table::{CellAlignment, Table, presets};
use serde_json::json;
use van_bulk_import::import::Report;
use van_bulk_schema::text::printable;

use crate::ledger::show::{self, Format};
use crate::ledger::{LedgerArgs, told};
use crate::report;
use crate::workspace::Workspace;

/// The most characters that are shown of a name.
const WIDTH: usize = 24;

/// List all imports of a ledger, oldest first
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    ledger: LedgerArgs,
    /// How they are shown
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Runs the command.
pub(crate) fn run(args: &Args, workspace: &Workspace) -> miette::Result<()> {
    let ledger = args.ledger.open_existing(workspace)?;
    let imports = ledger.imports().map_err(told)?;
    let reports = imports.iter().map(|import| Report::read(&ledger, import.id));
    let reports: Vec<Report> = reports.collect::<Result<_, _>>().map_err(told)?;
    report::print(|out| match args.format {
        Format::Json => show::json(out, &json!(reports)),
        Format::Text if reports.is_empty() => writeln!(out, "no imports"),
        Format::Text => writeln!(out, "{}", table(&reports)),
    })
}

fn table(reports: &[Report]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_header([
        "import",
        "started",
        "state",
        "of",
        "description",
        "read",
        "rejected",
        "sent",
        "processed",
        "refused",
        "missing",
        "open",
    ]);
    for report in reports {
        let open = report.unsent + report.unknown + report.running;
        let counts = [
            report.rows,
            report.rejected,
            report.sent,
            report.processed,
            report.refused,
            report.missing,
            open,
        ];
        // Seconds tell nobody anything.
        let started = report.started_at.get(..16).unwrap_or(&report.started_at).replace('T', " ");
        let mut cells = vec![report.import.to_string(), started, report.state.to_string()];
        cells.extend([&report.source, &report.description].map(|text| printable(text, WIDTH)));
        cells.extend(counts.map(|count| count.to_string()));
        table.add_row(cells);
    }
    for column in table.column_iter_mut().skip(5) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
