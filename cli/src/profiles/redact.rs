//! Display texts that are not saved: what an organisation calls its activist codes is nobody else's business.

use std::collections::HashSet;
use std::fmt;

use van_bulk_schema::Schema;
use van_bulk_schema::finding::did_you_mean;
use van_bulk_schema::model::ValueRef;

/// Any mapping type, or any field.
const ANY: &str = "*";

/// What stands in the place of a description.
const REDACTED: &str = "redacted";

/// Fields by mapping type and name, each of which may be `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    mapping_type: String,
    field: String,
}

impl Pattern {
    /// A pattern such as `ActivistCode.*`.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let (mapping_type, field) = text.split_once('.')?;
        let whole = |part: &str| part == ANY || (!part.is_empty() && !part.contains(ANY));
        let (mapping_type, field) = (mapping_type.to_owned(), field.to_owned());
        (whole(&mapping_type) && whole(&field)).then_some(Self { mapping_type, field })
    }

    fn means(&self, mapping_type: &str, field: &str) -> bool {
        let fits = |part: &str, name: &str| part == ANY || part == name;
        fits(&self.mapping_type, mapping_type) && fits(&self.field, field)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.mapping_type, self.field)
    }
}

/// Replaces the descriptions of fields and the names of their values, wherever they stand, and drops what else VAN says of them
/// that is not known to mean anything. Names of mapping types and fields, ids and limits stay: jobs are made of them.
///
/// # Errors
/// What names no field, with the nearest that there is: a slip there would let texts through.
pub(crate) fn redact(schema: &mut Schema, patterns: &[Pattern]) -> Result<(), Vec<String>> {
    let fields: Vec<(String, String)> = schema
        .mapping_types
        .iter()
        .flat_map(|mapping| mapping.fields.iter().map(|field| (mapping.name.clone(), field.name.clone())))
        .collect();
    let unmatched: Vec<String> = patterns
        .iter()
        .filter(|pattern| !fields.iter().any(|(mapping_type, field)| pattern.means(mapping_type, field)))
        .map(|pattern| unmatched(pattern, &fields))
        .collect();
    if !unmatched.is_empty() {
        return Err(unmatched);
    }
    let meant = |(mapping_type, field): &(String, String)| {
        patterns.iter().any(|pattern| pattern.means(mapping_type, field))
    };
    replace(schema, &fields.into_iter().filter(meant).collect());
    Ok(())
}

fn unmatched(pattern: &Pattern, fields: &[(String, String)]) -> String {
    let names: Vec<String> =
        fields.iter().map(|(mapping_type, field)| format!("{mapping_type}.{field}")).collect();
    let near = did_you_mean(&pattern.to_string(), names.iter().map(String::as_str));
    format!("`{pattern}`{}", near.map(|near| format!(" ({near})")).unwrap_or_default())
}

fn replace(schema: &mut Schema, fields: &HashSet<(String, String)>) {
    let is_meant =
        |mapping_type: &str, field: &str| fields.contains(&(mapping_type.to_owned(), field.to_owned()));
    for mapping in &mut schema.mapping_types {
        for field in &mut mapping.fields {
            if is_meant(&mapping.name, &field.name) {
                field.description = field.description.take().map(|_| REDACTED.to_owned());
                field.extra.clear();
            }
            for parent in &mut field.parents {
                if is_meant(&mapping.name, &parent.parent_field_name) {
                    references(parent.limited_to_parent_values.as_mut());
                }
            }
        }
    }
    for ((mapping_type, field), list) in &mut schema.values {
        for value in &mut list.values {
            if is_meant(mapping_type, field) {
                // Two values of one name would be one to callers.
                value.name = format!("{REDACTED} {}", value.id);
                value.extra.clear();
            }
            for parent in &mut value.parents {
                if is_meant(mapping_type, &parent.parent_field_name) {
                    references(parent.allowed_parent_values.as_mut());
                }
            }
        }
    }
}

