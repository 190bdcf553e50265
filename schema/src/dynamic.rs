//! Jobs built by name, for programs that load a snapshot when they run.
//!
//! The generated builders let the compiler check a job; here the same rules are checked when the program runs, by
//! [`rules::check`]. Names that are not known are refused at once, everything else by [`JobBuilder::finish`]: only then
//! is the job whole.
//!
//! ```
//! # use std::path::Path;
//! use van_bulk_schema::Snapshot;
//! use van_bulk_schema::dynamic::JobBuilder;
//!
//! # let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../snapshots/sample");
//! let (snapshot, _) = Snapshot::load(&folder)?;
//! let columns = ["VanID", "HomePhone", "Email"];
//! let mut job = JobBuilder::new(&snapshot.schema, "Contacts", "Phones of June", &columns)?;
//! job.mapping("Phones")?.column("Phone", "HomePhone")?.value("PhoneTypeID", "Home")?;
//!
//! let error = job.mapping("Emial").unwrap_err();
//! assert_eq!(error.findings[0].help.as_deref(), Some("did you mean `Email`?"));
//! job.mapping("Email")?.column("Email", "Email")?.value("EmailTypeId", "Personal")?;
//!
//! let payload = job.finish("phones.csv", "https://uploads.example.org/phones.zip")?;
//! assert_eq!(payload.actions[0].mapping_types[0].field_value_mappings[1].static_value.as_deref(), Some("H"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;

use van_bulk::header::same_name;
use van_bulk::job::RESULT_FILE_SIZE_KB;

use crate::by_name;
use crate::finding::{Finding, any_error, did_you_mean};
use crate::json::JsonPath;
use crate::model::Schema;
use crate::payload::{
    Action, ColumnName, Delimiter, FieldValueMapping, File, LOAD_MAPPED_FILE, MappingType, MappingValue,
    Payload, Text,
};
use crate::rules::{self, DOCUMENT, codes};

/// The rules that say of a name that it is not known: whatever is added to a job later, they stay broken.
const NAMES: &[&str] = &[
    codes::UNKNOWN_RESOURCE_TYPE,
    codes::UNKNOWN_MAPPING_TYPE,
    codes::UNKNOWN_FIELD,
    codes::UNKNOWN_COLUMN,
    codes::UNKNOWN_RESULT_COLUMN,
    codes::UNKNOWN_TARGET_VALUE,
];

/// A job cannot be sent, or something cannot be added to it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct DynamicError {
    /// What is wrong, in the order of the rules: at least one error, and the warnings about the same job.
    ///
    /// Places are paths into the job as it would be sent, in the document [`DOCUMENT`]. What could not be added is
    /// shown where it would have been.
    pub findings: Vec<Finding>,
}

impl fmt::Display for DynamicError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the job cannot be sent like this")?;
        self.findings.iter().try_for_each(|finding| write!(f, "\n  - {finding}"))
    }
}

/// A bulk import job in the making, by the names of a schema.
#[derive(Debug, Clone)]
pub struct JobBuilder<'s> {
    schema: &'s Schema,
    description: Text,
    file: File,
    action: Action,
}

impl<'s> JobBuilder<'s> {
    /// A job without mappings, over a comma-delimited file with these columns.
    ///
    /// `resource_type` is what the rows are, such as `Contacts`. `description` has 1 to 255 characters, without `<`,
    /// `>` and `&#`; VAN shows it in its notifications. The columns are in the order of the file, at most 50.
    ///
    /// # Errors
    /// When the schema does not have the resource type.
    pub fn new(
        schema: &'s Schema,
        resource_type: &str,
        description: &str,
        columns: &[&str],
    ) -> Result<Self, DynamicError> {
        let job = Self {
            schema,
            description: owned(description),
            file: File {
                columns: columns.iter().copied().map(column_name).collect(),
                has_header: true,
                has_quotes: true,
                ..File::default()
            },
            action: Action {
                action_type: LOAD_MAPPED_FILE.into(),
                resource_type: owned(resource_type),
                result_file_size_kb_limit: Some(*RESULT_FILE_SIZE_KB.start()),
                ..Action::default()
            },
        };
        job.check_names(&action_path().key("resourceType"))?;
        Ok(job)
    }

