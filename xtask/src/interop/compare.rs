//! What a client saw, beside what the emulator has.

use cargo_van_bulk::report::counted;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use van_bulk_emulator::{Emulator, JobReport};
use van_bulk_schema::Schema;

use super::sent;

/// The fields of each mapping type that one row fills.
type Mappings = BTreeMap<String, BTreeMap<String, String>>;

/// What a client saw: the report of a script.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Seen {
    pub(super) client: String,
    pub(super) version: String,
    profile: Profile,
    resources: Vec<String>,
    /// The fields of each mapping type, in their order.
    mapping_types: BTreeMap<String, Vec<String>>,
    /// The ids of the values of some fields, by `MappingType.Field`.
    values: BTreeMap<String, Vec<String>>,
    jobs: Vec<SeenJob>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    has_my_campaign: bool,
}

#[derive(Debug, Deserialize)]
struct SeenJob {
    name: String,
    id: u32,
    /// The body that was posted.
    sent: Value,
    /// What each row of the file is to fill; nothing for a row that is to be left out.
    meant: Vec<Option<Mappings>>,
    /// The status in which the client saw the job end.
    status: String,
    /// The rows of the result files, unless the client does not read them.
    results: Option<Vec<BTreeMap<String, String>>>,
}

/// What a client did, in words, and all that is wrong with it.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) did: String,
    pub(super) saw: String,
    pub(super) emulator: String,
    pub(super) payload: String,
    pub(super) faults: Vec<String>,
}

impl Line {
    fn expect(&mut self, holds: bool, fault: impl Into<String>) {
        if !holds {
            self.faults.push(fault.into());
        }
    }
}

/// Compares everything.
pub(super) fn all(seen: &Seen, schema: &Schema, emulator: &Emulator) -> miette::Result<Vec<Line>> {
    let mut discovered = discovery(seen, schema);
    let received = emulator.jobs_received();
    discovered.expect(
        received == seen.jobs.len(),
        format!("the emulator has {received} jobs, the client {}", seen.jobs.len()),
    );
    let mut lines = vec![discovered];
    for job in &seen.jobs {
        let mut line = imported(job, emulator);
        sent::check(&seen.client, &job.name, &job.sent, schema, &mut line)?;
        lines.push(line);
    }
    Ok(lines)
}

fn discovery(seen: &Seen, schema: &Schema) -> Line {
    let fields = |mapping: &van_bulk_schema::MappingType| {
        mapping.fields.iter().map(|field| field.name.clone()).collect::<Vec<_>>()
    };
    let mapping_types: BTreeMap<_, _> =
        schema.mapping_types.iter().map(|mapping| (mapping.name.clone(), fields(mapping))).collect();
    let mut line = Line {
        did: "discovery".to_owned(),
        saw: format!(
            "{}, {}, {}",
            counted(seen.resources.len() as u64, "resource type"),
            counted(seen.mapping_types.len() as u64, "mapping type"),
            counted(seen.values.values().map(Vec::len).sum::<usize>() as u64, "value")
        ),
        ..Line::default()
    };
    line.expect(seen.profile.has_my_campaign, "the profile of the key is not that of My Campaign");
    line.expect(seen.resources == schema.resources, "the resource types differ");
    line.expect(seen.mapping_types == mapping_types, "the mapping types or their fields differ");
    for (name, ids) in &seen.values {
        let list = name.split_once('.').and_then(|(mapping, field)| schema.values(mapping, field));
        let known = list.is_some_and(|list| list.values.iter().map(|value| &value.id).eq(ids));
        line.expect(known, format!("the values of {name} differ"));
    }
    line.emulator = if line.faults.is_empty() { "the same" } else { "others" }.to_owned();
    line
}

fn imported(job: &SeenJob, emulator: &Emulator) -> Line {
    let results = match &job.results {
        Some(rows) => counted(rows.len() as u64, "result row"),
        None => "reads no results of these".to_owned(),
    };
    let mut line =
        Line { did: job.name.clone(), saw: format!("{}, {results}", job.status), ..Line::default() };
    let Some(report) = emulator.job(job.id) else {
        line.faults.push(format!("the emulator has no job {}", job.id));
        return line;
    };
    let applied = applied(emulator, job.id);
    line.emulator = format!(
        "{}, {} applied, {} left out",
        report.status,
        counted(applied.len() as u64, "row"),
        report.rows_left_out
    );
    line.expect(job.status == report.status.as_str(), format!("the job is {} here", report.status));
    rows(job, &report, &applied, &mut line);
    if let Some(results) = &job.results {
        told(job, results, &applied, &mut line);
    }
    line
}

/// What a job applied, by VANID. No script gives a contact twice in one job.
fn applied(emulator: &Emulator, job_id: u32) -> BTreeMap<u64, Mappings> {
    let mut all: BTreeMap<u64, Mappings> = BTreeMap::new();
    for contact in emulator.contacts() {
        for applied in contact.applied.into_iter().filter(|applied| applied.job_id == job_id) {
            all.entry(contact.van_id).or_default().insert(applied.mapping_type, applied.fields);
        }
    }
    all
}

/// Every row that was meant was applied as it was meant, and no other.
fn rows(job: &SeenJob, report: &JobReport, applied: &BTreeMap<u64, Mappings>, line: &mut Line) {
    let rows = job.meant.len();
    line.expect(report.rows == rows as u64, format!("{} rows arrived instead of {rows}", report.rows));
    let refused = (1..).zip(&job.meant).filter_map(|(row, meant)| meant.is_none().then_some(row));
    let left_out: Vec<u64> = report.left_out.iter().map(|row| row.row).collect();
    line.expect(refused.eq(left_out.iter().copied()), format!("rows {left_out:?} were left out"));
    for reason in report.errors.iter().map(|error| &error.text) {
        line.faults.push(format!("the job has the error: {reason}"));
    }
    let mut meant: Vec<&Mappings> = job.meant.iter().flatten().collect();
    let mut arrived: Vec<&Mappings> = applied.values().collect();
    meant.sort();
    arrived.sort();
    line.expect(meant == arrived, format!("meant: {meant:?}, applied: {arrived:?}"));
}

/// The results name the contact of each good row, and say of every mapping that it was processed.
fn told(
    job: &SeenJob,
    results: &[BTreeMap<String, String>],
    applied: &BTreeMap<u64, Mappings>,
    line: &mut Line,
) {
    let good = job.meant.iter().flatten().count();
    line.expect(results.len() == good, format!("{} rows are good, not {}", good, results.len()));
    for row in results {
        let number = |column: &str| row.get(column).and_then(|text| text.parse::<u64>().ok());
        let meant =
            number("BulkUploadDataID").and_then(|row| job.meant.get(row.checked_sub(1)? as usize)?.as_ref());
        let arrived = number("PrimaryKey").and_then(|van_id| applied.get(&van_id));
        line.expect(
            meant.is_some() && meant == arrived,
            format!("the contact of {row:?} has something else"),
        );
        let processed = row.values().filter(|message| *message == "Processed").count();
        line.expect(
            Some(processed) == meant.map(BTreeMap::len),
            format!("not all mappings were processed: {row:?}"),
        );
    }
}
