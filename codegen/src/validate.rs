//! What makes a schema impossible or doubtful: one function a rule, all findings at once.

use std::collections::{BTreeMap, BTreeSet};

use van_bulk_schema::Snapshot;
use van_bulk_schema::finding::{Finding, did_you_mean};
use van_bulk_schema::json::JsonPath;
use van_bulk_schema::model::{AllowMultipleMode, Field, MappingType, Schema};
use van_bulk_schema::snapshot::MAPPING_TYPES;

use crate::resolve::MAX_SINGLE;

/// Two mapping types, or two fields of one, have the same name.
pub const DUPLICATE_NAME: &str = "schema::duplicate-name";
/// Two names differ in case only.
pub const SIMILAR_NAMES: &str = "schema::names-differ-in-case";
/// A parent is not a field of the mapping type.
pub const UNKNOWN_PARENT: &str = "schema::unknown-parent";
/// A field is its own parent.
pub const SELF_PARENT: &str = "schema::self-parent";
/// Fields depend on each other in a circle.
pub const PARENT_CYCLE: &str = "schema::parent-cycle";
/// A field is limited to a value that its parent does not have.
pub const UNKNOWN_LIMIT: &str = "schema::unknown-limit-value";
/// A field is limited to an empty list of values.
pub const EMPTY_LIMIT: &str = "schema::empty-limit";
/// A mode is none that VAN documents.
pub const UNKNOWN_MODE: &str = "schema::unknown-mode";
/// A key is none that VAN documents.
pub const UNKNOWN_KEY: &str = "schema::unknown-key";
/// A mapping type can be used in no job.
pub const NO_RESOURCE: &str = "schema::no-resource-type";
/// A required field is required only for some values of its parent.
pub const CONDITIONAL: &str = "schema::conditionally-required";
/// There are more mapping types of mode `Single` than a job can keep apart.
pub const TOO_MANY_SINGLE: &str = "schema::too-many-single";

/// Checks a snapshot against every rule. Mapping types of which parts could not be read are left out: what reading said
/// of them comes first.
pub fn validate(snapshot: &Snapshot) -> Vec<Finding> {
    let schema = &snapshot.schema;
    let mut findings = Vec::new();
    let whole: Vec<(&MappingType, &JsonPath)> = schema
        .mapping_types
        .iter()
        .zip(&snapshot.places)
        .filter_map(|(mapping, place)| Some((mapping, place.as_ref()?)))
        .collect();
    mapping_type_names(&whole, &mut findings);
    too_many_single(&whole, &mut findings);
    for (mapping, place) in whole {
        let context = Context { schema, mapping, at: place.clone() };
        for rule in RULES {
            rule(&context, &mut findings);
        }
    }
    findings
}

type Rule = fn(&Context<'_>, &mut Vec<Finding>);

const RULES: &[Rule] = &[
    unknown_mode,
    no_resource,
    unknown_keys,
    field_names,
    unknown_parents,
    self_parents,
    parent_cycles,
    limit_values,
    conditionally_required,
];

/// One mapping type and its place.
struct Context<'a> {
    schema: &'a Schema,
    mapping: &'a MappingType,
    at: JsonPath,
}

impl Context<'_> {
    fn field(&self, index: usize) -> JsonPath {
        self.at.key("fields").index(index)
    }

    fn fields(&self) -> impl Iterator<Item = (&Field, JsonPath)> {
        self.mapping.fields.iter().enumerate().map(|(index, field)| (field, self.field(index)))
    }

    fn name(&self) -> &str {
        &self.mapping.name
    }
}

fn error(code: &'static str, at: JsonPath, message: String) -> Finding {
    Finding::error(code, MAPPING_TYPES, at, message)
}

fn warning(code: &'static str, at: JsonPath, message: String) -> Finding {
    Finding::warning(code, MAPPING_TYPES, at, message)
}

fn mapping_type_names(mappings: &[(&MappingType, &JsonPath)], findings: &mut Vec<Finding>) {
    let names = mappings.iter().map(|(mapping, at)| (mapping.name.as_str(), (*at).clone()));
    names_once(names, &|name| format!("mapping type `{name}`"), findings);
}