    /// Adds a mapping; VAN applies them to each row in this order.
    ///
    /// A mapping of which no field is filled is sent like that, and VAN fills its fields from columns of their names;
    /// of one that has some, VAN may fill others so, see [`by_name::expand`].
    ///
    /// # Errors
    /// When the schema does not have the mapping type; upper and lower case count. The job stays as it was.
    pub fn mapping(&mut self, name: &str) -> Result<MappingBuilder<'_, 's>, DynamicError> {
        let index = self.action.mapping_types.len();
        self.action.mapping_types.push(MappingType { name: owned(name), ..MappingType::default() });
        if let Err(error) = self.check_names(&mapping_path(index)) {
            self.action.mapping_types.pop();
            return Err(error);
        }
        Ok(MappingBuilder { job: self, index })
    }

    /// Asks VAN to copy a column into the result files, so that a row can be recognised there. Case is ignored.
    ///
    /// # Errors
    /// When the file does not have the column. The job stays as it was.
    pub fn include_in_results_file(&mut self, column: &str) -> Result<&mut Self, DynamicError> {
        let known = self.known_column(column);
        let wanted = &mut self.action.columns_to_include_in_results_file;
        let index = wanted.len();
        wanted.push(ColumnName { name: known });
        if let Err(error) = self.check_names(&action_path().key("columnsToIncludeInResultsFile").index(index))
        {
            self.action.columns_to_include_in_results_file.pop();
            return Err(error);
        }
        Ok(self)
    }

    /// What separates the fields of a line; a comma unless this is called.
    pub fn delimiter(&mut self, delimiter: Delimiter) -> &mut Self {
        self.file.column_delimiter = delimiter;
        self
    }

    /// The size above which VAN starts another result file: 5,000 to 100,000 KB, 5,000 unless this is called.
    pub fn result_file_size_kb(&mut self, kilobytes: u32) -> &mut Self {
        self.action.result_file_size_kb_limit = Some(kilobytes);
        self
    }

    /// The body to send: `file_name` is the delimited file inside the zip, and VAN fetches the zip from `source_url`.
    ///
    /// Warnings do not stop a job; [`rules::check`] of the payload tells them.
    ///
    /// # Errors
    /// When the job breaks a rule; all that it breaks are told at once.
    pub fn finish(mut self, file_name: &str, source_url: &str) -> Result<Payload, DynamicError> {
        self.file.file_name = owned(file_name);
        self.file.source_url = owned(source_url);
        let payload = self.payload();
        let findings = rules::check(self.schema, &payload);
        if any_error(&findings) { Err(DynamicError { findings }) } else { Ok(payload) }
    }

    fn payload(&self) -> Payload {
        Payload {
            description: self.description.clone(),
            file: self.file.clone(),
            actions: vec![self.action.clone()],
        }
    }

    /// Checks the names at and below a place.
    fn check_names(&self, place: &JsonPath) -> Result<(), DynamicError> {
        let place = place.to_string();
        let mut findings = rules::check(self.schema, &self.payload());
        findings.retain(|finding| NAMES.contains(&finding.code) && finding.path().starts_with(&place));
        if findings.is_empty() { Ok(()) } else { Err(DynamicError { findings }) }
    }

    /// The spelling of the file, if it has the column.
    fn known_column(&self, name: &str) -> Text {
        let mut columns = self.file.columns.iter();
        columns.find(|column| same_name(&column.name, name)).map_or(owned(name), |column| column.name.clone())
    }
}

/// Fills the fields of one mapping of a [`JobBuilder`]. Case is ignored in names of fields and columns.
#[derive(Debug)]
pub struct MappingBuilder<'j, 's> {
    job: &'j mut JobBuilder<'s>,
    /// Of the mapping, which is in the job already.
    index: usize,
}

impl MappingBuilder<'_, '_> {
    /// Fills a field from a column.
    ///
    /// # Errors
    /// When the mapping type does not have the field or the file does not have the column. The job stays as it was.
    pub fn column(&mut self, field: &str, column: &str) -> Result<&mut Self, DynamicError> {
        let column_name = Some(self.job.known_column(column));
        self.add(field, FieldValueMapping { column_name, ..FieldValueMapping::default() })
    }

    /// Fills a field with the same value in every row; a predefined value is given by its id.
    ///
    /// An id that the schema does not list is a warning, not an error: VAN says that lists apply under at least some
    /// circumstances.
    ///
    /// # Errors
    /// When the mapping type does not have the field. The job stays as it was.
    pub fn static_value(&mut self, field: &str, value: &str) -> Result<&mut Self, DynamicError> {
        self.add(
            field,
            FieldValueMapping { static_value: Some(owned(value)), ..FieldValueMapping::default() },
        )
    }

