//! A real browser for the tests: headless Chromium, driven by chromedriver over the WebDriver protocol.
//!
//! The protocol is JSON over HTTP, and a handful of its commands are needed, so this is all of the client. The crates for it
//! bring second versions of a dozen others, or change what `serde_json` does for the whole workspace.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Where an element's id stands in answers.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A page in a browser of its own. Both end with it.
pub(crate) struct Browser {
    driver: Child,
    http: reqwest::Client,
    session: String,
}

impl Browser {
    /// Starts a browser; nothing where there is none, which is told.
    pub(crate) async fn start() -> Option<Self> {
        let (Some(browser), Some(driver)) =
            (program(&["chromium", "chromium-browser"]), program(&["chromedriver"]))
        else {
            eprintln!(
                "SKIPPED: there is no Chromium with chromedriver here; `cargo xtask setup` installs them"
            );
            return None;
        };
        // Port 0 is any free one; the driver says which it is.
        let mut driver = Command::new(driver)
            .args(["--port=0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port: u16 = loop {
            let line = said.next().expect("chromedriver ends without naming its port").unwrap();
            if let Some((_, port)) = line.split_once("successfully on port ") {
                break port.trim_end_matches('.').parse().unwrap();
            }
        };
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(120)).build().unwrap();
        let options = json!({
            "binary": browser,
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                     "--disable-background-networking", "--window-size=1400,1000", "--force-device-scale-factor=1"],
        });
        let capabilities = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }}});
        let base = format!("http://127.0.0.1:{port}/session");
        let mut started = Self { driver, http, session: base };
        let answer = started.command("", capabilities).await;
        started.session = format!("{}/{}", started.session, answer["sessionId"].as_str().unwrap());
        Some(started)
    }

    /// Sends a command; panics with what the browser says if it fails.
    async fn command(&self, name: &str, parameters: Value) -> Value {
        let response =
            self.http.post(format!("{}{name}", self.session)).json(&parameters).send().await.unwrap();
        let status = response.status();
        let answer: Value = response.json().await.unwrap();
        assert!(status.is_success(), "{name}: {}", answer["value"]["message"]);
        answer["value"].clone()
    }

    /// Opens a file as a person would, from disk.
    pub(crate) async fn open(&self, page: &Path) {
        let page = page.canonicalize().unwrap();
        self.command("/url", json!({"url": format!("file://{}", page.display())})).await;
    }

    /// What a function of this body returns; `arguments[0]` is `argument`.
    pub(crate) async fn js(&self, body: &str, argument: Value) -> Value {
        self.command("/execute/sync", json!({"script": body, "args": [argument]})).await
    }

    /// What a function of this body hands to its last argument.
    pub(crate) async fn js_later(&self, body: &str) -> Value {
        self.command("/execute/async", json!({"script": body, "args": []})).await
    }

    /// What an expression is.
    pub(crate) async fn get(&self, expression: &str) -> Value {
        self.js(&format!("return {expression}"), Value::Null).await
    }

    /// Types into whatever has the focus, as a keyboard does.
    pub(crate) async fn keys(&self, keys: &str) {
        let actions: Vec<Value> = keys
            .chars()
            .flat_map(|key| {
                [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})]
            })
            .collect();
        self.command("/actions", json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]}))
            .await;
    }

    /// Presses a key until the element of this id has the focus.
    pub(crate) async fn keys_until(&self, key: &str, id: &str) {
        for _ in 0..200 {
            if self.get("document.activeElement.id").await == id {
                return;
            }
            self.keys(key).await;
        }
        panic!("no number of keys leads to #{id}");
    }

    /// Clicks on an element.
    pub(crate) async fn click(&self, selector: &str) {
        let found = self.command("/element", json!({"using": "css selector", "value": selector})).await;
        let element = found[ELEMENT].as_str().unwrap().to_owned();
        self.command(&format!("/element/{element}/click"), json!({})).await;
    }

    /// Chooses the file of a file input.
    pub(crate) async fn choose(&self, selector: &str, file: &Path) {
        let found = self.command("/element", json!({"using": "css selector", "value": selector})).await;
        let element = found[ELEMENT].as_str().unwrap().to_owned();
        self.command(&format!("/element/{element}/value"), json!({"text": file.display().to_string()})).await;
    }

    /// A command of the browser's own protocol.
    pub(crate) async fn cdp(&self, command: &str, parameters: Value) -> Value {
        self.command("/goog/cdp/execute", json!({"cmd": command, "params": parameters})).await
    }

    /// Makes the window so large, in CSS pixels.
    pub(crate) async fn size(&self, width: u32, height: u32) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.cdp("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Lets the system ask for light or dark.
    pub(crate) async fn scheme(&self, scheme: &str) {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.cdp("Emulation.setEmulatedMedia", features).await;
    }

    /// What was logged since the last time: `browser` for complaints, `performance` for requests.
    pub(crate) async fn log(&self, kind: &str) -> Vec<Value> {
        self.command("/se/log", json!({"type": kind})).await.as_array().unwrap().clone()
    }

    /// Everything that the page complained of, such as errors and what its policy refused.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let log = self.log("browser").await;
        log.iter().map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Writes what the window shows below `target`, to be looked at.
    pub(crate) async fn screenshot(&self, name: &str) {
        let answer = self.cdp("Page.captureScreenshot", json!({"format": "png"})).await;
        let image = STANDARD.decode(answer["data"].as_str().unwrap()).unwrap();
        fs::write(folder("screenshots").join(format!("{name}.png")), image).unwrap();
    }

    /// Waits until an expression is true.
    pub(crate) async fn until(&self, expression: &str) {
        let begun = Instant::now();
        while self.get(expression).await != true {
            assert!(begun.elapsed() < Duration::from_secs(20), "never true: {expression}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The browser is the driver's to end; a test that panics ends it, too.
        // With a connection of its own: the test's runtime, which the others belong to, stands still now.
        let session = self.session.clone();
        let end = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| {
                runtime.block_on(async { reqwest::Client::new().delete(session).send().await }).map(drop)
            })
        };
        let _ = std::thread::spawn(end).join();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// The first of some programs that is on the path.
fn program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|path| path.is_file())
}

/// A folder for what tests write, below `target/catalog`.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = target().join("catalog").join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The folder in which cargo builds.
pub(crate) fn target() -> PathBuf {
    // `target/tmp` is where cargo lets tests write.
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().to_owned()
}
