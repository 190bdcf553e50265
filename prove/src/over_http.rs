//! The rules and the emulator, over HTTP: what is refused and with which places, and what becomes of each row.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Write as _};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value as Json, json};
use tempfile::TempDir;
use van_bulk_emulator::{Config, Emulator, FileHost};
use van_bulk_schema::payload::Payload;
use van_bulk_schema::{Severity, rules};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::ProveError;
use crate::data::{Case, shown};
use crate::job::FILE_NAME;
use crate::naive;
use crate::report::Report;
use crate::rng::Rng;
use crate::world::{World, id_of};

/// How many rows each job has.
const ROWS: usize = 16;
/// How long a job may take.
const PATIENCE: Duration = Duration::from_secs(20);

struct Service {
    emulator: Emulator,
    host: FileHost,
    folder: TempDir,
    http: reqwest::Client,
}

impl Service {
    async fn start(schema: van_bulk_schema::Schema) -> Result<Self, ProveError> {
        let config = Config { schema, step: Duration::from_millis(1), ..Config::default() };
        let folder = tempfile::tempdir().map_err(ProveError::io("create a temporary folder"))?;
        Ok(Self {
            emulator: Emulator::start(config).await?,
            host: FileHost::start(folder.path()).await?,
            folder,
            // Without certificates, so that it runs on a machine that has none: everything is on loopback.
            http: reqwest::Client::builder().no_proxy().tls_certs_only([]).build()?,
        })
    }

    async fn post(&self, job: &Json) -> Result<(StatusCode, Json), ProveError> {
        let url = format!("{}/bulkImportJobs", self.emulator.base_url());
        let request = self.http.post(url).basic_auth("prove", Some("key|1")).json(job);
        let response = request.send().await?;
        Ok((response.status(), response.json().await?))
    }

