//! Running a program for no longer than it may take.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A program did not do what it was started for.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It is not there, or the system refused.
    NotStarted(io::Error),
    /// It was ended because it took too long.
    TooLong(Duration, String),
    /// It ended with an error.
    Failed(ExitStatus, String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotStarted(error) => write!(f, "it could not be started: {error}"),
            Self::TooLong(patience, said) => {
                write!(f, "it took longer than {} s and was ended\n{said}", patience.as_secs())
            }
            Self::Failed(status, said) => write!(f, "{status}\n{said}"),
        }
    }
}

/// Runs a program to its end. What it says goes into `log`, of which a failure tells the end.
pub(crate) fn finish(command: &mut Command, patience: Duration, log: &Path) -> Result<(), Failure> {
    let to_log = File::create(log).and_then(|out| Ok((out.try_clone()?, out)));
    let (out, errors) = to_log.map_err(Failure::NotStarted)?;
    let child = command.stdin(Stdio::null()).stdout(out).stderr(errors).spawn();
    let mut child = child.map_err(Failure::NotStarted)?;
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(Failure::Failed(status, end_of(log))),
            Ok(None) if begun.elapsed() < patience => std::thread::sleep(Duration::from_millis(20)),
            Ok(None) | Err(_) => {
                // It may have ended in the meantime.
                let _ = child.kill();
                let _ = child.wait();
                return Err(Failure::TooLong(patience, end_of(log)));
            }
        }
    }
}

/// The last lines of a log, enough for a traceback.
fn end_of(log: &Path) -> String {
    const LINES: usize = 60;
    let text = String::from_utf8_lossy(&std::fs::read(log).unwrap_or_default()).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    let skipped = lines.len().saturating_sub(LINES);
    lines.get(skipped..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str, patience: Duration) -> Result<(), Failure> {
        let folder = tempfile::tempdir().unwrap();
        finish(Command::new("sh").args(["-c", script]), patience, &folder.path().join("log"))
    }

    #[test]
    fn a_failure_tells_what_the_program_said() {
        run("echo fine", Duration::from_secs(60)).unwrap();
        let failure = run("echo first; echo last >&2; exit 3", Duration::from_secs(60)).unwrap_err();
        assert!(matches!(&failure, Failure::Failed(status, _) if status.code() == Some(3)));
        assert!(failure.to_string().ends_with("first\nlast"), "{failure}");
    }

    #[test]
    fn a_program_that_takes_too_long_is_ended() {
        let begun = Instant::now();
        let failure = run("echo begun; exec sleep 60", Duration::from_millis(300)).unwrap_err();
        assert!(begun.elapsed() < Duration::from_secs(30));
        assert!(matches!(&failure, Failure::TooLong(_, said) if said == "begun"), "{failure}");
    }

    #[test]
    fn a_program_that_is_not_there_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(folder.path().join("nothing"));
        let failure = finish(&mut command, Duration::from_secs(1), &folder.path().join("log")).unwrap_err();
        assert!(failure.to_string().starts_with("it could not be started: "), "{failure}");
    }
}
