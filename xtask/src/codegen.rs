//! `cargo xtask codegen`: writes the builders of a snapshot, or checks that they are up to date.

use miette::{IntoDiagnostic as _, miette};
use van_bulk_codegen::{CodegenError, Files, generate};
use van_bulk_schema::Snapshot;
use van_bulk_schema::finding::any_error;

use crate::{report, workspace};

/// Write the builders of a snapshot into `generated/`, or check that they are up to date
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Change nothing; list every missing, stale and extra file, and fail if there is any
    #[arg(long)]
    check: bool,
    /// The snapshot: a folder below `snapshots/`
    #[arg(long, default_value = workspace::DEFAULT_PROFILE)]
    profile: String,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> miette::Result<()> {
    let (snapshot, mut findings) = Snapshot::load(&workspace::snapshot(&args.profile)).into_diagnostic()?;
    if any_error(&findings) {
        // The rest of the schema is worth checking all the same: people want every problem at once.
        findings.extend(van_bulk_codegen::validate::validate(&snapshot));
        report::findings(&findings, &snapshot.documents);
        return Err(refused(&args.profile));
    }
    let files = generated(&snapshot, &args.profile)?;
    let folder = workspace::generated();
    if args.check {
        let differences = files.compare(&folder).into_diagnostic()?;
        for difference in &differences {
            println!("{difference}");
        }
        if !differences.is_empty() {
            return Err(miette!(
                code = "codegen::out-of-date",
                help =
                    format!("run `{}` and commit what it changes", workspace::config(&args.profile).command),
                "{} of {} generated files differ from what `snapshots/{}` generates",
                differences.len(),
                files.iter().len(),
                args.profile
            ));
        }
        println!("{} generated files are up to date", files.iter().len());
    } else {
        let written = files.write(&folder).into_diagnostic()?;
        println!("{} generated files, {} changed", files.iter().len(), written.len());
    }
    Ok(())
}

/// Generates the files of a snapshot, telling what is wrong or doubtful about it.
pub(crate) fn generated(snapshot: &Snapshot, profile: &str) -> miette::Result<Files> {
    match generate(snapshot, &workspace::config(profile)) {
        Ok(generated) => {
            report::findings(&generated.warnings, &snapshot.documents);
            Ok(generated.files)
        }
        Err(CodegenError::Schema(findings)) => {
            report::findings(&findings, &snapshot.documents);
            Err(refused(profile))
        }
        Err(error) => Err(error).into_diagnostic(),
    }
}

fn refused(profile: &str) -> miette::Report {
    miette!(
        code = "codegen::schema",
        help = "correct the places shown above, or fetch the snapshot again with `cargo xtask fetch`",
        "`snapshots/{profile}` has errors, so nothing was written"
    )
}