fn field_names(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let names = context.fields().map(|(field, at)| (field.name.as_str(), at));
    names_once(names, &|name| format!("field `{name}` of `{}`", context.name()), findings);
}

/// `what` says of a name what it is the name of.
fn names_once<'a>(
    names: impl Iterator<Item = (&'a str, JsonPath)>,
    what: &dyn Fn(&str) -> String,
    findings: &mut Vec<Finding>,
) {
    let mut exact: BTreeSet<&str> = BTreeSet::new();
    let mut folded: BTreeMap<String, &str> = BTreeMap::new();
    for (name, at) in names {
        let at = at.key("name");
        if !exact.insert(name) {
            findings.push(
                error(DUPLICATE_NAME, at, format!("there is another {}", what(name)))
                    .help("a job could not say which one it means; fetch the responses again"),
            );
        } else if let Some(similar) = folded.insert(name.to_lowercase(), name) {
            let message = format!("the {} differs from `{similar}` in case only", what(name));
            findings.push(
                warning(SIMILAR_NAMES, at, message)
                    .help("VAN ignores case where it matches columns by name: map both explicitly"),
            );
        }
    }
}

fn too_many_single(mappings: &[(&MappingType, &JsonPath)], findings: &mut Vec<Finding>) {
    let mut single =
        mappings.iter().filter(|(mapping, _)| mapping.allow_multiple_mode == AllowMultipleMode::Single);
    if let Some((mapping, at)) = single.nth(MAX_SINGLE) {
        let message = format!(
            "`{}` is the {}th mapping type of mode `Single`, and a job can keep {MAX_SINGLE} apart",
            mapping.name,
            MAX_SINGLE + 1
        );
        findings.push(
            error(TOO_MANY_SINGLE, at.key("allowMultipleMode"), message)
                .help("remove mapping types that you do not use from the snapshot"),
        );
    }
}

fn unknown_mode(context: &Context<'_>, findings: &mut Vec<Finding>) {
    if let AllowMultipleMode::Unknown(word) = &context.mapping.allow_multiple_mode {
        let near = did_you_mean(word, ["Single", "SinglePerType", "Multiple"]);
        let message = format!("`{}` has the unknown mode `{word}`", context.name());
        findings.push(warning(UNKNOWN_MODE, context.at.key("allowMultipleMode"), message).help(
            near.unwrap_or_else(|| "it is treated as `Multiple`: a job may hold any number".to_owned()),
        ));
    }
}

fn no_resource(context: &Context<'_>, findings: &mut Vec<Finding>) {
    if context.mapping.resource_types.is_empty() {
        let message = format!("`{}` has no resource types, so no job can use it", context.name());
        findings.push(
            warning(NO_RESOURCE, context.at.key("resourceTypes"), message)
                .help("its builder is generated all the same; fetch the responses again if you need it"),
        );
    }
}

fn unknown_keys(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut report = |keys: &van_bulk_schema::model::Extra, at: &JsonPath| {
        for key in keys.keys() {
            findings.push(warning(UNKNOWN_KEY, at.key(key), format!("the key `{key}` is not known")).help(
                "it is kept in the snapshot and changes nothing in the builders; VAN may have added it",
            ));
        }
    };
    report(&context.mapping.extra, &context.at);
    for (field, at) in context.fields() {
        report(&field.extra, &at);
        for (index, parent) in field.parents.iter().enumerate() {
            report(&parent.extra, &at.key("parents").index(index));
        }
    }
}

/// Every parent of every field, with its place.
fn parents<'a>(
    context: &'a Context<'_>,
) -> impl Iterator<Item = (&'a Field, &'a van_bulk_schema::Parent, JsonPath)> {
    context.fields().flat_map(|(field, at)| {
        let parents = field.parents.iter().enumerate();
        parents.map(move |(index, parent)| (field, parent, at.key("parents").index(index)))
    })
}

