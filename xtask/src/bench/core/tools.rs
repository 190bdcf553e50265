//! Where benches work, and the programs that they run.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use miette::{IntoDiagnostic as _, WrapErr as _, miette};
use serde_json::{Value, json};

use crate::workspace;

/// The folder of the benches: in `target`, or wherever cargo builds.
#[derive(Debug)]
pub(in crate::bench) struct Tools {
    folder: PathBuf,
}

impl Tools {
    /// Makes the folder, with an empty one for data in it.
    pub(in crate::bench) fn new() -> miette::Result<Self> {
        let tools = Self { folder: workspace::target().join("bench") };
        tools.remove_data()?;
        let data = tools.data();
        std::fs::create_dir_all(&data)
            .into_diagnostic()
            .wrap_err_with(|| format!("could not create {}", data.display()))?;
        Ok(tools)
    }

    pub(in crate::bench) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where files are that are read and packed.
    pub(in crate::bench) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub(in crate::bench) fn remove_data(&self) -> miette::Result<()> {
        let data = self.data();
        if !data.exists() {
            return Ok(());
        }
        std::fs::remove_dir_all(&data)
            .into_diagnostic()
            .wrap_err_with(|| format!("could not remove {}", data.display()))
    }

    /// Builds a program of `benches/` as its users build theirs, with `--release` and nothing else. Gives a copy of it
    /// that the next build leaves alone.
    pub(in crate::bench) fn build(
        &self,
        program: &str,
        feature: &str,
        path: Option<&Path>,
    ) -> miette::Result<PathBuf> {
        println!("building {program} with {feature} ...");
        let build = self.folder.join("build");
        let mut command = cargo();
        command
            .args(["build", "--quiet", "--locked", "--release", "--bin", program, "--features", feature])
            .arg("--target-dir")
            .arg(&build)
            .current_dir(workspace::root().join("benches"));
        if let Some(path) = path {
            command.env("PATH", path);
        }
        let status = command.status().into_diagnostic().wrap_err("could not run cargo")?;
        if !status.success() {
            return Err(miette!("{program} with {feature} was not built: {status}"));
        }
        let built = build.join("release").join(program).with_extension(std::env::consts::EXE_EXTENSION);
        let copy = self.folder.join(format!("{program}-{feature}{}", std::env::consts::EXE_SUFFIX));
        std::fs::copy(&built, &copy)
            .into_diagnostic()
            .wrap_err_with(|| format!("could not copy {}", built.display()))?;
        Ok(copy)
    }

    /// Writes a report for other programs.
    pub(in crate::bench) fn write_report(&self, name: &str, report: &Value) -> miette::Result<()> {
        let path = self.folder.join(name);
        let text = serde_json::to_string_pretty(report).into_diagnostic()?;
        std::fs::write(&path, text + "\n")
            .into_diagnostic()
            .wrap_err_with(|| format!("could not write {}", path.display()))?;
        println!("written to {}", path.display());
        Ok(())
    }

    /// The space that is free for data, in bytes, where `df` tells.
    pub(in crate::bench) fn free_bytes(&self) -> Option<u64> {
        let mut command = Command::new("df");
        let output = output(command.arg("-Pk").arg(self.data())).ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let kilobytes: u64 = text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
        Some(kilobytes * 1024)
    }
}

/// The cargo that runs this program.
pub(in crate::bench) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The first line that a program prints about itself; `unknown` if it prints none.
pub(in crate::bench) fn first_line(program: &str, argument: &str) -> String {
    let line = output(Command::new(program).arg(argument)).ok();
    let line = line.and_then(|output| {
        String::from_utf8_lossy(&output.stdout).lines().find(|line| !line.is_empty()).map(str::to_owned)
    });
    line.unwrap_or_else(|| "unknown".to_owned())
}

/// The commit that is checked out.
pub(in crate::bench) fn commit() -> String {
    let mut command = Command::new("git");
    command.args(["rev-parse", "--short", "HEAD"]).current_dir(workspace::root());
    let told = output(&mut command).map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    told.unwrap_or_else(|_| "unknown".to_owned())
}

/// Runs a program to its end.
pub(in crate::bench) fn output(command: &mut Command) -> miette::Result<Output> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output();
    let output = output.into_diagnostic().wrap_err_with(|| format!("could not run {name}"))?;
    if output.status.success() {
        return Ok(output);
    }
    let told = String::from_utf8_lossy(&output.stderr);
    Err(miette!("{name} failed, {}: {}", output.status, told.trim()))
}

/// What a program says in JSON, on the last line that it prints.
pub(in crate::bench) fn json(command: &mut Command) -> miette::Result<Value> {
    let output = output(command)?;
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_default();
    serde_json::from_str(last).into_diagnostic().wrap_err_with(|| format!("{command:?} printed `{last}`"))
}

/// The seconds that all cores together have spent on the programs that were run so far, where the system tells.
pub(in crate::bench) fn cpu_seconds() -> Option<f64> {
    // What Linux counts in, in everything that it tells programs.
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in parentheses, may hold anything.
    let (_, fields) = stat.rsplit_once(") ")?;
    let ticks: Vec<f64> =
        fields.split_whitespace().skip(13).take(2).filter_map(|field| field.parse().ok()).collect();
    (ticks.len() == 2).then(|| ticks.iter().sum::<f64>() / TICKS_A_SECOND)
}

/// Whether a program can be started.
pub(in crate::bench) fn has(program: &str, argument: &str) -> bool {
    output(Command::new(program).arg(argument)).is_ok()
}

/// What is told about the machine: its cores, the processor, how busy it is.
pub(in crate::bench) fn machine() -> Value {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    json!({
        "cores": std::thread::available_parallelism().map_or(1, usize::from),
        "processor": model.trim_start_matches([' ', '\t', ':']),
        "load": load(),
        "system": std::env::consts::OS,
    })
}

/// The load of the last minute, where the system tells.
pub(in crate::bench) fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().next().unwrap_or("unknown").to_owned()
}
