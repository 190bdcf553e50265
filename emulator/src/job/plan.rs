//! What a job does with each row, with every name looked up once.

use std::collections::HashMap;

use van_bulk_schema::key_column::{self, CREATE_OR_UPDATE_CONTACT, VAN_ID};
use van_bulk_schema::payload::{self, FieldValueMapping, Payload};
use van_bulk_schema::{Field, MappingType, Schema, ValueList, same_name};

use super::failure::JobFailure;

/// The column that holds the id of a contribution.
const CONTRIBUTION_ID: &str = "ContributionID";

/// What a job does with each row.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) resource_type: &'a str,
    /// How many fields a row has.
    pub(super) columns: usize,
    pub(super) key: Key,
    pub(super) mappings: Vec<MappingPlan<'a>>,
    /// The columns to copy into the result files: name and index.
    pub(super) result_columns: Vec<(&'a str, usize)>,
}

/// How the record of a row is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// By the mapping at this index, which is a `CreateOrUpdateContact`.
    Contact { mapping: usize },
    /// A contact, by the VANID in this column.
    VanId { column: usize },
    /// A contribution, by the id in this column.
    ContributionId { column: usize },
    /// Every row is a new record. What VAN does for other resource types is not public.
    NewRecord,
}

/// What one mapping does with each row.
#[derive(Debug)]
pub(super) struct MappingPlan<'a> {
    pub(super) name: &'a str,
    /// The name of its column in the result files, if the job gives one.
    pub(super) result_column: Option<&'a str>,
    pub(super) mapping_type: &'a MappingType,
    pub(super) fields: Vec<FieldPlan<'a>>,
}

/// How one field is filled from each row.
#[derive(Debug)]
pub(super) struct FieldPlan<'a> {
    pub(super) field: &'a Field,
    pub(super) source: Source<'a>,
    pub(super) values: Option<&'a ValueList>,
}

/// Where the value of a field comes from.
#[derive(Debug)]
pub(super) enum Source<'a> {
    Static(&'a str),
    Column { index: usize, translations: HashMap<&'a str, &'a str> },
}

impl<'a> Plan<'a> {
    /// Plans a job that keeps all rules and whose mappings are written out.
    pub(super) fn new(schema: &'a Schema, job: &'a Payload) -> Result<Self, JobFailure> {
        let broken = || JobFailure::Internal("the job breaks a rule that it was checked for".to_owned());
        let action = job.actions.first().ok_or_else(broken)?;
        let column = |name: &str| job.file.columns.iter().position(|column| same_name(&column.name, name));
        let mut mappings = Vec::new();
        for mapping in &action.mapping_types {
            mappings.push(mapping_plan(schema, mapping, &column).ok_or_else(broken)?);
        }
        let wanted = action.columns_to_include_in_results_file.iter();
        let result_columns = wanted.filter_map(|wanted| {
            let index = column(&wanted.name)?;
            Some((job.file.columns.get(index)?.name.as_ref(), index))
        });
        Ok(Self {
            resource_type: &action.resource_type,
            columns: job.file.columns.len(),
            key: key(&action.resource_type, &mappings, &column)?,
            result_columns: result_columns.collect(),
            mappings,
        })
    }
}

fn mapping_plan<'a>(
    schema: &'a Schema,
    mapping: &'a payload::MappingType,
    column: &impl Fn(&str) -> Option<usize>,
) -> Option<MappingPlan<'a>> {
    let mapping_type = schema.mapping_type(&mapping.name)?;
    let mut fields = Vec::new();
    for entry in &mapping.field_value_mappings {
        fields.push(FieldPlan {
            field: mapping_type.field(&entry.field_name)?,
            source: source(entry, column)?,
            values: schema.values(&mapping.name, &entry.field_name),
        });
    }
    Some(MappingPlan {
        name: &mapping.name,
        result_column: mapping.result_file_column_name.as_deref().filter(|name| !name.trim().is_empty()),
        mapping_type,
        fields,
    })
}

fn source<'a>(entry: &'a FieldValueMapping, column: &impl Fn(&str) -> Option<usize>) -> Option<Source<'a>> {
    match (&entry.column_name, &entry.static_value) {
        (Some(name), None) => {
            let translations = entry.values.iter();
            let translations =
                translations.map(|value| (value.source_value.trim(), value.target_value.as_ref()));
            Some(Source::Column { index: column(name)?, translations: translations.collect() })
        }
        (None, Some(value)) => Some(Source::Static(value)),
        _ => None,
    }
}

fn key(
    resource_type: &str,
    mappings: &[MappingPlan<'_>],
    column: &impl Fn(&str) -> Option<usize>,
) -> Result<Key, JobFailure> {
    let missing = |column| JobFailure::NoKeyColumn { resource: resource_type.to_owned(), column };
    if let Some(mapping) = mappings.iter().position(|mapping| mapping.name == CREATE_OR_UPDATE_CONTACT) {
        return Ok(Key::Contact { mapping });
    }
    match resource_type {
        "Contributions" => column(CONTRIBUTION_ID)
            .map(|column| Key::ContributionId { column })
            .ok_or(missing(CONTRIBUTION_ID)),
        contacts if key_column::is_about_contacts(contacts) => {
            column(VAN_ID).map(|column| Key::VanId { column }).ok_or(missing(VAN_ID))
        }
        _ => Ok(Key::NewRecord),
    }
}
