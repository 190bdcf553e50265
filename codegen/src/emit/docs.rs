//! What the generated documentation says.

use van_bulk_schema::key_column;
use van_bulk_schema::provenance::Origin;

use super::Scope;
use crate::ir::{Field, Mapping, Multiplicity, Program, Requirement};
use crate::text;

/// The first line of a module.
pub(super) fn module(mapping: &Mapping) -> String {
    format!(" The mapping type {}.", text::code(&mapping.wire))
}

/// The documentation of a builder.
pub(super) fn builder(scope: &Scope<'_>, mapping: &Mapping) -> Vec<String> {
    let mut lines = Vec::new();
    let wire = text::code(&mapping.wire);
    match mapping.display_name.as_deref().map(text::markdown).filter(|name| !name.is_empty()) {
        Some(name) => lines.push(format!("*{name}*: the mapping type {wire}.")),
        None => lines.push(format!("The mapping type {wire}.")),
    }
    lines.push(String::new());
    lines.extend(origin(mapping));
    lines.push(format!("- Mode: {}, {}.", text::code(&mapping.mode), multiplicity(mapping)));
    lines.push(format!("- Resource types: {}.", resources(scope, mapping)));
    lines.extend(states(mapping));
    lines.push(String::new());
    lines.extend(field_table(mapping));
    lines.extend(scope.path.as_deref().map(|path| example(scope.program, mapping, path)).unwrap_or_default());
    lines
}

/// Whose states stand in the type of a builder, where a tuple does not say it.
fn states(mapping: &Mapping) -> Option<String> {
    let of_fields = mapping.parents().map(|(_, field, _)| text::code(&field.wire));
    let of_groups = mapping.exclusive.iter().map(|_| "the group of fields that is filled".to_owned());
    let states: Vec<String> = of_fields.chain(of_groups).collect();
    (states.len() > 1).then(|| format!("- `States`, in this order: {}.", states.join(", ")))
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

fn multiplicity(mapping: &Mapping) -> String {
    match (&mapping.multiplicity, mapping.mode.as_str()) {
        (Multiplicity::Single(_), _) => "once in a job".to_owned(),
        (Multiplicity::SinglePerType(per_type), _) => {
            format!("once in a job for each {}", text::code(&mapping.fields[per_type.field].wire))
        }
        (Multiplicity::Multiple, "Multiple") => "any number in a job".to_owned(),
        (Multiplicity::Multiple, "SinglePerType") => {
            "once in a job for each type, but which field is the type is not known: any number is taken"
                .to_owned()
        }
        (Multiplicity::Multiple, _) => "an unknown mode, treated as any number in a job".to_owned(),
    }
}

fn resources(scope: &Scope<'_>, mapping: &Mapping) -> String {
    let links: Vec<String> = mapping
        .resources
        .iter()
        .map(|index| format!("[`{0}`](super::resource::{0})", scope.program.resources[*index].type_name))
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
                format!("[`{0}`](#method.{0}), required for some values of its parent", field.method)
            }
            Requirement::Optional => format!("[`{0}`](#method.{0})", field.method),
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

/// The documentation of the type that names the constructor's arguments.
pub(super) fn required_struct(mapping: &Mapping) -> Vec<String> {
    vec![format!("What {} requires, each from its source.", text::code(&mapping.wire))]
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

/// VAN's spelling of a field as a search alias.
pub(super) fn field_alias(field: &Field) -> Option<&str> {
    alias(&field.wire, &field.method)
}

/// VAN's spelling as a search alias for the item `name`, where rustdoc takes it.
pub(super) fn alias<'a>(wire: &'a str, name: &str) -> Option<&'a str> {
    let plain = wire.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (plain && !wire.is_empty() && wire != name).then_some(wire)
}

/// How many optional fields the example shows.
const SHOWN_OPTIONAL: usize = 2;

/// The example's file may have no more columns than VAN takes.
const MAX_COLUMNS: usize = 50;

/// An example that is compiled and run as a test.
fn example(program: &Program, mapping: &Mapping, path: &str) -> Vec<String> {
    Example::of(program, mapping).lines(path)
}

/// The job of an example as a program's function `job`, with the names of the file's columns. `None` if no job of this
/// program takes a mapping that a column fills.
pub(super) fn first_job(program: &Program, krate: &str) -> Option<(Vec<String>, Vec<String>)> {
    let examples = program.mappings.iter().filter(|mapping| !mapping.resources.is_empty());
    let examples = examples.map(|mapping| Example::of(program, mapping));
    // The fewer fields are required, the easier it is to begin with; but what requires none tells little.
    let example = examples.filter(|example| !example.columns.is_empty()).min_by_key(|example| {
        let required = example.mapping.required().count();
        if required == 0 { usize::MAX } else { required }
    })?;
    let resource = &program.resources[*example.mapping.resources.first()?].wire;
    let names = example.columns.iter().map(|field| field.method.clone());
    let finds_contacts = example.mapping.wire == key_column::CREATE_OR_UPDATE_CONTACT;
    let key =
        (key_column::is_about_contacts(resource) && !finds_contacts).then(|| key_column::VAN_ID.to_owned());
    let columns: Vec<String> = key.into_iter().chain(names).collect();
    Some((example.function(krate, &columns)?, columns))
}

/// What is required, and the first optional fields that need nothing else.
fn shown_fields(mapping: &Mapping) -> Vec<&Field> {
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

struct Example<'a> {
    program: &'a Program,
    mapping: &'a Mapping,
    shown: Vec<&'a Field>,
    /// The fields that a column fills.
    columns: Vec<&'a Field>,
}

