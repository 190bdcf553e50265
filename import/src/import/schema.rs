//! What the key may import, as far as a job needs to know.

use van_bulk::header::same_name;
use van_bulk::payload::{MappingType, Payload};
use van_bulk_schema::finding::any_error;
use van_bulk_schema::{Finding, Schema, read, snapshot};

use super::ImportError;
use crate::Client;
use crate::client::ClientError;

/// Asks VAN for the resource types, the mapping types of the job, and the value lists of the fields that it fills.
pub(super) async fn of<M>(client: &Client<M>, payload: &Payload) -> Result<Schema, ImportError> {
    let mut schema = Schema::default();
    let mut findings = Vec::new();
    let fetched = fetch(client, payload, &mut schema, &mut findings).await;
    fetched.map_err(ImportError::Discovery)?;
    if any_error(&findings) {
        return Err(ImportError::Unreadable(findings));
    }
    Ok(schema)
}

async fn fetch<M>(
    client: &Client<M>,
    payload: &Payload,
    schema: &mut Schema,
    findings: &mut Vec<Finding>,
) -> Result<(), ClientError> {
    let resources = client.resources().await?;
    schema.resources = read::resources(&resources.text, snapshot::RESOURCES, findings);
    for mapping in payload.actions.iter().flat_map(|action| &action.mapping_types) {
        if schema.mapping_type(&mapping.name).is_some() {
            continue;
        }
        // One that VAN does not know is for the rules to report.
        if let Some(listing) = client.mapping_type(&mapping.name).await? {
            schema.mapping_types.extend(read::mapping_types(
                &listing.text,
                snapshot::MAPPING_TYPES,
                findings,
            ));
        }
    }
    for (mapping, field) in value_lists(payload, schema) {
        if let Some(listing) = client.values(&mapping, &field).await? {
            let document = format!("{}/{mapping}.{field}", snapshot::VALUES);
            let values = read::values(&listing.text, &document, findings);
            schema.values.insert((mapping, field), values);
        }
    }
    Ok(())
}

/// The fields with predefined values that the job fills, each once.
fn value_lists(payload: &Payload, schema: &Schema) -> Vec<(String, String)> {
    let columns = &payload.file.columns;
    let fills = |mapping: &MappingType, field: &str| {
        let explicit = &mapping.field_value_mappings;
        explicit.iter().any(|filled| same_name(&filled.field_name, field))
            // A mapping without fields is filled from the columns of the same names.
            || (explicit.is_empty() && columns.iter().any(|column| same_name(&column.name, field)))
    };
    let mut lists = Vec::new();
    for mapping in payload.actions.iter().flat_map(|action| &action.mapping_types) {
        let Some(known) = schema.mapping_type(&mapping.name) else { continue };
        for field in known.fields.iter().filter(|field| field.has_predefined_values) {
            let list = (known.name.clone(), field.name.clone());
            if fills(mapping, &field.name) && !lists.contains(&list) {
                lists.push(list);
            }
        }
    }
    lists
}
