//! An emulator, files to import, and the commands as programs of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use van_bulk_emulator::faults::{Endpoint, Faults};
use van_bulk_emulator::record::{Event, Observer};
use van_bulk_emulator::{Config, Emulator, FileHost};
use van_bulk_schema::Snapshot;

pub(crate) const APPLICATION: &str = "commands";
pub(crate) const KEY: &str = "7c1e55d0-key-of-the-commands";

/// Rows that can be imported.
pub(crate) const GOOD: [&str; 3] = [
    "Ada,Abara,ada@example.org,413-555-0101",
    "Bo,Brandt,bo@example.org,413-555-0102",
    "Cy,Cole,cy@example.org,413-555-0103",
];
/// A row without a phone number, which is required.
pub(crate) const WITHOUT_PHONE: &str = "Di,Diaz,di@example.org,";
/// A row whose phone number VAN refuses.
pub(crate) const BAD_PHONE: &str = "Em,Eng,em@example.org,none";

/// Copies a folder.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// An emulator, and a folder in which commands are run; their ledger is `ledger` below it.
pub(crate) struct World {
    pub(crate) emulator: Emulator,
    pub(crate) folder: TempDir,
    trap: Arc<Trap>,
    host: Option<FileHost>,
    /// Last, since the others stop in it.
    runtime: Runtime,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Config::default())
    }

    /// With faults as they are written for `cargo van-bulk emulate`.
    pub(crate) fn with_faults(faults: &[&str]) -> Self {
        Self::with(Config { faults: parsed(faults), ..Config::default() })
    }

    pub(crate) fn with(config: Config) -> Self {
        let snapshots = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("snapshots/sample");
        let trap = Arc::new(Trap::default());
        let set = Arc::clone(&trap);
        let config = Config {
            schema: Snapshot::load(&snapshots).unwrap().0.schema,
            api_key: Some(SecretString::from(KEY)),
            step: Duration::from_millis(5),
            observer: Some(Observer::new(move |event| set.see(event))),
            ..config
        };
        // A moment that is waited for holds one of them.
        let runtime = Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
        let emulator = runtime.block_on(Emulator::start(config)).unwrap();
        let world = Self { emulator, folder: tempfile::tempdir().unwrap(), trap, host: None, runtime };
        copy(&snapshots, &world.path("snapshots/sample"));
        world.write("job.json", include_str!("contacts.json"));
        world.rows(&GOOD);
        world
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Writes `rows.csv`.
    pub(crate) fn rows(&self, rows: &[&str]) {
        self.write("rows.csv", &format!("FirstName,LastName,Email,HomePhone\n{}\n", rows.join("\n")));
    }

    /// Writes `rows.csv` with so many good rows, which cannot be compressed much.
    pub(crate) fn many_rows(&self, count: u64) {
        let row = |number: u64| {
            let name = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            format!("Ada{name:x},Abara,ada{number}@example.org,413-555-{:04}", number % 10_000)
        };
        let rows: Vec<String> = (1..=count).map(row).collect();
        self.rows(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    }

    pub(crate) fn set_faults(&self, faults: &[&str]) {
        self.emulator.set_faults(parsed(faults)).unwrap();
    }

    /// A folder that is published: the arguments that name it.
    pub(crate) fn publish(&mut self) -> Vec<String> {
        let folder = self.path("public");
        fs::create_dir_all(&folder).unwrap();
        let host = self.runtime.block_on(FileHost::start(&folder)).unwrap();
        let url = host.url("");
        self.host = Some(host);
        ["--upload-dir", "public", "--public-url", &url].map(str::to_owned).to_vec()
    }

    /// The URL of a published file.
    pub(crate) fn public_url(&self, name: &str) -> String {
        self.host.as_ref().unwrap().url(name)
    }

    /// A command with the ledger and the credentials.
    pub(crate) fn command(&self, name: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-van-bulk"));
        command.arg(name).args(["--ledger", "ledger"]).args(arguments).current_dir(self.folder.path());
        command.envs([("VAN_APP_NAME", APPLICATION), ("VAN_API_KEY", KEY), ("VAN_MODE", "my-campaign")]);
        command.env("NO_COLOR", "1").env_remove("RUST_LOG").stdin(Stdio::null());
        command
    }

    /// `import` or `resume`, which speak to the emulator.
    pub(crate) fn online(&self, name: &str, arguments: &[&str]) -> Command {
        let mut command = self.command(name, &["--base-url", &self.emulator.base_url(), "--poll", "0.01"]);
        command.args(arguments);
        command
    }

    pub(crate) fn import_command(&self, arguments: &[&str]) -> Command {
        self.online("import", &[&["rows.csv", "--job", "job.json"], arguments].concat())
    }

    pub(crate) fn import(&self, arguments: &[&str]) -> Said {
        run(&mut self.import_command(arguments))
    }

    pub(crate) fn resume(&self, arguments: &[&str]) -> Said {
        run(&mut self.online("resume", arguments))
    }

    pub(crate) fn status(&self, arguments: &[&str]) -> Said {
        run(&mut self.command("status", arguments))
    }

    pub(crate) fn history(&self, arguments: &[&str]) -> Said {
        run(&mut self.command("history", arguments))
    }

    /// Runs a command until something happens in the emulator, and does this to it before anything comes of that.
    pub(crate) fn run_until(
        &self,
        command: &mut Command,
        is_moment: impl Fn(&Event) -> bool + Send + 'static,
        then: impl FnOnce(&mut Child),
    ) -> Said {
        let (reached, is_reached) = channel();
        let (done, is_done) = channel();
        *self.trap.0.lock().unwrap() = Some(Armed { is_moment: Box::new(is_moment), reached, is_done });
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        is_reached.recv_timeout(PATIENCE).expect("the moment was not reached");
        then(&mut child);
        done.send(()).unwrap();
        Said::of(child.wait_with_output().unwrap())
    }
}

fn parsed(faults: &[&str]) -> Faults {
    faults.iter().map(|fault| fault.parse().unwrap()).collect()
}

/// Waits for a moment.
#[derive(Default)]
struct Trap(Mutex<Option<Armed>>);

struct Armed {
    is_moment: Box<dyn Fn(&Event) -> bool + Send>,
    reached: Sender<()>,
    is_done: Receiver<()>,
}

impl Trap {
    fn see(&self, event: &Event) {
        let mut armed = self.0.lock().unwrap();
        let sprung = armed.take_if(|armed| (armed.is_moment)(event));
        drop(armed);
        if let Some(Armed { reached, is_done, .. }) = sprung {
            let _ = reached.send(());
            let _ = is_done.recv_timeout(PATIENCE);
        }
    }
}

/// The moment at which a request is received, before it takes effect.
pub(crate) fn received(endpoint: Endpoint) -> impl Fn(&Event) -> bool + Send + 'static {
    move |event| matches!(event, Event::Received(request) if request.endpoint == Some(endpoint))
}

