//! Checks rows before they are sent.

use std::sync::Arc;

use van_bulk::payload::{Delimiter, Payload};
use van_bulk::{FinishedJob, Header};
use van_bulk_schema::Schema;
use van_bulk_schema::rules::row::Plan;

use super::check::{Done, Work};
use super::flow::{Flow, Takes, source_rows};
use super::{Finding, RowsError, Summary};
use crate::delimited::Input;
use crate::delimited::split::BLOCK_BYTES;

/// What the rows of a job must be like: a job and a schema, compiled once into a plan for each column.
///
/// VAN reports a bad row an hour later, by leaving it out. A pre-flight judges every row by the
/// [rules](van_bulk_schema::rules::row) first: [`check`](Self::check) reads a file and tells all that is wrong,
/// a [`Packing`](super::Packing) checks rows on their way into a zip.
///
/// ```
/// # use std::path::Path;
/// use van_bulk_import::delimited::Input;
/// use van_bulk_import::rows::Preflight;
/// use van_bulk_schema::Snapshot;
/// use van_bulk_schema::dynamic::JobBuilder;
///
/// # let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../snapshots/sample");
/// let (snapshot, _) = Snapshot::load(&folder)?;
/// let mut job = JobBuilder::new(&snapshot.schema, "Contacts", "Phones of June", &["VanID", "Phone", "Type"])?;
/// job.mapping("Phones")?.column("Phone", "Phone")?.column("PhoneTypeID", "Type")?;
/// let payload = job.finish("phones.csv", "https://uploads.example.org/phones.zip")?;
///
/// let preflight = Preflight::for_payload(&snapshot.schema, &payload)?;
/// let file = Input::new("phones.csv", &b"VanID,Phone,Type\n1,413-555-0100,H\n2,,H\n"[..]);
/// let summary = preflight.check(file, |finding| println!("{finding}"))?;
/// assert_eq!((summary.rows, summary.rejected), (2, 1));
/// assert_eq!(summary.groups[0].first.problem.code, "row::parent-blank");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Preflight {
    pub(super) columns: Vec<String>,
    /// What separates the cells of the packed file.
    pub(super) delimiter_byte: u8,
    pub(super) plan: Arc<Plan>,
    /// The property of the job that a packed file would not keep to, if there is one.
    pub(super) other_form: Option<&'static str>,
}

impl Preflight {
    /// For the rows of a job that was built with the types.
    ///
    /// The types were generated from a snapshot; `schema` is of that snapshot, or what the key may import now.
    ///
    /// # Errors
    /// When the job breaks the rules of the schema, or its columns cannot be packed.
    pub fn for_job<M>(schema: &Schema, job: &FinishedJob<M>) -> Result<Self, RowsError> {
        Self::for_payload(schema, &job.payload("", ""))
    }

    /// For the rows of a job that any program made. It may lack its description, file name and URL.
    ///
    /// # Errors
    /// When the job breaks the rules of the schema, or its columns cannot be packed.
    pub fn for_payload(schema: &Schema, payload: &Payload) -> Result<Self, RowsError> {
        let plan = Plan::new(schema, payload)?;
        let columns = payload.file.columns.iter().map(|column| column.name.clone().into_owned());
        let preflight = Self::new(columns.collect(), &payload.file.column_delimiter, plan)?;
        let other_form = match (payload.file.has_header, payload.file.has_quotes) {
            (false, _) => Some("hasHeader"),
            (true, false) => Some("hasQuotes"),
            (true, true) => None,
        };
        Ok(Self { other_form, ..preflight })
    }

    /// Without a schema: rows are checked for their number of cells, UTF-8 and NUL characters alone.
    ///
    /// # Errors
    /// When VAN does not take the columns (there is none or more than 50, one has no name, or two have the same, ignoring
    /// case), or the delimiter is unknown.
    pub fn of_columns(columns: &[impl AsRef<str>], delimiter: &Delimiter) -> Result<Self, RowsError> {
        let columns: Vec<String> = columns.iter().map(|column| column.as_ref().to_owned()).collect();
        let plan = Plan::without_mappings(&columns);
        Self::new(columns, delimiter, plan)
    }

    fn new(columns: Vec<String>, delimiter: &Delimiter, plan: Plan) -> Result<Self, RowsError> {
        Header::new(columns.iter().cloned())?;
        let Some(delimiter_byte) = delimiter.byte() else {
            return Err(RowsError::UnknownDelimiter(delimiter.as_str().to_owned()));
        };
        Ok(Self { columns, delimiter_byte, plan: Arc::new(plan), other_form: None })
    }

    /// The columns of the job.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = &str> {
        self.columns.iter().map(String::as_str)
    }

    /// Checks every row of a file, on all cores, and hands every finding to `on_finding`, in the order of the rows.
    ///
    /// # Errors
    /// When the file cannot be read, its header is not the columns of the job, or it has no rows. Findings are no error.
    pub fn check(&self, input: Input, on_finding: impl FnMut(&Finding)) -> Result<Summary, RowsError> {
        let work = Work { preflight: self.clone(), output: None, keeps_rejected: false };
        let mut flow = Flow::start(work, None)?;
        let mut tally = Tally { columns: &self.columns, summary: Summary::default(), on_finding };
        let name = source_rows(input, BLOCK_BYTES, &mut flow, &mut tally)?;
        if tally.summary.rows == 0 { Err(RowsError::NoRows(name)) } else { Ok(tally.summary) }
    }
}

/// Takes what was found in rows, and nothing else.
struct Tally<'p, F> {
    columns: &'p [String],
    summary: Summary,
    on_finding: F,
}

impl<F: FnMut(&Finding)> Takes for Tally<'_, F> {
    fn columns(&self) -> &[String] {
        self.columns
    }

    fn begin(&mut self, _: u8) -> Result<(), RowsError> {
        Ok(())
    }

    fn take(&mut self, done: Done) -> Result<(), RowsError> {
        done.add_to(&mut self.summary);
        done.findings.iter().for_each(&mut self.on_finding);
        Ok(())
    }
}
