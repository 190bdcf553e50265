//! A machine without certificates, such as a small container.

use std::process::Command;

use serde_json::json;

use crate::support::{World, job};

const NOWHERE: &str = "/no/such/file";

/// Whether this program finds no certificates of the system. If it does, runs the test again in one that does not.
fn is_bare(test: &str) -> bool {
    if std::env::var_os("SSL_CERT_FILE").is_some_and(|file| file == NOWHERE) {
        return true;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test])
        .envs([("SSL_CERT_FILE", NOWHERE), ("SSL_CERT_DIR", NOWHERE)])
        .output()
        .unwrap();
    let text =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
    false
}

#[tokio::test]
async fn an_emulator_starts_and_fetches_over_http_without_certificates() {
    if is_bare("bare_machine::an_emulator_starts_and_fetches_over_http_without_certificates") {
        let world = World::new().await;
        let done = world.run("activist_codes_by_name", "h,h\n1,101\n").await;
        assert_eq!(done["status"], "Completed", "{done}");
    }
}

#[tokio::test]
#[cfg(target_os = "linux")] // Elsewhere, the system's certificates are not files that can be hidden.
async fn without_certificates_a_job_over_https_fails_and_says_why() {
    if is_bare("bare_machine::without_certificates_a_job_over_https_fails_and_says_why") {
        let world = World::new().await;
        let mut job = job("activist_codes_by_name");
        job["file"]["sourceUrl"] = json!("https://127.0.0.1:9/upload.zip?signature=secret");
        let id = world.submit_job(&job).await;
        let done = world.wait(id).await;
        let text = done["errors"][0]["text"].as_str().unwrap();
        assert!(text.contains("https cannot be used here") && !text.contains("secret"), "{text}");
        let done = world.run("activist_codes_by_name", "h,h\n1,101\n").await;
        assert_eq!(done["status"], "Completed", "{done}");
    }
}