/// The moment at which a request took effect, before it is answered.
pub(crate) fn took_effect(endpoint: Endpoint) -> impl Fn(&Event) -> bool + Send + 'static {
    move |event| matches!(event, Event::TookEffect { request, .. } if request.endpoint == Some(endpoint))
}

/// What a command said.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    /// Standard error as it was written.
    pub(crate) errors: String,
}

pub(crate) fn run(command: &mut Command) -> Said {
    Said::of(command.output().unwrap())
}

impl Said {
    pub(crate) fn of(output: Output) -> Self {
        let said = Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            errors: String::from_utf8(output.stderr).unwrap(),
        };
        // Shown where a test fails.
        println!("--- {:?}\n{}{}", said.code, said.out, said.errors);
        said
    }

    /// Standard error in one line, without the frame around it.
    pub(crate) fn error(&self) -> String {
        one_line(&self.errors)
    }

    /// Checks the exit code and that these texts are on standard error.
    #[track_caller]
    pub(crate) fn failed(&self, code: i32, texts: &[&str]) {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.errors);
        for text in texts {
            assert!(self.error().contains(text), "`{text}` is not in: {}", self.error());
        }
    }

    /// Checks the exit code, that nothing is on standard error, and that these texts are on standard output.
    #[track_caller]
    pub(crate) fn ended(&self, code: i32, texts: &[&str]) {
        assert_eq!((self.code, self.errors.as_str()), (Some(code), ""), "{}{}", self.out, self.errors);
        for text in texts {
            assert!(self.out.contains(text), "`{text}` is not in: {}", self.out);
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap()
    }
}

fn one_line(text: &str) -> String {
    text.replace(['│', '╰', '─', '▶', '×'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
}
