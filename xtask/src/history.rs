//! `cargo xtask history`: lists all imports of a ledger.

use comfy_table::{CellAlignment, Table, presets};
use miette::IntoDiagnostic as _;
use serde_json::json;
use van_bulk_import::import::Report;

use crate::ledger::LedgerArgs;
use crate::ledger::show::{self, Format};
use crate::lint::show::printable;
use crate::report;

/// List all imports of a ledger, oldest first
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    ledger: LedgerArgs,
    /// How they are shown
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> miette::Result<()> {
    let ledger = args.ledger.open_existing()?;
    let imports = ledger.imports().into_diagnostic()?;
    let reports = imports.iter().map(|import| Report::read(&ledger, import.id));
    let reports: Vec<Report> = reports.collect::<Result<_, _>>().into_diagnostic()?;
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
        // Tenths of seconds tell nobody anything.
        let started = report.started_at.get(..19).unwrap_or(&report.started_at).replace('T', " ");
        let mut cells =
            vec![report.import.to_string(), started, report.state.to_string(), printable(&report.source)];
        cells.extend(counts.map(|count| count.to_string()));
        table.add_row(cells);
    }
    for column in table.column_iter_mut().skip(4) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
