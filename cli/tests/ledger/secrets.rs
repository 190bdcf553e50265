//! The API key is nowhere: not in what commands say, even with everything logged, nor in any file that they write.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use van_bulk_emulator::faults::Endpoint;
use van_bulk_emulator::record::Event;

use crate::support::{APPLICATION, GOOD, KEY, Said, World, received, run};

/// Every form of the key that would be found in bytes, with what it is called: as it is in any case, in hexadecimal, and in
/// base64 of both alphabets wherever it begins in what was encoded, as in a Basic token.
fn forms() -> Vec<(String, Vec<u8>)> {
    let hexadecimal: String = KEY.bytes().map(|byte| format!("{byte:02x}")).collect();
    let percent_encoded: String = KEY.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let mut forms = vec![
        ("the key".to_owned(), KEY.into()),
        ("the end of the key with its mode".to_owned(), b"commands|1".to_vec()),
        ("the key in hexadecimal".to_owned(), hexadecimal.into()),
        ("the percent-encoded key".to_owned(), percent_encoded.into()),
    ];
    for (name, base64) in [("base64", STANDARD_NO_PAD), ("base64 for URLs", URL_SAFE_NO_PAD)] {
        for offset in 0..3 {
            let encoded = base64.encode([&vec![0; offset], KEY.as_bytes()].concat());
            // The first and the last character may depend on what is before and after.
            let first = (offset * 8).div_ceil(6);
            let last = (offset + KEY.len()) * 8 / 6;
            forms.push((format!("the key in {name}, offset {offset}"), encoded[first..last].into()));
        }
    }
    forms
}

/// The first form of the key that is in the bytes.
fn found(bytes: &[u8]) -> Option<String> {
    let lower = bytes.to_ascii_lowercase();
    let is_in = |bytes: &[u8], form: &[u8]| bytes.windows(form.len()).any(|window| window == form);
    let found = forms().into_iter().find(|(name, form)| match name.contains("base64") {
        true => is_in(bytes, form),
        false => is_in(&lower, form),
    });
    found.map(|(name, _)| name)
}

#[test]
fn the_search_finds_the_key_in_every_form() {
    let login = format!("{APPLICATION}:{KEY}|1");
    let planted = [
        KEY.to_owned(),
        KEY.to_uppercase(),
        format!("{}|1", &KEY[KEY.len() - 8..]),
        base64::engine::general_purpose::STANDARD.encode(&login),
        base64::engine::general_purpose::URL_SAFE.encode(format!("x{login}")),
        STANDARD_NO_PAD.encode(format!("xx{login}")),
        KEY.bytes().map(|byte| format!("{byte:02X}")).collect(),
    ];
    for text in planted {
        assert!(found(format!("before {text} after").as_bytes()).is_some(), "{text}");
    }
    assert_eq!(found(b"what is no key"), None);
}

/// A server that answers every request with an error that repeats its credentials, in the shape of VAN's errors and as a page.
fn parrot() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v4", listener.local_addr().unwrap());
    thread::spawn(move || {
        for (number, connection) in listener.incoming().enumerate() {
            let mut connection = connection.unwrap();
            let mut request = vec![0; 64 * 1024];
            let read = connection.read(&mut request).unwrap_or_default();
            let request = String::from_utf8_lossy(&request[..read]).into_owned();
            let token = request.lines().find(|line| line.to_lowercase().starts_with("authorization:"));
            let told = format!("{} {KEY} {KEY}|1", token.unwrap_or_default());
            let (status, kind, body) = match number % 3 {
                0 => (
                    "400 Bad Request",
                    "application/json",
                    format!(r#"{{"errors":[{{"code":"{KEY}","text":"{told}","hint":"{told}"}}]}}"#),
                ),
                1 => ("403 Forbidden", "text/html", format!("<html><title>{told}</title></html>")),
                _ => ("400 Bad Request", "text/plain", told),
            };
            let answer = format!(
                "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            let _ = connection.write_all(answer.as_bytes());
        }
    });
    url
}

/// Everything that commands said.
#[derive(Default)]
struct Heard(Vec<u8>);

impl Heard {
    /// Runs a command with everything logged, and hears what it says.
    fn run(&mut self, world: &World, command: &mut Command) -> Said {
        let said = run(Self::prepared(world, command));
        self.hear(&said);
        said
    }

    /// What it leaves behind is looked at, too.
    fn prepared<'c>(world: &World, command: &'c mut Command) -> &'c mut Command {
        command.env("RUST_LOG", "trace").env("TMPDIR", world.path("temporary"))
    }

    fn hear(&mut self, said: &Said) {
        self.0.extend([said.out.as_bytes(), said.errors.as_bytes()].concat());
    }
}

/// Every file in a folder, however deep.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files
}

