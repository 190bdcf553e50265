//! What makes a schema impossible or doubtful: one function a rule, all findings at once.

use std::collections::{BTreeMap, BTreeSet};

use van_bulk_schema::Snapshot;
use van_bulk_schema::cores::on_all_cores;
use van_bulk_schema::finding::{Finding, did_you_mean};
use van_bulk_schema::json::JsonPath;
use van_bulk_schema::model::{AllowMultipleMode, Extra, Field, MappingType, Schema};
use van_bulk_schema::overrides;
use van_bulk_schema::snapshot::{MAPPING_TYPES, RESOURCES};

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
/// The type field of a mapping type of mode `SinglePerType` is not known.
pub const NO_TYPE_FIELD: &str = "schema::no-type-field";
/// A key is none that VAN documents.
pub const UNKNOWN_KEY: &str = "schema::unknown-key";
/// A value list belongs to no field.
pub const STRAY_VALUES: &str = "schema::stray-values";
/// A name is empty.
pub const EMPTY_NAME: &str = "schema::empty-name";
/// A mapping type can be used in no job.
pub const NO_RESOURCE: &str = "schema::no-resource-type";
/// A field depends on one that cannot be mapped.
pub const NEVER_MAPPED: &str = "schema::never-mapped";
/// A required field is required only for some values of its parent.
pub const CONDITIONAL: &str = "schema::conditionally-required";
/// One mapping type has more fields that others depend on than the type of a builder can hold states.
pub const TOO_MANY_PARENTS: &str = "schema::too-many-parents";

/// The most fields of one mapping type that others may depend on: each has a state in the type of the builder, and every
/// method that asks for one of them names them all.
pub const MAX_PARENTS: usize = 200;

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
    unknown_keys(&whole, &mut findings);
    similar_resource_types(schema, &mut findings);
    value_lists(snapshot, &mut findings);
    let found = on_all_cores(&whole, |(mapping, place)| {
        let (context, mut findings) = (Context { schema, mapping, at: place }, Vec::new());
        for rule in RULES {
            rule(&context, &mut findings);
        }
        findings
    });
    findings.extend(found.into_iter().flatten());
    findings.extend(overrides::check(snapshot));
    findings
}

type Rule = fn(&Context<'_>, &mut Vec<Finding>);

const RULES: &[Rule] = &[
    unknown_mode,
    no_type_field,
    no_resource,
    field_names,
    unknown_parents,
    too_many_parents,
    self_parents,
    parent_cycles,
    limit_values,
    never_mapped,
    conditionally_required,
];

/// One mapping type and its place.
struct Context<'a> {
    schema: &'a Schema,
    mapping: &'a MappingType,
    at: &'a JsonPath,
}

