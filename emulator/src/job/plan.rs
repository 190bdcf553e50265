//! What a job does with each row, with every name looked up once.

use van_bulk_schema::key_column::{self, CONTRIBUTION_ID, CREATE_OR_UPDATE_CONTACT, VAN_ID};
use van_bulk_schema::payload::{MappingType, Payload};
use van_bulk_schema::rules::row;
use van_bulk_schema::{Schema, same_name};

use super::failure::JobFailure;

/// What a job does with each row.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) resource_type: &'a str,
    pub(super) key: Key,
    pub(super) mappings: &'a [MappingType],
    /// How rows are judged, and what each mapping gets from them.
    pub(super) rules: row::Plan,
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

impl<'a> Plan<'a> {
    /// Plans a job that keeps all rules.
    pub(super) fn new(schema: &Schema, job: &'a Payload) -> Result<Self, JobFailure> {
        let broken = |why: String| JobFailure::Internal(format!("the job was checked, and now {why}"));
        let rules = row::Plan::new(schema, job).map_err(|error| broken(error.to_string()))?;
        let action = job.actions.first().ok_or_else(|| broken("it has no action".to_owned()))?;
        let column = |name: &str| job.file.columns.iter().position(|column| same_name(&column.name, name));
        let wanted = action.columns_to_include_in_results_file.iter();
        let result_columns = wanted.filter_map(|wanted| {
            let index = column(&wanted.name)?;
            Some((job.file.columns.get(index)?.name.as_ref(), index))
        });
        Ok(Self {
            resource_type: &action.resource_type,
            key: key(&action.resource_type, &action.mapping_types, &column)?,
            mappings: &action.mapping_types,
            rules,
            result_columns: result_columns.collect(),
        })
    }
}

/// The name of a mapping's column in the result files, if the job gives one.
pub(super) fn result_column(mapping: &MappingType) -> Option<&str> {
    mapping.result_file_column_name.as_deref().filter(|name| !name.trim().is_empty())
}

fn key(
    resource_type: &str,
    mappings: &[MappingType],
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
