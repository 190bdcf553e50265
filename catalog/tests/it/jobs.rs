//! Jobs as the composer describes them, with and without mistakes.

use serde_json::{Value, json};
use van_bulk_schema::{Field, MappingType, Schema};

/// A job of these columns and mappings, with everything else in order.
pub(crate) fn job(resource: &str, columns: &[&str], mappings: Value) -> Value {
    json!({
        "resource": resource, "description": "A test", "fileName": "import.csv", "sourceUrl": "https://example.org/import.zip",
        "delimiter": "csv", "resultKb": 5000, "columns": columns, "results": [], "mappings": mappings,
    })
}

pub(crate) fn mapping(name: &str, fields: &[Value]) -> Value {
    json!({"type": name, "fields": fields})
}

pub(crate) fn column(field: &str, column: &str) -> Value {
    json!({"name": field, "kind": "column", "column": column, "value": "", "pairs": []})
}

pub(crate) fn value(field: &str, value: &str) -> Value {
    json!({"name": field, "kind": "static", "column": "", "value": value, "pairs": []})
}

pub(crate) fn translated(field: &str, column: &str, pairs: &[(&str, &str)]) -> Value {
    json!({"name": field, "kind": "translated", "column": column, "value": "", "pairs": pairs})
}

/// A random job over a schema: sometimes good, mostly with some mistakes of every kind that the composer can make.
pub(crate) fn random(rng: &mut fastrand::Rng, schema: &Schema) -> Value {
    let careful = rng.bool();
    let oops = |rng: &mut fastrand::Rng| !careful && rng.u8(0..12) == 0;
    let resources = schema.all_resources();
    let first = &schema.mapping_types[rng.usize(..schema.mapping_types.len())];
    let resource = match first.resource_types.first() {
        Some(name) if !oops(rng) => name.as_str(),
        _ => resources.get(rng.usize(..resources.len() + 1)).copied().unwrap_or(""),
    };
    let mut types = vec![first];
    for _ in 0..rng.usize(..3) {
        let fitting: Vec<&MappingType> = schema
            .mapping_types
            .iter()
            .filter(|mapping| mapping.resource_types.iter().any(|name| name == resource) || oops(rng))
            .collect();
        if let Some(mapping) = fitting.get(rng.usize(..fitting.len().max(1))) {
            types.push(mapping);
        }
        if rng.u8(0..3) == 0 {
            types.push(first);
        }
    }
    let columns = columns(rng, &types, careful);
    let mappings: Vec<Value> =
        types.iter().map(|mapping| random_mapping(rng, schema, mapping, &columns, careful)).collect();
    let mut job = job(resource, &[], json!(mappings));
    job["columns"] = json!(columns);
    let results: Vec<&String> =
        columns.iter().filter(|name| rng.u8(0..4) == 0 && !name.trim().is_empty()).collect();
    job["results"] = json!(results);
    for (key, mistakes) in [
        ("description", json!(["", " \u{85}", "a < b", "&#1", "x".repeat(256), "\u{feff}"])),
        ("fileName", json!(["", "\u{3000}"])),
        (
            "sourceUrl",
            json!([
                "",
                "nowhere",
                "https://",
                "ftp://example.org/a",
                "https://a b",
                "https://user@:80/",
                "s3://x",
                "\u{85}"
            ]),
        ),
        ("resultKb", json!([0, 4_999, 100_001])),
    ] {
        if oops(rng) {
            let mistakes = mistakes.as_array().unwrap();
            job[key] = mistakes[rng.usize(..mistakes.len())].clone();
        }
    }
    if oops(rng) && rng.bool() {
        job["mappings"] = json!([]);
    }
    if oops(rng) {
        job["results"] = json!(["Nowhere"]);
    }
    job
}

fn columns(rng: &mut fastrand::Rng, types: &[&MappingType], careful: bool) -> Vec<String> {
    let mut pool: Vec<String> = ["VanID", "Email", "Größe", "a \"quoted\" one", "Col,umn", "🎉", "İ", "x"]
        .map(str::to_owned)
        .to_vec();
    // Columns of the names of fields are matched by name.
    let fields: Vec<&Field> = types.iter().flat_map(|mapping| &mapping.fields).collect();
    if rng.bool() {
        let some = fields.iter().filter(|_| rng.u8(0..3) == 0).take(6);
        pool.extend(
            some.map(|field| if rng_is_odd(field) { field.name.to_uppercase() } else { field.name.clone() }),
        );
    }
    rng.shuffle(&mut pool);
    pool.truncate(rng.usize(1..8));
    if careful {
        let mut seen = std::collections::HashSet::new();
        pool.retain(|name| !name.trim().is_empty() && seen.insert(name.trim().to_lowercase()));
    } else if rng.u8(0..8) == 0 {
        pool.push([" ", "vanid ", "EMAIL", "\u{85}"][rng.usize(..4)].to_owned());
    } else if rng.u8(0..20) == 0 {
        pool.extend((0..50).map(|number| format!("More {number}")));
    } else if rng.u8(0..20) == 0 {
        pool.clear();
    }
    pool
}