impl Context<'_> {
    /// The place of a field.
    fn field(&self, index: usize) -> JsonPath {
        self.at.key("fields").index(index)
    }

    fn fields(&self) -> impl Iterator<Item = (usize, &Field)> {
        self.mapping.fields.iter().enumerate()
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

/// Resource types are told by name only, in `resources.json` and in mapping types.
fn similar_resource_types(schema: &Schema, findings: &mut Vec<Finding>) {
    let mut folded: BTreeMap<String, &str> = BTreeMap::new();
    for name in schema.all_resources() {
        if let Some(similar) = folded.insert(name.to_lowercase(), name) {
            let message = format!("the resource types `{similar}` and `{name}` differ in case only");
            findings.push(
                Finding::warning(SIMILAR_NAMES, RESOURCES, JsonPath::root(), message)
                    .help("each becomes a type of its own; VAN probably means one"),
            );
        }
    }
}

/// Value lists that belong to nothing, and values that depend on nothing.
fn value_lists(snapshot: &Snapshot, findings: &mut Vec<Finding>) {
    let schema = &snapshot.schema;
    let named = schema.mapping_types.iter().rev().map(|mapping| (mapping.name.as_str(), mapping));
    // Of several with one name, the first, as everywhere.
    let mappings: BTreeMap<&str, &MappingType> = named.collect();
    for ((mapping_name, field_name), list) in &schema.values {
        let mapping = mappings.get(mapping_name.as_str()).copied();
        let document = snapshot.values_document(mapping_name, field_name);
        let Some((mapping, _)) = mapping.and_then(|mapping| Some((mapping, mapping.field(field_name)?)))
        else {
            let fields = mapping.into_iter().flat_map(|mapping| &mapping.fields);
            let near = did_you_mean(field_name, fields.map(|field| field.name.as_str()));
            let message =
                format!("there is no field `{field_name}` of `{mapping_name}`, whose values these would be");
            findings.push(
                Finding::warning(STRAY_VALUES, document, JsonPath::root(), message)
                    .help(near.unwrap_or_else(|| "remove the file, or fetch the snapshot again".to_owned())),
            );
            continue;
        };
        let parents =
            list.values.iter().flat_map(|value| value.parents.iter().map(move |parent| (value, parent)));
        for (value, parent) in
            parents.filter(|(_, parent)| mapping.field(&parent.parent_field_name).is_none())
        {
            let message = format!(
                "the value `{}` depends on `{}`, which is no field of `{mapping_name}`",
                value.id, parent.parent_field_name
            );
            findings.push(
                Finding::warning(UNKNOWN_PARENT, document, JsonPath::root(), message)
                    .help("the value is taken as it is; fetch the snapshot again"),
            );
        }
    }
}

fn mapping_type_names(mappings: &[(&MappingType, &JsonPath)], findings: &mut Vec<Finding>) {
    let names = mappings.iter().map(|(mapping, _)| mapping.name.as_str());
    let at = |index: usize| mappings.get(index).map_or_else(JsonPath::root, |(_, at)| (*at).clone());
    names_once(names, &at, &|name| format!("mapping type `{name}`"), findings);
}

fn field_names(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let names = context.mapping.fields.iter().map(|field| field.name.as_str());
    let what = |name: &str| format!("field `{name}` of `{}`", context.name());
    names_once(names, &|index| context.field(index), &what, findings);
}

/// `at` gives the place of what has a name, and `what` says of a name what it is the name of.
fn names_once<'a>(
    names: impl Iterator<Item = &'a str>,
    at: &dyn Fn(usize) -> JsonPath,
    what: &dyn Fn(&str) -> String,
    findings: &mut Vec<Finding>,
) {
    let mut exact: BTreeSet<&str> = BTreeSet::new();
    let mut folded: BTreeMap<String, &str> = BTreeMap::new();
    for (index, name) in names.enumerate() {
        let at = || at(index).key("name");
        if name.trim().is_empty() {
            let message = format!("the name of the {} is empty", what(name));
            findings.push(
                warning(EMPTY_NAME, at(), message)
                    .help("VAN could not know what is meant; its builder gets a made-up Rust name"),
            );
        }
        if !exact.insert(name) {
            findings.push(
                error(DUPLICATE_NAME, at(), format!("there is another {}", what(name)))
                    .help("a job could not say which one it means; fetch the responses again"),
            );
        } else if let Some(similar) = folded.insert(name.to_lowercase(), name) {
            let message = format!("the {} differs from `{similar}` in case only", what(name));
            findings.push(
                warning(SIMILAR_NAMES, at(), message)
                    .help("VAN ignores case where it matches columns by name: map both explicitly"),
            );
        }
    }
}

fn unknown_mode(context: &Context<'_>, findings: &mut Vec<Finding>) {
    if let AllowMultipleMode::Unknown(word) = &context.mapping.allow_multiple_mode {
        let near = did_you_mean(word, ["Single", "SinglePerType", "Multiple"]).unwrap_or_default();
        let message = format!("`{}` has the unknown mode `{word}`", context.name());
        let help = format!("{near} it is treated as `Multiple`: a job may hold any number");
        findings.push(
            warning(UNKNOWN_MODE, context.at.key("allowMultipleMode"), message).help(help.trim_start()),
        );
    }
}