    /// Fills a field with the same predefined value in every row, given by its id, or by its name ignoring case.
    ///
    /// # Errors
    /// When the mapping type does not have the field, its values are not known, or none of them, or more than one, is
    /// meant. The job stays as it was.
    pub fn value(&mut self, field: &str, id_or_name: &str) -> Result<&mut Self, DynamicError> {
        self.static_value(field, id_or_name)?;
        match self.id_of_last(id_or_name) {
            Ok(id) => {
                if let Some(last) = self.fields().last_mut() {
                    last.static_value = Some(id);
                }
                Ok(self)
            }
            Err(error) => {
                self.fields().pop();
                Err(error)
            }
        }
    }

    /// Fills a field from a column whose values stand for predefined ones: each pair is a value of the file and the id
    /// of the predefined value that it becomes.
    ///
    /// # Errors
    /// When the mapping type does not have the field, the file does not have the column, or the field does not have one
    /// of the ids. The job stays as it was.
    pub fn translate<'t>(
        &mut self,
        field: &str,
        column: &str,
        values: impl IntoIterator<Item = (&'t str, &'t str)>,
    ) -> Result<&mut Self, DynamicError> {
        let column_name = Some(self.job.known_column(column));
        let values = values
            .into_iter()
            .map(|(from, id)| MappingValue { source_value: owned(from), target_value: owned(id) })
            .collect();
        self.add(field, FieldValueMapping { column_name, values, ..FieldValueMapping::default() })
    }

    fn add(&mut self, field: &str, mut entry: FieldValueMapping) -> Result<&mut Self, DynamicError> {
        let mapping_type = self.job.schema.mapping_type(&self.mapping().name);
        let known = mapping_type.and_then(|mapping_type| by_name::field(mapping_type, field));
        entry.field_name = owned(known.map_or(field, |known| &known.name));
        let place = mapping_path(self.index).key("fieldValueMappings").index(self.fields().len());
        self.fields().push(entry);
        if let Err(error) = self.job.check_names(&place) {
            self.fields().pop();
            return Err(error);
        }
        Ok(self)
    }

    /// The id of the value of the field that was added last.
    fn id_of_last(&mut self, id_or_name: &str) -> Result<Text, DynamicError> {
        let index = self.fields().len().saturating_sub(1);
        let place = mapping_path(self.index).key("fieldValueMappings").index(index).key("staticValue");
        let field = self.fields().last().map(|field| field.field_name.clone()).unwrap_or_default();
        let error = |message: String, help: String| DynamicError {
            findings: vec![Finding::error(codes::UNKNOWN_STATIC_VALUE, DOCUMENT, place, message).help(help)],
        };
        let Some(list) = self.job.schema.values(&self.mapping().name, &field) else {
            return Err(error(
                format!("the values of the field `{field}` are not known, so `{id_or_name}` is none of them"),
                "give an id with `static_value`, or a schema that has the field's values".to_owned(),
            ));
        };
        if let Some(value) = list.by_id(id_or_name).or_else(|| list.by_unique_name(id_or_name)) {
            return Ok(owned(&value.id));
        }
        let names = || list.values.iter().map(|value| value.name.as_str());
        let (count, help) = match names().filter(|name| same_name(name, id_or_name)).count() {
            0 => ("no value", did_you_mean(id_or_name, names())),
            _ => ("several values", None),
        };
        let help = help.unwrap_or_else(|| "give the id of one of its values".to_owned());
        Err(error(format!("the field `{field}` has {count} `{id_or_name}`"), help))
    }

    fn mapping(&self) -> &MappingType {
        // Mappings are only added to a job, so the index stays good.
        &self.job.action.mapping_types[self.index]
    }

    fn fields(&mut self) -> &mut Vec<FieldValueMapping> {
        &mut self.job.action.mapping_types[self.index].field_value_mappings
    }
}

fn action_path() -> JsonPath {
    JsonPath::root().key("actions").index(0)
}

fn mapping_path(index: usize) -> JsonPath {
    action_path().key("mappingTypes").index(index)
}

fn owned(text: &str) -> Text {
    Text::Owned(text.to_owned())
}

fn column_name(name: &str) -> ColumnName {
    ColumnName { name: owned(name) }
}