    /// Waits until the job has ended.
    async fn end(&self, id: u64) -> Result<(), ProveError> {
        let url = format!("{}/bulkImportJobs/{id}", self.emulator.base_url());
        let start = Instant::now();
        loop {
            let response = self.http.get(&url).basic_auth("prove", Some("key|1")).send().await?;
            let job: Json = response.json().await?;
            if let Some("Completed" | "CompletedWithErrors" | "Failed") = job["status"].as_str() {
                return Ok(());
            }
            if start.elapsed() > PATIENCE {
                return Err(ProveError::Endless(job.to_string()));
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

/// Sends every job of a case to an emulator.
///
/// # Errors
/// When the emulator cannot be started or reached.
pub async fn prove(seed: u64, number: usize, case: &Case) -> Result<Report, ProveError> {
    let mut report = Report::default();
    let mut rng = Rng::part(seed ^ 0x477b, number);
    let (snapshot, _) = case.world.snapshot();
    let schema = snapshot.schema;
    let service = Service::start(schema.clone()).await?;
    let bad = case.bad.iter().filter(|bad| bad.kind.rule().is_some());
    for job in bad.map(|bad| bad.job.json()) {
        report.count("bad jobs over HTTP");
        let Ok(payload) = serde_json::from_value::<Payload>(job.clone()) else { continue };
        let findings = rules::check(&schema, &payload);
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
        let expected: BTreeSet<(String, String)> =
            errors.map(|finding| (finding.message.clone(), finding.path())).collect();
        let (status, body) = service.post(&job).await?;
        let found: BTreeSet<(String, String)> = body["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|error| (text(&error["text"]), text(&error["properties"][0])))
            .collect();
        if status != StatusCode::BAD_REQUEST || found != expected || expected.is_empty() {
            let what = format!("the rules: {expected:?}\nthe emulator: {status} {body}");
            report.disagree("rules and emulator", what, shown(number, &case.world, &job));
        }
    }
    for job in &case.good {
        let job = job.json();
        report.count("good jobs over HTTP");
        rows(&service, &mut report, &mut rng, number, &case.world, job).await?;
    }
    service.emulator.stop().await;
    service.host.stop().await;
    Ok(report)
}

fn text(json: &Json) -> String {
    json.as_str().unwrap_or_default().to_owned()
}

/// Runs a job over random rows and compares what becomes of each.
async fn rows(
    service: &Service,
    report: &mut Report,
    rng: &mut Rng,
    number: usize,
    world: &World,
    mut job: Json,
) -> Result<(), ProveError> {
    let columns = job["file"]["columns"].as_array().map_or(0, Vec::len);
    let pools: Vec<Vec<String>> = (0..columns).map(|column| cells(world, &job, column)).collect();
    let mut made: Vec<Vec<String>> = Vec::new();
    for _ in 0..ROWS {
        let mut row: Vec<String> =
            pools.iter().map(|pool| rng.pick(pool).cloned().unwrap_or_default()).collect();
        if rng.chance(3) {
            row.push("one more".to_owned());
        }
        if rng.chance(2) {
            row.iter_mut().take(1).for_each(|cell| cell.push_str("\0x"));
        }
        made.push(row);
    }
    let zip = zipped(columns, &made)?;
    let name = format!("{}.zip", service.emulator.jobs_received());
    std::fs::write(service.folder.path().join(&name), zip).map_err(ProveError::io("write a zip"))?;
    job["file"]["sourceUrl"] = json!(service.host.url(&name));
    let (status, body) = service.post(&job).await?;
    let Some(id) = body["jobId"].as_u64().filter(|_| status == StatusCode::OK) else {
        let what = format!("the rules accept the job\nthe emulator: {status} {body}");
        report.disagree("rules and emulator", what, shown(number, world, &job));
        return Ok(());
    };
    service.end(id).await?;
    let Some(done) = u32::try_from(id).ok().and_then(|id| service.emulator.job(id)) else { return Ok(()) };
    let left_out: BTreeMap<u64, &str> =
        done.left_out.iter().map(|left_out| (left_out.row, left_out.reason.as_str())).collect();
    let resource = text(&job["actions"][0]["resourceType"]);
    let applied: Vec<Vec<BTreeMap<String, String>>> = service
        .emulator
        .records(&resource)
        .into_iter()
        .filter(|record| record.applied.iter().any(|applied| u64::from(applied.job_id) == id))
        .map(|record| record.applied.into_iter().map(|applied| applied.fields).collect())
        .collect();
    let mut applied = applied.into_iter();
    if done.rows != made.len() as u64 {
        let what = format!("sent {} rows, the emulator read {}: {:?}", made.len(), done.rows, done.errors);
        report.disagree("naive rows and emulator", what, shown(number, world, &job));
        return Ok(());
    }
    for (row, cells) in (1..).zip(&made) {
        let naive = naive::row(world, &job, cells);
        report.count(if naive.is_ok() { "rows taken" } else { "rows left out" });
        let ours = left_out.get(&row);
        let same = match (&naive, ours) {
            (Err(_), Some(_)) => true,
            (Ok(values), None) => applied.next().as_ref() == Some(values),
            _ => false,
        };
        if !same {
            let what = format!("row {row}: {cells:?}\nnaive: {naive:?}\nthe emulator: {ours:?}");
            report.disagree("naive rows and emulator", what, shown(number, world, &job));
            return Ok(());
        }
    }
    Ok(())
}

/// What might stand in the cells of a column: good and bad, known and unknown.
fn cells(world: &World, job: &Json, column: usize) -> Vec<String> {
    let name = text(&job["file"]["columns"][column]["name"]);
    let mut cells: Vec<String> =
        ["", "", "  ", "x", "text", " 1 ", "07", "12345", "Größe🎉🎉", "longer text"]
            .map(str::to_owned)
            .into();
    let job = naive::expanded(world, job);
    for mapping in job["actions"][0]["mappingTypes"].as_array().into_iter().flatten() {
        for entry in mapping["fieldValueMappings"].as_array().into_iter().flatten() {
            if text(&entry["columnName"]) != name {
                continue;
            }
            let key = (text(&mapping["name"]), text(&entry["fieldName"]));
            for value in world.values.get(&key).into_iter().flatten() {
                cells.push(id_of(&value["id"]));
                cells.push(id_of(&value["id"]));
                cells.push(text(&value["name"]));
                cells.push(text(&value["name"]).to_uppercase());
            }
            for translation in entry["values"].as_array().into_iter().flatten() {
                cells.push(text(&translation["sourceValue"]));
                cells.push(text(&translation["sourceValue"]));
            }
            let known = world.mapping_types.iter().find(|known| known["name"] == mapping["name"]);
            for child in known.and_then(|known| known["fields"].as_array()).into_iter().flatten() {
                for (parent, ids) in naive::field_limits(child) {
                    if parent == key.1 {
                        cells.extend(ids.into_iter().flatten());
                    }
                }
            }
        }
    }
    cells
}

fn zipped(columns: usize, rows: &[Vec<String>]) -> Result<Vec<u8>, ProveError> {
    let mut writer =
        csv::WriterBuilder::new().flexible(true).quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
    writer.write_record(vec!["header"; columns])?;
    for row in rows {
        writer.write_record(row)?;
    }
    let text = writer.into_inner().map_err(|error| ProveError::io("write rows")(error.into_error()))?;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(FILE_NAME, SimpleFileOptions::default())?;
    zip.write_all(&text).map_err(ProveError::io("write a zip"))?;
    Ok(zip.finish()?.into_inner())
}