#[test]
fn the_key_is_in_nothing_that_is_said_logged_or_written() {
    let world = World::with_faults(&[
        "429=0@discovery:next=1",
        "html@discovery:next=1",
        "500@status:next=1",
        "truncated@results:next=1",
        "expired-link@results:next=1",
        "reset-after@submit:next=1",
    ]);
    fs::create_dir(world.path("temporary")).unwrap();
    let mut heard = Heard::default();

    // A whole import with faults: it meets a page for people, then its submission is unknown.
    heard.run(&world, &mut world.import_command(&[])).failed(1, &["an HTML page"]);
    let said = heard.run(&world, &mut world.import_command(&[]));
    said.failed(1, &["import 1 is not finished"]);
    heard.run(&world, &mut world.online("resume", &[])).failed(1, &[]);
    let said = heard.run(&world, &mut world.online("resume", &["--assume-submitted", "1001"]));
    assert_eq!(said.code, Some(0), "{}", said.errors);
    assert!(said.errors.contains("TRACE") && said.errors.contains("van_request"), "nothing was logged");

    // One that is killed, so that what it has open stays.
    world.rows(&GOOD[..2]);
    let mut command = world.import_command(&[]);
    let said = world.run_until(Heard::prepared(&world, &mut command), received(Endpoint::Status), |child| {
        child.kill().unwrap();
        child.wait().unwrap();
    });
    heard.hear(&said);
    assert!(!files(&world.path("temporary")).is_empty(), "what was served is gone");
    assert!(world.path("ledger/ledger.sqlite-wal").is_file());

    // Jobs with errors, another key, what VAN refuses, and a server that sends the key back.
    world.write("bad.json", &include_str!("contacts.json").replace("Phones\"", "Fones\""));
    heard.run(&world, &mut world.online("import", &["rows.csv", "--job", "bad.json"])).failed(1, &["Fones"]);
    let mut lint = Command::new(env!("CARGO_BIN_EXE_cargo-van-bulk"));
    lint.args(["lint", "bad.json", "--profile", "sample"])
        .env("VAN_API_KEY", KEY)
        .current_dir(world.folder.path());
    heard.run(&world, &mut lint).failed(1, &["Fones"]);
    let other = format!("{KEY}-2");
    heard.run(&world, world.import_command(&[]).env("VAN_API_KEY", other)).failed(1, &["VAN_API_KEY"]);
    let parrot = parrot();
    for profile in [&["--profile", "sample"][..], &[], &[]] {
        let mut command = world.command("import", &["rows.csv", "--job", "job.json", "--force"]);
        let said = heard.run(&world, command.args(["--base-url", &parrot]).args(profile));
        said.failed(1, &[&parrot]);
    }
    assert!(String::from_utf8_lossy(&heard.0).contains("[API key]"), "the server sent no key back");

    // A snapshot.
    let mut fetch = Command::new(env!("CARGO_BIN_EXE_cargo-van-bulk"));
    fetch.args(["fetch", "--base-url", &world.emulator.base_url(), "--profile", "acme"]);
    fetch.current_dir(world.folder.path());
    fetch.envs([("VAN_APP_NAME", APPLICATION), ("VAN_API_KEY", KEY), ("VAN_MODE", "my-campaign")]);
    assert_eq!(heard.run(&world, &mut fetch).code, Some(0));

    assert!(world.path("snapshots/acme/mapping-types.json").is_file());
    nothing_is_known(&world, &heard);
    // VAN's reason why it could not fetch what the killed program served names the link.
    let said = heard.run(&world, &mut world.online("resume", &["2"]));
    assert!(
        said.out.contains("FILE_NOT_FETCHED: The file could not be fetched from http://127.0.0.1:"),
        "{}",
        said.out
    );
    heard.run(&world, &mut world.command("status", &["2", "--steps", "--format", "json"]));
    heard.run(&world, &mut world.command("history", &[]));
    nothing_is_known(&world, &heard);
}

/// Neither the key nor a link is in what was said or in a file.
fn nothing_is_known(world: &World, heard: &Heard) {
    assert_eq!(found(&heard.0), None, "it was said");
    let written = files(world.folder.path());
    assert!(written.len() > 10, "{written:?}");
    for file in &written {
        assert_eq!(found(&fs::read(file).unwrap()), None, "it is in {}", file.display());
    }
    no_link_is_known(world, heard, &written);
}

/// The links that VAN fetched files from are neither in what was said nor in a file.
fn no_link_is_known(world: &World, heard: &Heard, written: &[PathBuf]) {
    let paths = world.emulator.record().events.into_iter().filter_map(|event| match event {
        Event::JobCreated { source_path, .. } => Some(source_path),
        _ => None,
    });
    let folders: Vec<String> = paths.filter_map(|path| path.split('/').nth(1).map(str::to_owned)).collect();
    assert_eq!(folders.len(), 2, "{folders:?}");
    for folder in folders {
        assert!(folder.len() >= 32, "{folder}");
        let is_in = |bytes: &[u8]| bytes.windows(folder.len()).any(|window| window == folder.as_bytes());
        assert!(!is_in(&heard.0), "{folder} was said");
        for file in written {
            assert!(!is_in(&fs::read(file).unwrap()), "{folder} is in {}", file.display());
        }
    }
}
