//! What the generated documentation says.

use van_bulk_schema::provenance::Origin;

use crate::Config;
use crate::ir::{Field, Mapping, Multiplicity, Program, Requirement};
use crate::text;

/// The first line of a module.
pub(super) fn module(mapping: &Mapping) -> String {
    format!(" The mapping type {}.", text::code(&mapping.wire))
}

/// The documentation of a builder.
pub(super) fn builder(program: &Program, mapping: &Mapping, config: &Config) -> Vec<String> {
    let mut lines = Vec::new();
    let wire = text::code(&mapping.wire);
    match mapping.display_name.as_deref().map(text::markdown).filter(|name| !name.is_empty()) {
        Some(name) => lines.push(format!("*{name}*: the mapping type {wire}.")),
        None => lines.push(format!("The mapping type {wire}.")),
    }
    lines.push(String::new());
    lines.extend(origin(mapping));
    lines.push(format!("- Mode: {}, {}.", text::code(&mapping.mode), multiplicity(mapping)));
    lines.push(format!("- Resource types: {}.", resources(program, mapping)));
    lines.push(String::new());
    lines.extend(field_table(mapping));
    lines.extend(example(program, mapping, config));
    lines
}

/// What of a sample's mapping type is VAN's.
fn origin(mapping: &Mapping) -> Vec<String> {
    let text = match mapping.origin {
        Some(Origin::Invented) => {
            "**Invented.** This mapping type is made up to have something to show: VAN may have none like it. Fetch the snapshot of your own API key."
        }
        Some(Origin::NameAttested) => {
            "**Partly invented.** The name is known to be VAN's; its mode, its fields' rules and everything marked *invented* are guesses. Fetch the snapshot of your own API key."
        }
        Some(Origin::Attested) => {
            "**Attested.** This mapping type was published as it is, but your API key may show another one. Fetch the snapshot of your own API key."
        }
        None => return Vec::new(),
    };
    vec![text.to_owned(), String::new()]
}

fn multiplicity(mapping: &Mapping) -> &'static str {
    match (mapping.multiplicity, mapping.mode.as_str()) {
        (Multiplicity::Single(_), _) => "once in a job",
        (Multiplicity::SinglePerType, _) => {
            "once in a job for each type; that is not checked when the program is compiled"
        }
        (Multiplicity::Multiple, "Multiple") => "any number in a job",
        (Multiplicity::Multiple, _) => "an unknown mode, treated as any number in a job",
    }
}

fn resources(program: &Program, mapping: &Mapping) -> String {
    let links: Vec<String> = mapping
        .resources
        .iter()
        .map(|index| format!("[`{0}`](crate::resource::{0})", program.resources[*index].type_name))
        .collect();
    if links.is_empty() { "none, so no job can take it".to_owned() } else { links.join(", ") }
}

fn field_table(mapping: &Mapping) -> Vec<String> {
    if mapping.fields.is_empty() {
        return vec!["It has no fields.".to_owned()];
    }
    let mut lines = vec![
        "| Field | Set by | Filled by | Needs | Meaning |".to_owned(),
        "|---|---|---|---|---|".to_owned(),
    ];
    for field in &mapping.fields {
        let set_by = match field.requirement {
            Requirement::Always => "`new`, required".to_owned(),
            Requirement::WhenAllowed => {
                format!("[`{0}`](Self::{0}), required for some values of its parent", field.method)
            }
            Requirement::Optional => format!("[`{0}`](Self::{0})", field.method),
        };
        let invented = if field.origin == Some(Origin::Invented) { " (invented)" } else { "" };
        lines.push(format!(
            "| {}{invented} | {set_by} | {} | {} | {} |",
            text::code(&field.wire),
            filled_by(field),
            needs(mapping, field),
            text::markdown(field.description.as_deref().unwrap_or_default()),
        ));
    }
    lines
}

fn filled_by(field: &Field) -> String {
    let mut sources = Vec::new();
    if field.takes_column {
        sources.push("a column".to_owned());
    }
    if let Some(values) = &field.values {
        match values.typed.is_empty() {
            false => sources.push(format!("a [value]({})", values.module)),
            true if field.takes_text => {}
            true => sources.push("a `raw` id".to_owned()),
        }
    }
    if field.takes_text {
        sources.push("a text".to_owned());
    }
    sources.join(" or ")
}

fn needs(mapping: &Mapping, field: &Field) -> String {
    let needs: Vec<String> = field
        .needs
        .iter()
        .map(|need| {
            let parent = &mapping.fields[need.parent];
            let name = text::code(&parent.wire);
            match need.gate {
                None => name,
                Some(gate) => {
                    let values = parent.values.as_ref().map_or(&[][..], |values| &values.typed);
                    let allowed: Vec<String> = mapping.gates[gate]
                        .allowed
                        .iter()
                        .map(|index| {
                            format!(
                                "{} ({})",
                                text::code(&values[*index].id),
                                text::markdown(&values[*index].name)
                            )
                        })
                        .collect();
                    format!("{name} is {}", allowed.join(" or "))
                }
            }
        })
        .collect();
    needs.join(" and ")
}