fn no_type_field(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mapping = context.mapping;
    if mapping.allow_multiple_mode == AllowMultipleMode::SinglePerType
        && context.schema.type_field(mapping).is_none()
    {
        let message = format!(
            "a job may hold `{}` once for each type, but no field is known to be the type",
            mapping.name
        );
        findings.push(
            warning(NO_TYPE_FIELD, context.at.key("allowMultipleMode"), message).help(
                "it is treated as `Multiple`: name the field as `type-field` of the mapping type in `overrides.toml`",
            ),
        );
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

/// Each unknown key is told once: a key that VAN adds to fields stands in every field.
fn unknown_keys(mappings: &[(&MappingType, &JsonPath)], findings: &mut Vec<Finding>) {
    let mut known: BTreeMap<&str, (JsonPath, usize)> = BTreeMap::new();
    for (mapping, at) in mappings {
        for (keys, place) in extras(mapping) {
            for key in keys.keys() {
                known.entry(key).or_insert_with(|| (place.within(at).key(key), 0)).1 += 1;
            }
        }
    }
    for (key, (first, count)) in known {
        let places = if count == 1 {
            String::new()
        } else {
            format!("; it stands in {count} places, of which this is the first")
        };
        findings.push(
            warning(UNKNOWN_KEY, first, format!("the key `{key}` is not known{places}")).help(
                "it is kept in the snapshot and changes nothing in the builders; VAN may have added it",
            ),
        );
    }
}

/// A place in a mapping type: itself, the field of a number, or the parent of a number of that.
#[derive(Clone, Copy)]
struct Part {
    field: Option<usize>,
    parent: Option<usize>,
}

impl Part {
    /// The place in the document, in which the mapping type has its place.
    fn within(self, mapping: &JsonPath) -> JsonPath {
        let field = self.field.map(|field| mapping.key("fields").index(field));
        let parent = field.as_ref().zip(self.parent).map(|(at, parent)| at.key("parents").index(parent));
        parent.or(field).unwrap_or_else(|| mapping.clone())
    }
}

/// The unknown keys of a mapping type and its parts, with the places of the parts.
fn extras(mapping: &MappingType) -> impl Iterator<Item = (&Extra, Part)> {
    let fields = mapping.fields.iter().enumerate().flat_map(|(index, field)| {
        let of = move |parent| Part { field: Some(index), parent };
        let parents = field.parents.iter().enumerate();
        let parents = parents.map(move |(index, parent)| (&parent.extra, of(Some(index))));
        parents.chain([(&field.extra, of(None))])
    });
    [(&mapping.extra, Part { field: None, parent: None })].into_iter().chain(fields)
}

/// Every parent of every field, with its place.
fn parents<'a>(
    context: &'a Context<'_>,
) -> impl Iterator<Item = (&'a Field, &'a van_bulk_schema::Parent, Part)> {
    context.fields().flat_map(|(index, field)| {
        let parents = field.parents.iter().enumerate();
        parents.map(move |(parent, known)| (field, known, Part { field: Some(index), parent: Some(parent) }))
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
                    at.within(context.at).key("parentFieldName"),
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

fn too_many_parents(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let names: BTreeSet<&str> =
        parents(context).map(|(_, parent, _)| parent.parent_field_name.as_str()).collect();
    if names.len() > MAX_PARENTS {
        let message = format!(
            "other fields of `{}` depend on {} of its fields, and a builder can keep {MAX_PARENTS} apart",
            context.name(),
            names.len()
        );
        findings.push(
            error(TOO_MANY_PARENTS, context.at.key("fields"), message)
                .help("remove fields that you do not use from the snapshot"),
        );
    }
}

fn self_parents(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (field, parent, at) in parents(context) {
        if parent.parent_field_name == field.name {
            findings.push(
                error(
                    SELF_PARENT,
                    at.within(context.at).key("parentFieldName"),
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
    let parents = parent_indices(context.mapping);
    let mut state = vec![Visit::New; parents.len()];
    for start in 0..parents.len() {
        if let Some(circle) = circle_from(start, &parents, &mut state) {
            let name = |index: &usize| format!("`{}`", context.mapping.fields[*index].name);
            let names: Vec<String> = circle.iter().chain(circle.first()).map(name).collect();
            findings.push(
                error(
                    PARENT_CYCLE,
                    context.field(circle[0]).key("parents"),
                    format!(
                        "fields of `{}` depend on each other in a circle, so none of them could ever be mapped: {}",
                        context.name(),
                        names.join(" needs ")
                    ),
                )
                .help("remove one of these parents from the snapshot, and tell VAN's support"),
            );
        }
    }
}

/// The indices of each field's parents; a field that is its own parent is told by another rule.
fn parent_indices(mapping: &MappingType) -> Vec<Vec<usize>> {
    let fields = mapping.fields.iter().enumerate();
    let index: BTreeMap<&str, usize> =
        fields.clone().map(|(index, field)| (field.name.as_str(), index)).collect();
    fields
        .map(|(own, field)| {
            let names = field.parents.iter().map(|parent| parent.parent_field_name.as_str());
            names.filter_map(|name| index.get(name).copied()).filter(|parent| *parent != own).collect()
        })
        .collect()
}

#[derive(Clone, Copy, PartialEq)]
enum Visit {
    New,
    /// On the way that is being followed.
    Open,
    Done,
}

/// A circle that can be reached from `start` over fields that were not visited before. Depth first, each field once.
fn circle_from(start: usize, parents: &[Vec<usize>], state: &mut [Visit]) -> Option<Vec<usize>> {
    if state[start] != Visit::New {
        return None;
    }
    state[start] = Visit::Open;
    let mut way = vec![(start, 0)];
    let mut circle = None;
    while let Some((field, next)) = way.last_mut() {
        let Some(&parent) = parents[*field].get(*next) else {
            state[*field] = Visit::Done;
            way.pop();
            continue;
        };
        *next += 1;
        match state[parent] {
            Visit::Done => {}
            Visit::New => {
                state[parent] = Visit::Open;
                way.push((parent, 0));
            }
            Visit::Open if circle.is_none() => {
                let fields = way.iter().map(|(field, _)| *field);
                circle = Some(fields.skip_while(|field| *field != parent).collect());
            }
            Visit::Open => {}
        }
    }
    circle
}

fn limit_values(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (field, parent, at) in parents(context) {
        let at = || at.within(context.at).key("limitedToParentValues");
        let name = &parent.parent_field_name;
        let Some(values) = &parent.limited_to_parent_values else { continue };
        if values.is_empty() {
            let message = format!("`{}` is limited to an empty list of values of `{name}`", field.name);
            findings.push(
                warning(EMPTY_LIMIT, at(), message)
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
                    warning(UNKNOWN_LIMIT, at().index(index), message)
                        .help("the value is allowed all the same; fetch the value lists again"),
                );
            }
        }
    }
}

/// A static-only field whose list of values is empty cannot be filled, and neither can what needs it.
fn never_mapped(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (field, parent, at) in parents(context) {
        let name = &parent.parent_field_name;
        let Some(known) = context.mapping.field(name) else { continue };
        let list = context.schema.values(context.name(), name);
        let is_empty = list.is_some_and(|list| list.values.is_empty());
        if is_empty && known.has_predefined_values && !known.can_be_mapped_to_column {
            let message = format!(
                "`{}` depends on `{name}`, which takes only static values of its list, and that is empty",
                field.name
            );
            findings.push(
                warning(NEVER_MAPPED, at.within(context.at).key("parentFieldName"), message)
                    .help("only `raw` ids can fill it; ask VAN's support, or fetch the value lists again"),
            );
        }
    }
}

/// The types know one parent that limits a required field; with more of them, only the finished job can tell.
fn conditionally_required(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (index, field) in context.fields() {
        let limits: BTreeSet<&str> = field
            .parents
            .iter()
            .filter(|parent| parent.limit().is_some())
            .map(|parent| parent.parent_field_name.as_str())
            .collect();
        let is_strict = context.schema.strictly_required(context.name(), &field.name);
        if field.is_required && limits.len() > 1 && !is_strict {
            let message = format!(
                "`{}` of `{}` is required only for some values of {} parents",
                field.name,
                context.name(),
                limits.len()
            );
            findings.push(
                warning(CONDITIONAL, context.field(index).key("isRequired"), message)
                    .help("that is checked when a job is finished, not by the compiler; `required = \"always\"` in `overrides.toml` makes it an argument of the constructor"),
            );
        }
    }
}