fn rng_is_odd(field: &Field) -> bool {
    field.name.len() % 2 == 1
}

fn random_mapping(
    rng: &mut fastrand::Rng,
    schema: &Schema,
    mapping: &MappingType,
    columns: &[String],
    careful: bool,
) -> Value {
    let often = rng.u8(0..80);
    let mut wanted: Vec<&Field> = mapping
        .fields
        .iter()
        .filter(|field| if field.is_required { careful || rng.u8(0..12) > 0 } else { rng.u8(0..100) < often })
        .collect();
    if careful {
        // Whatever a field needs comes with it.
        let mut at = 0;
        while let Some(field) = wanted.get(at) {
            for parent in &field.parents {
                if let Some(parent) = mapping.field(&parent.parent_field_name)
                    && !wanted.iter().any(|known| known.name == parent.name)
                {
                    wanted.push(parent);
                }
            }
            at += 1;
        }
    }
    rng.shuffle(&mut wanted);
    let fields: Vec<Value> =
        wanted.into_iter().map(|field| random_field(rng, schema, mapping, field, columns, careful)).collect();
    json!({"type": mapping.name, "fields": fields})
}

fn random_field(
    rng: &mut fastrand::Rng,
    schema: &Schema,
    mapping: &MappingType,
    field: &Field,
    columns: &[String],
    careful: bool,
) -> Value {
    // So few fields have a limit that it would hardly ever be met by chance.
    if let Some(most) =
        schema.max_characters(&mapping.name, &field.name).filter(|_| !careful && rng.u8(0..3) == 0)
    {
        return value(&field.name, &"x".repeat(most + rng.usize(..2)));
    }
    let mut ids: Vec<String> = schema
        .values(&mapping.name, &field.name)
        .map(|list| list.values.iter().map(|value| value.id.clone()).collect())
        .unwrap_or_default();
    // Values that other fields are limited to.
    let limits = mapping.fields.iter().flat_map(|other| other.parent_limits());
    let limits =
        limits.filter(|limit| limit.parent == field.name).flat_map(|limit| limit.allowed.unwrap_or_default());
    ids.extend(limits.map(str::to_owned));
    let id = |rng: &mut fastrand::Rng| match ids.is_empty() || (!careful && rng.u8(0..8) == 0) {
        true => ["77", "text", "a \"b\" \\ {}", "2026-11-03", "\u{202e}turned", "\n"]
            [rng.usize(..if careful { 5 } else { 6 })]
        .to_owned(),
        false => ids[rng.usize(..ids.len())].clone(),
    };
    let oops = !careful && rng.u8(0..10) == 0;
    let name = columns.get(rng.usize(..columns.len().max(1))).cloned().unwrap_or("Gone".to_owned());
    let name =
        if oops && rng.bool() { ["Gone", "emial", "VANID", ""][rng.usize(..4)].to_owned() } else { name };
    let takes_column = (field.can_be_mapped_to_column && !columns.is_empty()) || oops;
    match rng.u8(0..10) {
        0 if !careful => json!({"name": field.name, "kind": "none", "column": "", "value": "", "pairs": []}),
        1..=4 if takes_column => column(&field.name, &name),
        5..=6 if takes_column && field.has_predefined_values => {
            let froms = ["y", "n", " y", "", "Ja"];
            let count = rng.usize(..4);
            let start = rng.usize(..froms.len());
            let step = if careful { 1 } else { rng.usize(..2) };
            let pairs: Vec<(String, String)> =
                (0..count).map(|at| (froms[(start + step * at) % froms.len()].to_owned(), id(rng))).collect();
            let pairs: Vec<(&str, &str)> =
                pairs.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
            translated(&field.name, &name, &pairs)
        }
        _ if oops => value(&field.name, ["", " ", "\u{feff}", "\u{85}", &"x".repeat(60)][rng.usize(..5)]),
        _ => value(&field.name, &id(rng)),
    }
}
