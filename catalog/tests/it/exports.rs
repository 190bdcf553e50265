//! What the composer exports of good jobs: JSON that the lint has nothing to say about, and programs that compile and make that
//! JSON.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use van_bulk_schema::payload::Payload;
use van_bulk_schema::{Schema, rules};

use crate::browser::{Browser, folder};
use crate::jobs::{column, job, mapping, translated, value};
use crate::{jobs, pages};

/// How many random jobs without mistakes are compiled for each snapshot.
const RANDOM: usize = 60;

struct Exported {
    json: String,
    rust: String,
    /// What the lint says of it, with doubts.
    findings: Vec<String>,
}

async fn exported(browser: &Browser, schema: &Schema, job: &Value) -> Option<Exported> {
    let script = "vanBulkComposer.load(arguments[0]);
        if (document.getElementById('exports').hidden) return null;
        return [document.getElementById('json-text').textContent, document.getElementById('rust-text').textContent];";
    let shown = browser.js(script, job.clone()).await;
    let json = shown.get(0)?.as_str()?.to_owned();
    let payload: Payload = serde_json::from_str(&json).unwrap();
    let findings = rules::check(schema, &payload).iter().map(|finding| finding.message.clone()).collect();
    Some(Exported { json, rust: shown[1].as_str()?.to_owned(), findings })
}

/// Jobs as people compose them, in which there is nothing to doubt.
fn everyday() -> Vec<Value> {
    let contacts = mapping(
        "CreateOrUpdateContact",
        &[
            column("FirstName", "First \"Nick\" Name"),
            column("LastName", "Surname"),
            column("Email", "E-Mail"),
        ],
    );
    let phone = |number: &str, kind: &str| {
        mapping("Phones", &[value("PhoneTypeID", kind), column("Phone", number), value("CountryCode", "US")])
    };
    let canvassed = mapping(
        "ActivistCode",
        &[
            translated("ActivistCodeID", "Interest", &[("y", "4101"), ("n\\o", "4101")]),
            value("DateCanvassed", "2026-10-03"),
            value("CanvassedBy", "1001 \u{202e}"),
        ],
    );
    let mut tabs =
        job("Contacts", &["VanID", "Größe", "Mail"], json!([mapping("Email", &[column("Email", "Mail")])]));
    tabs["delimiter"] = json!("tab");
    tabs["resultKb"] = json!(20_000);
    tabs["results"] = json!(["Größe"]);
    tabs["description"] = json!("Ein \"Test\" \\ {} 🎉");
    vec![
        job("Contacts", &["First \"Nick\" Name", "Surname", "E-Mail"], json!([contacts.clone()])),
        job(
            "Contacts",
            &["First \"Nick\" Name", "Surname", "E-Mail", "Home", "Work"],
            json!([contacts, phone("Home", "H"), phone("Work", "W")]),
        ),
        job("Contacts", &["VanID", "Interest"], json!([canvassed])),
        tabs,
    ]
}

async fn good_jobs(page: &Path, schema: &Schema, by_hand: Vec<Value>) -> Option<Vec<Exported>> {
    let browser = Browser::start().await?;
    browser.open(page).await;
    let mut good = Vec::new();
    for job in by_hand {
        let exported = exported(&browser, schema, &job)
            .await
            .unwrap_or_else(|| panic!("nothing was exported of {job:#}"));
        assert_eq!(exported.findings, [""; 0], "{job:#}");
        good.push(exported);
    }
    let seed = std::env::var("CATALOG_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(|| fastrand::u64(..));
    println!("CATALOG_SEED={seed}");
    let mut rng = fastrand::Rng::with_seed(seed);
    let enough = good.len() + RANDOM;
    for _ in 0..10_000 {
        if good.len() == enough {
            break;
        }
        good.extend(exported(&browser, schema, &jobs::random(&mut rng, schema)).await);
    }
    assert_eq!(good.len(), enough, "seed {seed}: too few jobs without mistakes");
    Some(good)
}

/// Compiles the programs, as modules of one, and runs each; what they print.
fn run(jobs: &[Exported]) -> Vec<Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
    let package = folder("exports");
    let sources = package.join("src");
    let _ = fs::remove_dir_all(&sources);
    fs::create_dir_all(&sources).unwrap();
    let manifest = format!(
        "[workspace]\n\n[package]\nname = \"exports\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         van-bulk = {{ path = {:?} }}\nvan-bulk-mappings = {{ path = {:?} }}\ngolden-every-rule = {{ path = {:?} }}\nserde_json = \"1\"\n",
        root.join("runtime"),
        root.join("generated"),
        root.join("tests/golden/every_rule"),
    );
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    // The versions of this repository: they are there without a network.
    fs::copy(root.join("Cargo.lock"), package.join("Cargo.lock")).unwrap();
    // Names of the schema may look alike, as in the generated crates.
    let mut main =
        "#![deny(warnings)]\n#![allow(uncommon_codepoints, confusable_idents, mixed_script_confusables)]\n"
            .to_owned();
    let mut calls = String::new();
    for (index, job) in jobs.iter().enumerate() {
        // The only difference between a module and the program itself.
        let module = job.rust.replace("\nfn main()", "\npub(crate) fn main()");
        fs::write(sources.join(format!("job{index}.rs")), module).unwrap();
        main.push_str(&format!("mod job{index};\n"));
        calls.push_str(&format!("    job{index}::main()?;\n"));
    }
    main.push_str(&format!(
        "\nfn main() -> Result<(), Box<dyn std::error::Error>> {{\n{calls}    Ok(())\n}}\n"
    ));
    fs::write(sources.join("main.rs"), main).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline"])
        .current_dir(&package)
        .env("CARGO_TARGET_DIR", package.join("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::Deserializer::from_slice(&output.stdout).into_iter().map(Result::unwrap).collect()
}

#[tokio::test]
async fn exported_programs_compile_and_make_the_exported_json() {
    let sample = pages::snapshot("snapshots/sample").schema;
    let every_rule = pages::snapshot("tests/golden/every_rule/snapshot").schema;
    let Some(mut jobs) = good_jobs(&pages::sample(), &sample, everyday()).await else { return };
    jobs.extend(good_jobs(&pages::every_rule(), &every_rule, Vec::new()).await.unwrap_or_default());
    let made = run(&jobs);
    assert_eq!(made.len(), jobs.len());
    for (job, made) in jobs.iter().zip(made) {
        let exported: Value = serde_json::from_str(&job.json).unwrap();
        assert_eq!(made, exported, "{}", job.rust);
    }
}
