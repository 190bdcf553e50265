//! Stops work on rows when the program is interrupted, so that no half-written files stay, which hold personal data.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use miette::{IntoDiagnostic as _, miette};
use van_bulk_import::delimited::Input;

/// How often a source that gives nothing is left to see whether to stop.
const PATIENCE: Duration = Duration::from_millis(50);
/// How much is read at once, in bytes.
const READ_BYTES: usize = 128 * 1024;

/// The exit code of a program that was interrupted, as shells have it.
pub(crate) const EXIT_CODE: u8 = 130;

/// Whether the program was interrupted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// An error where the program was interrupted, for whoever reads rows to pass on.
    pub(crate) fn check(&self) -> io::Result<()> {
        if self.is_set() { Err(io::Error::other("interrupted")) } else { Ok(()) }
    }

    /// Does blocking work that ends soon after it is told to stop, and tells it so when the program is interrupted.
    pub(crate) async fn watch<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> miette::Result<T> {
        let mut signals = Signals::new().into_diagnostic()?;
        let mut work = tokio::task::spawn_blocking(work);
        loop {
            tokio::select! {
                done = &mut work => return done.into_diagnostic(),
                () = signals.next() => {
                    if self.0.swap(true, Ordering::Relaxed) {
                        // Who asks twice does not want to wait.
                        process::exit(i32::from(EXIT_CODE));
                    }
                }
            }
        }
    }
}

/// What interrupts the program.
#[cfg(unix)]
pub(crate) struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    pub(crate) fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// What interrupts the program.
#[cfg(not(unix))]
pub(crate) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self)
    }

    pub(crate) async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}

/// The rows; reading them from what may give nothing for a long time ends soon after `stop` is set.
pub(crate) fn open(path: &Path, stop: &Stop) -> miette::Result<Input> {
    if path == Path::new("-") {
        let name = Input::stdin().name().to_owned();
        return Ok(Input::new(name, Stoppable::start(io::stdin(), stop)?));
    }
    match fs::metadata(path) {
        // A pipe, as of `<(..)` in a shell.
        Ok(state) if !state.is_file() && !state.is_dir() => {
            let file = File::open(path).map_err(|error| {
                miette!("could not open {}: {error}; give the file with the rows", path.display())
            })?;
            Ok(Input::new(path.display().to_string(), Stoppable::start(file, stop)?))
        }
        _ => Input::open(path).into_diagnostic(),
    }
}

/// Reads on a thread of its own, which may stall.
struct Stoppable {
    blocks: Receiver<io::Result<Vec<u8>>>,
    /// What is left of the last block.
    block: io::Cursor<Vec<u8>>,
    stop: Stop,
}

impl Stoppable {
    fn start(mut source: impl Read + Send + 'static, stop: &Stop) -> miette::Result<Self> {
        let (sender, blocks) = sync_channel(4);
        let read = move || {
            loop {
                let mut block = vec![0; READ_BYTES];
                let block = match source.read(&mut block) {
                    Ok(0) => return,
                    Ok(read) => {
                        block.truncate(read);
                        Ok(block)
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) => Err(error),
                };
                let is_last = block.is_err();
                // Nobody may want it any more.
                if sender.send(block).is_err() || is_last {
                    return;
                }
            }
        };
        thread::Builder::new().name("input".to_owned()).spawn(read).into_diagnostic()?;
        Ok(Self { blocks, block: io::Cursor::default(), stop: stop.clone() })
    }
}

impl Read for Stoppable {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.block.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            match self.blocks.recv_timeout(PATIENCE) {
                Ok(block) => self.block = io::Cursor::new(block?),
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
                Err(RecvTimeoutError::Timeout) => self.stop.check()?,
            }
        }
    }
}