fn unknown_parents(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (field, parent, at) in parents(context) {
        let name = &parent.parent_field_name;
        if context.mapping.field(name).is_none() {
            let fields = context.mapping.fields.iter().map(|field| field.name.as_str());
            let near = did_you_mean(name, fields.filter(|other| *other != field.name));
            findings.push(
                error(
                    UNKNOWN_PARENT,
                    at.key("parentFieldName"),
                    format!(
                        "`{}` depends on `{name}`, which is no field of `{}`",
                        field.name,
                        context.name()
                    ),
                )
                .help(near.unwrap_or_else(|| {
                    "VAN names parents within the same mapping type; fetch the responses again".to_owned()
                })),
            );
        }
    }
}

fn self_parents(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (field, parent, at) in parents(context) {
        if parent.parent_field_name == field.name {
            findings.push(
                error(
                    SELF_PARENT,
                    at.key("parentFieldName"),
                    format!(
                        "`{}` of `{}` depends on itself, so it could never be mapped",
                        field.name,
                        context.name()
                    ),
                )
                .help("remove this parent from the snapshot, and tell VAN's support"),
            );
        }
    }
}

fn parent_cycles(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut reported: BTreeSet<&str> = BTreeSet::new();
    for (field, at) in context.fields() {
        if reported.contains(field.name.as_str()) {
            continue;
        }
        if let Some(cycle) = cycle_from(context.mapping, field) {
            reported.extend(&cycle);
            let circle: Vec<String> =
                cycle.iter().chain(cycle.first()).map(|name| format!("`{name}`")).collect();
            findings.push(
                error(
                    PARENT_CYCLE,
                    at.key("parents"),
                    format!(
                        "fields of `{}` depend on each other in a circle, so none of them could ever be mapped: {}",
                        context.name(),
                        circle.join(" needs ")
                    ),
                )
                .help("remove one of these parents from the snapshot, and tell VAN's support"),
            );
        }
    }
}

/// The fields of a circle of at least two that leads back to `start`.
fn cycle_from<'a>(mapping: &'a MappingType, start: &'a Field) -> Option<Vec<&'a str>> {
    // Breadth first, so that the circle that is printed is a shortest one.
    let mut from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut queue: std::collections::VecDeque<&Field> = [start].into();
    while let Some(field) = queue.pop_front() {
        for parent in &field.parents {
            let name = parent.parent_field_name.as_str();
            if name == field.name {
                continue;
            }
            if name == start.name {
                let mut circle = vec![field.name.as_str()];
                while let Some(before) = circle.last().and_then(|last| from.get(last)) {
                    circle.push(before);
                }
                circle.reverse();
                return Some(circle);
            }
            if let Some(next) = mapping.field(name).filter(|_| !from.contains_key(name)) {
                from.insert(name, &field.name);
                queue.push_back(next);
            }
        }
    }
    None
}

fn limit_values(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (field, parent, at) in parents(context) {
        let at = at.key("limitedToParentValues");
        let name = &parent.parent_field_name;
        let Some(values) = &parent.limited_to_parent_values else { continue };
        if values.is_empty() {
            let message = format!("`{}` is limited to an empty list of values of `{name}`", field.name);
            findings.push(
                warning(EMPTY_LIMIT, at, message)
                    .help("VAN does not say what that means; it is read as any value"),
            );
            continue;
        }
        let Some(list) = context.schema.values(context.name(), name) else { continue };
        for (index, value) in values.iter().enumerate() {
            if list.by_id(&value.id).is_none() {
                let message = format!(
                    "`{}` is limited to the value `{}` of `{name}`, which is not in the list of its values",
                    field.name, value.id
                );
                findings.push(
                    warning(UNKNOWN_LIMIT, at.index(index), message)
                        .help("the value is allowed all the same; fetch the value lists again"),
                );
            }
        }
    }
}

fn conditionally_required(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (field, at) in context.fields() {
        if field.is_required && field.parents.iter().any(|parent| parent.limit().is_some()) {
            let message = format!(
                "`{}` of `{}` is required, but only for some values of its parent",
                field.name,
                context.name()
            );
            findings.push(
                warning(CONDITIONAL, at.key("isRequired"), message)
                    .help("its builder has a method for it and does not insist; set it where the parent has such a value"),
            );
        }
    }
}
