//! Whether a row can be imported, and the values it gives.

use std::collections::BTreeMap;

use csv::StringRecord;
use van_bulk_schema::{Field, ValueList};

use super::plan::{FieldPlan, MappingPlan, Plan, Source};

/// Why a row is left out of the import and of the result files. It names fields, never what the row holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("it has {found} fields, and the job has {expected} columns")]
    Ragged { expected: usize, found: usize },
    #[error("the required field {0} is blank")]
    RequiredBlank(String),
    #[error("the value of {0} is none of its predefined values")]
    NotAValue(String),
    #[error("the value of {0} is none that the job translates")]
    NotTranslated(String),
    #[error("{child} is given, but {parent} is blank")]
    ParentBlank { child: String, parent: String },
    #[error("the value of {parent} does not allow {child}")]
    ParentValue { child: String, parent: String },
    #[error("the {0} is blank")]
    KeyBlank(&'static str),
    #[error("the {0} is not a whole number")]
    KeyNotANumber(&'static str),
    #[error("there is no contact of this VanID")]
    NoSuchContact,
}

/// The values that one mapping gets from a row, by field; blank ones are left out.
pub(super) type Values = BTreeMap<String, String>;

/// The values of every mapping, in order, if the whole row is good.
pub(super) fn read(plan: &Plan<'_>, record: &StringRecord) -> Result<Vec<Values>, Refusal> {
    if record.len() != plan.columns {
        return Err(Refusal::Ragged { expected: plan.columns, found: record.len() });
    }
    plan.mappings.iter().map(|mapping| read_mapping(mapping, record)).collect()
}

fn read_mapping(mapping: &MappingPlan<'_>, record: &StringRecord) -> Result<Values, Refusal> {
    let named = |field: &str| format!("{}.{field}", mapping.name);
    let mut values = Values::new();
    for field in &mapping.fields {
        if let Some(value) = value(field, record, &named)? {
            values.insert(field.field.name.clone(), value);
        }
    }
    drop_static_children_of_blank_parents(mapping, &mut values);
    for field in &mapping.fields {
        if let Some(value) = values.get(&field.field.name) {
            check_parents(field, value, &values, &named)?;
        }
    }
    for field in mapping.mapping_type.fields.iter().filter(|field| field.is_required) {
        if !values.contains_key(&field.name) && is_demanded(field, &values) {
            return Err(Refusal::RequiredBlank(named(&field.name)));
        }
    }
    Ok(values)
}

/// The value of a field; `None` if its cell is blank.
fn value(
    field: &FieldPlan<'_>,
    record: &StringRecord,
    named: &impl Fn(&str) -> String,
) -> Result<Option<String>, Refusal> {
    let (index, translations) = match &field.source {
        Source::Static(value) => return Ok(Some((*value).to_owned())),
        Source::Column { index, translations } => (*index, translations),
    };
    let cell = record.get(index).unwrap_or_default().trim();
    if let Some(target) = translations.get(cell) {
        return Ok(Some((*target).to_owned()));
    }
    if cell.is_empty() {
        return Ok(None);
    }
    if !translations.is_empty() {
        return Err(Refusal::NotTranslated(named(&field.field.name)));
    }
    match field.values {
        None => Ok(Some(cell.to_owned())),
        Some(list) => match id_of(list, cell) {
            Some(id) => Ok(Some(id.to_owned())),
            None => Err(Refusal::NotAValue(named(&field.field.name))),
        },
    }
}

/// The id of the predefined value that a cell gives by its id, or by its name if no other value has it.
fn id_of<'a>(list: &'a ValueList, cell: &str) -> Option<&'a str> {
    list.by_id(cell).or_else(|| list.by_unique_name(cell)).map(|value| value.id.as_str())
}

/// A static value is meant for the rows in which it makes sense: the country code of a phone number is no reason to
/// refuse a row without a phone number. Our reading.
fn drop_static_children_of_blank_parents(mapping: &MappingPlan<'_>, values: &mut Values) {
    loop {
        let before = values.len();
        for field in &mapping.fields {
            let is_static = matches!(field.source, Source::Static(_));
            let parents = &field.field.parents;
            if is_static && parents.iter().any(|parent| !values.contains_key(&parent.parent_field_name)) {
                values.remove(&field.field.name);
            }
        }
        if values.len() == before {
            return;
        }
    }
}

fn check_parents(
    field: &FieldPlan<'_>,
    value: &str,
    values: &Values,
    named: &impl Fn(&str) -> String,
) -> Result<(), Refusal> {
    let child = || named(&field.field.name);
    for limit in field.field.parent_limits() {
        let Some(parent) = values.get(limit.parent) else {
            return Err(Refusal::ParentBlank { child: child(), parent: named(limit.parent) });
        };
        if !limit.allows(parent) {
            return Err(Refusal::ParentValue { child: child(), parent: named(limit.parent) });
        }
    }
    let chosen = field.values.and_then(|list| list.by_id(value));
    for limit in chosen.map(|value| value.parent_limits()).unwrap_or_default() {
        let is_allowed = match values.get(limit.parent) {
            Some(parent) => limit.allows(parent),
            None => limit.allowed.is_none(),
        };
        if !is_allowed {
            return Err(Refusal::ParentValue { child: child(), parent: named(limit.parent) });
        }
    }
    Ok(())
}

/// A required field that is limited to some values of its parents is demanded only in rows that have them.
fn is_demanded(field: &Field, values: &Values) -> bool {
    let limits = field.parent_limits();
    let mut limited = limits.iter().filter(|limit| limit.allowed.is_some());
    limited.all(|limit| values.get(limit.parent).is_some_and(|value| limit.allows(value)))
}