/// The documentation of the constructor.
pub(super) fn constructor(mapping: &Mapping) -> Vec<String> {
    let required: Vec<String> = mapping.required().map(|field| text::code(&field.wire)).collect();
    let wire = text::code(&mapping.wire);
    vec![match required.as_slice() {
        [] => format!("Starts the mapping {wire}; none of its fields is required."),
        required => format!("Starts the mapping {wire} with what it requires: {}.", required.join(", ")),
    }]
}

/// The documentation of a method.
pub(super) fn setter(mapping: &Mapping, field: &Field) -> Vec<String> {
    let wire = text::code(&field.wire);
    let mut lines = match field.description.as_deref().map(text::markdown).filter(|text| !text.is_empty()) {
        Some(description) => vec![format!("Fills {wire}: {description}")],
        None => vec![format!("Fills {wire}.")],
    };
    if !field.needs.is_empty() {
        lines.push(String::new());
        lines.push(format!("Needs: {}.", needs(mapping, field)));
    }
    lines
}

/// VAN's spelling as a search alias, where rustdoc takes it.
pub(super) fn alias(field: &Field) -> Option<&str> {
    let plain = field.wire.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (plain && !field.wire.is_empty() && field.wire != field.method).then_some(field.wire.as_str())
}

/// How many optional fields the example shows.
const SHOWN_OPTIONAL: usize = 2;

/// An example that is compiled and run as a test.
fn example(program: &Program, mapping: &Mapping, config: &Config) -> Vec<String> {
    let krate = config.package.replace('-', "_");
    let shown = shown_fields(mapping);
    let columns: Vec<String> = shown
        .iter()
        .filter(|field| field.takes_column)
        .map(|field| format!("\"{}\"", field.method))
        .collect();
    let mut lines = vec![String::new(), "# Example".to_owned(), "```".to_owned()];
    let uses_values = shown.iter().any(|field| uses_value(field));
    let import =
        if uses_values { format!("{{self, {}}}", mapping.type_name) } else { mapping.type_name.clone() };
    lines.push(format!("use {krate}::{}::{import};", mapping.module));
    let resource = mapping.resources.first().map(|index| program.resources[*index].type_name.as_str());
    if resource.is_some() {
        lines.push(format!("use {krate}::resource;"));
    }
    lines.push(String::new());
    // A file has at least one column, whether the mapping uses it or not.
    let columns = if columns.is_empty() { "\"VanID\"".to_owned() } else { columns.join(", ") };
    lines.push(format!("let header = van_bulk::Header::new([{columns}])?;"));
    // Nothing else tells the compiler the rows of a mapping that no job takes.
    let rows = if resource.is_some() { "" } else { "::<van_bulk::Header>" };
    let required: Vec<String> = mapping.required().map(|field| argument(mapping, field)).collect();
    lines.push(format!("let mapping = {}{rows}::new({})", mapping.type_name, required.join(", ")));
    let optional = shown.iter().filter(|field| field.requirement != Requirement::Always);
    lines.extend(optional.map(|field| format!("    .{}({})", field.method, argument(mapping, field))));
    end_statement(&mut lines);
    match resource {
        Some(resource) => {
            lines.push(format!(
                "let job = van_bulk::Job::<resource::{resource}, _>::with_header(\"An example\", &header)"
            ));
            lines.push("    .apply(mapping)".to_owned());
            lines.push("    .finish()?;".to_owned());
            lines.push("# let _ = job;".to_owned());
        }
        None => lines.push("# let _ = mapping;".to_owned()),
    }
    // Whole paths, because a mapping type may have any name.
    lines
        .push("# ::std::result::Result::<(), ::std::boxed::Box<dyn ::std::error::Error>>::Ok(())".to_owned());
    lines.push("```".to_owned());
    lines
}

fn end_statement(lines: &mut [String]) {
    if let Some(last) = lines.last_mut() {
        last.push(';');
    }
}

/// What is required, and the first optional fields that need nothing else.
fn shown_fields(mapping: &Mapping) -> Vec<&Field> {
    // The example's file may have no more columns than VAN allows.
    let optional = mapping
        .optional()
        .filter(|field| {
            field.needs.iter().all(|need| {
                need.gate.is_none() && mapping.fields[need.parent].requirement == Requirement::Always
            })
        })
        .take(SHOWN_OPTIONAL);
    mapping.required().chain(optional).collect()
}

fn uses_value(field: &Field) -> bool {
    !field.takes_column && field.values.as_ref().is_some_and(|values| !values.typed.is_empty())
}

fn argument(mapping: &Mapping, field: &Field) -> String {
    if field.takes_column {
        return format!("header.column(\"{}\")?", field.method);
    }
    match &field.values {
        Some(values) if !values.typed.is_empty() => {
            format!("{}::{}::{}", mapping.module, values.module, values.typed[0].type_name)
        }
        Some(_) if !field.takes_text => "van_bulk::raw(\"1\")".to_owned(),
        _ => "van_bulk::static_value(\"text\")".to_owned(),
    }
}