impl<'a> Example<'a> {
    fn of(program: &'a Program, mapping: &'a Mapping) -> Self {
        let shown = shown_fields(mapping);
        let columns = shown.iter().filter(|field| field.takes_column).take(MAX_COLUMNS).copied().collect();
        Self { program, mapping, shown, columns }
    }

    /// A function that gives the job. What it imports has any name, so it is imported inside.
    fn function(&self, krate: &str, columns: &[String]) -> Option<Vec<String>> {
        let resource = &self.program.resources[*self.mapping.resources.first()?].type_name;
        let (module, name) = (&self.mapping.module, &self.mapping.type_name);
        let mapping = self.mapping_statement(true);
        let uses_values = mapping.iter().any(|line| line.contains(&format!("{module}::")));
        let import = if uses_values { format!("{{self, {name}}}") } else { name.clone() };
        let mut lines = vec![
            format!(
                "fn job() -> Result<van_bulk::FinishedJob<{krate}::Mode>, Box<dyn std::error::Error>> {{"
            ),
            format!("    use {krate}::{module}::{import};"),
            format!("    use {krate}::resource;"),
            String::new(),
            format!("    let header = van_bulk::Header::new({columns:?})?;"),
        ];
        lines.extend(mapping.into_iter().map(|line| format!("    {line}")));
        lines.push(format!(
            "    let job = van_bulk::Job::<resource::{resource}, _>::with_header(\"An example\", &header)"
        ));
        lines.extend(
            ["        .apply(mapping)", "        .finish()?;", "    Ok(job)", "}"].map(str::to_owned),
        );
        Some(lines)
    }

    fn lines(&self, path: &str) -> Vec<String> {
        let mapping = self.mapping;
        let resource =
            mapping.resources.first().map(|index| self.program.resources[*index].type_name.as_str());
        let mut code = self.mapping_statement(resource.is_some());
        match resource {
            Some(resource) => code.extend([
                format!(
                    "let job = van_bulk::Job::<resource::{resource}, _>::with_header(\"An example\", &header)"
                ),
                "    .apply(mapping)".to_owned(),
                "    .finish()?;".to_owned(),
                "# let _ = job;".to_owned(),
            ]),
            None => code.push("# let _ = mapping;".to_owned()),
        }
        // Whole paths, because a mapping type may have any name.
        code.push(
            "# ::std::result::Result::<(), ::std::boxed::Box<dyn ::std::error::Error>>::Ok(())".to_owned(),
        );

        let uses_values = code.iter().any(|line| line.contains(&format!("{}::", mapping.module)));
        let import = match uses_values {
            true => format!("{{self, {}}}", mapping.type_name),
            false => mapping.type_name.clone(),
        };
        let mut lines = vec![String::new(), "# Example".to_owned(), "```".to_owned()];
        lines.push(format!("use {path}::{}::{import};", mapping.module));
        if resource.is_some() {
            lines.push(format!("use {path}::resource;"));
        }
        lines.push(String::new());
        lines.push(self.header());
        lines.extend(code);
        lines.push("```".to_owned());
        lines
    }

    fn header(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|field| format!("\"{}\"", field.method)).collect();
        // A file has at least one column, whether the mapping uses it or not.
        let names = if names.is_empty() { "\"VanID\"".to_owned() } else { names.join(", ") };
        format!("let header = van_bulk::Header::new([{names}])?;")
    }

    fn mapping_statement(&self, has_job: bool) -> Vec<String> {
        // Nothing else tells the compiler the rows of a mapping that no job takes.
        let rows = if has_job { "" } else { "::<van_bulk::Header>" };
        let name = &self.mapping.type_name;
        let mut lines = match &self.mapping.required_struct {
            Some(by_name) => {
                let start = format!("let mapping = {name}{rows}::new({}::{by_name} {{", self.mapping.module);
                let required = self.mapping.required();
                let fields = required.map(|field| format!("    {}: {},", field.method, self.argument(field)));
                std::iter::once(start).chain(fields).chain(["})".to_owned()]).collect()
            }
            None => {
                let required: Vec<String> =
                    self.mapping.required().map(|field| self.argument(field)).collect();
                vec![format!("let mapping = {name}{rows}::new({})", required.join(", "))]
            }
        };
        let optional = self.shown.iter().filter(|field| field.requirement != Requirement::Always);
        lines.extend(optional.map(|field| format!("    .{}({})", field.method, self.argument(field))));
        if let Some(last) = lines.last_mut() {
            last.push(';');
        }
        lines
    }

    fn argument(&self, field: &Field) -> String {
        if self.columns.iter().any(|column| column.wire == field.wire) {
            return format!("header.column(\"{}\")?", field.method);
        }
        let Some(values) = &field.values else { return "van_bulk::static_value(\"text\")".to_owned() };
        match values.typed.iter().enumerate().find(|(index, _)| self.is_allowed(field, *index)) {
            Some((_, value)) => format!("{}::{}::{}", self.mapping.module, values.module, value.type_name),
            None if field.takes_text => "van_bulk::static_value(\"text\")".to_owned(),
            None => "van_bulk::raw(\"1\")".to_owned(),
        }
    }

    /// Whether a value of a parent allows all required fields.
    fn is_allowed(&self, parent: &Field, value: usize) -> bool {
        let gates = self.mapping.required().flat_map(|field| &field.needs).filter_map(|need| need.gate);
        gates
            .map(|gate| &self.mapping.gates[gate])
            .filter(|gate| self.mapping.fields[gate.parent].wire == parent.wire)
            .all(|gate| gate.allowed.contains(&value))
    }
}