fn references(values: Option<&mut Vec<ValueRef>>) {
    for value in values.into_iter().flatten() {
        value.name = value.name.take().map(|_| format!("{REDACTED} {}", value.id));
        value.extra.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use van_bulk_schema::Snapshot;

    fn sample() -> Schema {
        let folder = crate::workspace::tests::sample();
        Snapshot::load(&folder).unwrap().0.schema
    }

    fn documents(schema: &Schema) -> String {
        Snapshot::documents_of(schema, None).into_values().collect()
    }

    #[test]
    fn what_a_pattern_names_is_in_no_document_and_the_rest_is_as_it_was() {
        let mut schema = sample();
        let before = schema.clone();
        redact(&mut schema, &[Pattern::new("ActivistCode.ActivistCodeID").unwrap()]).unwrap();
        let list = ("ActivistCode".to_owned(), "ActivistCodeID".to_owned());
        let text = documents(&schema);
        for value in &before.values[&list].values {
            assert!(!text.contains(&value.name), "{}", value.name);
            assert_eq!(schema.values[&list].by_id(&value.id).unwrap().name, format!("redacted {}", value.id));
        }
        for (other, values) in &before.values {
            assert!(*other == list || schema.values[other] == *values, "{other:?}");
        }
    }

    #[test]
    fn a_star_names_every_field_and_what_refers_to_them() {
        let mut schema = sample();
        let is_wire_name = |name: &str| {
            let mappings = &sample().mapping_types;
            mappings.iter().any(|mapping| mapping.name == name || mapping.field(name).is_some())
        };
        let values = schema.values.values().flat_map(|list| &list.values);
        let names: HashSet<String> =
            values.map(|value| value.name.clone()).filter(|name| !is_wire_name(name)).collect();
        let shown =
            |text: &str| names.iter().filter(|name| text.contains(&format!("\"name\": \"{name}\""))).count();
        assert!(shown(&documents(&schema)) > 10);
        redact(&mut schema, &[Pattern::new("*.*").unwrap()]).unwrap();
        assert_eq!(shown(&documents(&schema)), 0);
    }

    #[test]
    fn names_of_values_in_limits_go_too() {
        let text = r#"{"items": [{"name": "A", "allowMultipleMode": "Single", "resourceTypes": [], "fields": [
            {"name": "F", "description": "our text", "hasPredefinedValues": true, "isRequired": false, "canBeMappedToColumn": true, "parents": null},
            {"name": "G", "hasPredefinedValues": false, "isRequired": false, "canBeMappedToColumn": true, "parents": [
                {"parentFieldName": "F", "limitedToParentValues": [{"id": "1", "name": "our name"}]}]}]}]}"#;
        let mut schema =
            Snapshot::parse([("mapping-types.json".to_owned(), text.to_owned())].into()).0.schema;
        assert!(documents(&schema).contains("our name") && documents(&schema).contains("our text"));
        redact(&mut schema, &[Pattern::new("A.F").unwrap()]).unwrap();
        let after = documents(&schema);
        assert!(!after.contains("our name") && !after.contains("our text"), "{after}");
    }

    #[test]
    fn a_pattern_that_names_nothing_is_refused_with_the_nearest() {
        let mut schema = sample();
        let before = schema.clone();
        let patterns =
            ["ActivistCode.ActivistCodeId", "*.*", "Nothing.*"].map(|text| Pattern::new(text).unwrap());
        let unmatched = redact(&mut schema, &patterns).unwrap_err();
        let near = "`ActivistCode.ActivistCodeId` (did you mean `ActivistCode.ActivistCodeID`?)";
        assert_eq!(unmatched, [near, "`Nothing.*`"]);
        assert_eq!(schema, before);
    }

    #[test]
    fn what_is_no_pattern_is_none() {
        for text in ["", "A", "A.", ".B", "A*.B", "A.B*"] {
            assert_eq!(Pattern::new(text), None, "{text}");
        }
    }
}
