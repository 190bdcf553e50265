//! `cargo xtask fuzz`: runs the fuzz target for a while.

use std::env;
use std::ffi::OsString;
use std::process::{Command, Stdio};

use miette::{IntoDiagnostic as _, miette};

use crate::workspace;

/// Feed any bytes to the reading and checking of rows, guided by coverage
///
/// Needs a nightly compiler and cargo-fuzz (`cargo install cargo-fuzz --locked --root target/tools`, or anywhere on the path);
/// without them, a notice says so. The test `fuzz` of van-bulk-import tries the same property on random changes of the corpus.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How long, in seconds
    #[arg(long, default_value_t = 30)]
    seconds: u32,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> miette::Result<()> {
    let target = workspace::root().join("target");
    let found = target.join("fuzz-corpus");
    let mut paths = vec![target.join("tools/bin")];
    paths.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let path = env::join_paths(paths).into_diagnostic()?;
    let is_there = nightly_fuzz(&path).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !is_there.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: there is no nightly compiler with cargo-fuzz here, so nothing was fuzzed");
        return Ok(());
    }
    std::fs::create_dir_all(&found).into_diagnostic()?;
    let status = nightly_fuzz(&path)
        .args(["run", "rows", "--target-dir"])
        .arg(target.join("fuzz"))
        // What is found on the way goes into the first folder; the committed corpus is read only.
        .arg(&found)
        .args(["corpus/rows", "--"])
        .args([format!("-max_total_time={}", args.seconds), "-max_len=20000".to_owned()])
        .arg("-verbosity=0")
        .current_dir(workspace::root().join("fuzz"))
        .status()
        .into_diagnostic()?;
    if !status.success() {
        return Err(miette!(
            help = "the input is in `fuzz/artifacts/rows`; add it to `fuzz/corpus/rows` once it is mended",
            "the property does not hold of some bytes"
        ));
    }
    println!("fuzzed for {} seconds: the property held of all bytes tried", args.seconds);
    Ok(())
}

fn nightly_fuzz(path: &OsString) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", "cargo", "fuzz"]).env("PATH", path);
    // Those of the compiler that runs this command are in the way of another.
    for name in ["CARGO", "RUSTUP_TOOLCHAIN", "CARGO_TARGET_DIR", "RUSTFLAGS"] {
        command.env_remove(name);
    }
    command
}
