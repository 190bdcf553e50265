//! Small programs for the builders of a schema, and what each of them does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use van_bulk_codegen::diff::{self, Given, State, Use};
use van_bulk_codegen::ir::{self, Requirement};

use crate::job::{self, Filled, Job, Mapping, Source};
use crate::naive;
use crate::program::{Builders, Rows, within};
use crate::rng::Rng;
use crate::world::{World, id_of};

/// How many values of a field get a program each.
const VALUES: usize = 4;
/// How many random jobs of each schema become programs.
const JOBS: usize = 3;

/// How often a job that does what is wanted is looked for.
const TRIES: usize = 5;

/// What a program does with its mappings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// It applies them to a job.
    Applied,
    /// It only makes the only one, which no job takes.
    Made,
    /// It fills the last field of the only one within a branch.
    InABranch,
    /// It fills the last field of the only one twice.
    Twice,
    /// It says which database mode the job is for.
    WithMode,
}

/// A program.
pub(super) struct Program {
    pub(super) text: String,
    resource: String,
    mappings: Vec<Made>,
    ends: Ends,
}

/// A mapping that a program makes.
struct Made {
    name: String,
    fields: Vec<Step>,
}

/// A field that is filled, in the order of the calls.
struct Step {
    field: String,
    /// Nothing for a value that is a type.
    source: Option<diff::Source>,
    state: State,
    in_constructor: bool,
}

/// The programs of all mapping types, and programs that do what a diff says that none can do any more; `names` are the mapping
/// types of each schema.
pub(super) fn all(
    rng: &mut Rng,
    builders: &Builders<'_>,
    names: &[Vec<String>],
    diff: &diff::Diff,
) -> Vec<Program> {
    let world = taken_somewhere(builders.world);
    let mut maker = Maker { builders, world: &world, programs: Vec::new() };
    for name in names.iter().flatten() {
        let Some(mapping) = builders.mapping(name) else { continue };
        for field in &mapping.fields {
            for source in sources(builders, mapping, field) {
                let wanted = Filled { field: field.wire.clone(), source };
                let Some(job) = job::around(rng, &world, name, &[wanted]) else { continue };
                maker.job(&job, Rows::Typed);
                maker.job(&job, Rows::Header);
                maker.last_field(&job, field, Ends::InABranch);
                maker.last_field(&job, field, Ends::Twice);
            }
        }
    }
    for names in names {
        for number in 0..JOBS {
            let Some(job) = job::random(rng, builders.world, names) else { continue };
            if !naive::infers(builders.world, &job.json()) {
                maker.job(&job, if number % 2 == 0 { Rows::Typed } else { Rows::Header });
            }
        }
    }
    for resource in &builders.program.resources {
        maker.mode(resource);
    }
    for broken in diff.changes.iter().flat_map(|change| &change.breaks) {
        for _ in 0..TRIES {
            if let Some(job) = maker.doing(rng, broken) {
                maker.job(&job, Rows::Typed);
                break;
            }
        }
    }
    maker.programs
}

/// What can fill a field.
fn sources(builders: &Builders<'_>, mapping: &ir::Mapping, field: &ir::Field) -> Vec<Source> {
    let listed = builders.world.values.get(&(mapping.wire.clone(), field.wire.clone()));
    let first = listed.and_then(|list| list.first()).map(|value| id_of(&value["id"]));
    let typed = field.values.iter().flat_map(|values| &values.typed);
    let mut sources: Vec<Source> = typed.take(VALUES).map(|value| Source::Value(value.id.clone())).collect();
    sources.push(Source::Text(first.clone().unwrap_or_else(|| "7".to_owned())));
    if field.takes_column {
        sources.push(Source::Column("Column".to_owned()));
        let target = first.unwrap_or_else(|| "7".to_owned());
        sources.push(Source::Translated("Column".to_owned(), vec![("y".to_owned(), target)]));
    }
    sources
}

/// The schema with a resource type for each mapping type that has none, so that jobs can be made up of it.
fn taken_somewhere(world: &World) -> World {
    let mut world = world.clone();
    for mapping in &mut world.mapping_types {
        if mapping["resourceTypes"].as_array().is_none_or(Vec::is_empty) {
            mapping["resourceTypes"] = json!(["Things"]);
        }
    }
    world
}

struct Maker<'a> {
    builders: &'a Builders<'a>,
    /// In which every mapping type has a resource type.
    world: &'a World,
    programs: Vec<Program>,
}

impl Maker<'_> {
    fn name(&self) -> String {
        format!("p{}", self.programs.len())
    }

    /// A job that does this, where the programs of single fields may not: nothing if none was found.
    fn doing(&self, rng: &mut Rng, broken: &Use) -> Option<Job> {
        let world = self.world;
        match broken {
            Use::Value(mapping, field, id) => {
                let source = Source::Value(id.clone());
                job::around(rng, world, mapping, &[Filled { field: field.clone(), source }])
            }
            Use::Call(mapping, field, given) => {
                let mut wanted = self.filled(rng, mapping, given)?;
                wanted.push(self.somehow(rng, mapping, field)?);
                job::around(rng, world, mapping, &wanted)
            }
            Use::Apply(mapping, given) => {
                let wanted = self.filled(rng, mapping, given)?;
                job::around(rng, world, mapping, &wanted)
            }
            Use::Together(mapping, first, second) => {
                let wanted = [self.somehow(rng, mapping, first)?, self.somehow(rng, mapping, second)?];
                job::around(rng, world, mapping, &wanted)
            }
            Use::Second(mapping, field) => {
                let mut job = job::around(rng, world, mapping, &[])?;
                let same = field.is_some() && rng.chance(50);
                let second = if same { job.clone() } else { job::around(rng, world, mapping, &[])? };
                job.mappings.extend(second.mappings);
                naive::check(world, &job.json()).is_empty().then_some(job)
            }
            _ => None,
        }
    }

    /// The field filled from any of its sources.
    fn somehow(&self, rng: &mut Rng, mapping: &str, field: &str) -> Option<Filled> {
        let known = self.builders.mapping(mapping)?;
        let of = known.fields.iter().find(|known| known.wire == field)?;
        let source = rng.pick(&sources(self.builders, known, of))?.clone();
        Some(Filled { field: field.to_owned(), source })
    }

    /// Fields filled so that they are in one of their states.
    fn filled(&self, rng: &mut Rng, mapping: &str, given: &Given) -> Option<Vec<Filled>> {
        let mut filled = Vec::new();
        for (field, states) in given {
            let states: Vec<&State> = states.iter().collect();
            match rng.pick(&states)? {
                State::Unmapped => {}
                State::Dynamic => filled.push(self.somehow(rng, mapping, field)?),
                State::Value(id) => {
                    filled.push(Filled { field: field.clone(), source: Source::Value(id.clone()) });
                }
            }
        }
        Some(filled)
    }

    /// A program that makes the job.
    fn job(&mut self, job: &Job, rows: Rows) {
        let Some(job) = self.builders.ordered(job) else { return };
        let is_taken = |mapping: &Mapping| {
            self.builders.mapping(&mapping.name).is_some_and(|known| !known.resources.is_empty())
        };
        let (text, ends) = match job.mappings.iter().all(is_taken) {
            true => (self.builders.module(&self.name(), &job, rows), Ends::Applied),
            false => (self.made_text(&job, rows), Ends::Made),
        };
        if let Some(text) = text {
            self.add(&job, rows, ends, text);
        }
    }

    fn made_text(&self, job: &Job, rows: Rows) -> Option<String> {
        let [mapping] = job.mappings.as_slice() else { return None };
        let row = match rows {
            Rows::Typed => "Rows",
            Rows::Header => "::van_bulk::Header",
        };
        let makes = format!("::van_bulk::Mapping<{row}>");
        let made = format!("Ok({}.into())", self.builders.builder(mapping, rows)?);
        Some(within(&self.name(), &job.columns, rows, &makes, &made))
    }

    /// A program that fills the last field of the job's only mapping in a branch, or twice, where that compiles.
    fn last_field(&mut self, job: &Job, field: &ir::Field, ends: Ends) {
        let compiles = match ends {
            Ends::InABranch => field.type_parameter.is_none() && field.groups.is_empty(),
            _ => field.parent_traits.is_none(),
        };
        if !compiles || field.requirement == Requirement::Always {
            return;
        }
        let Some(job) = self.builders.ordered(job) else { return };
        let Some(text) = self.last_field_text(&job, field, ends) else { return };
        self.add(&job, Rows::Typed, ends, text);
    }

    fn last_field_text(&self, job: &Job, field: &ir::Field, ends: Ends) -> Option<String> {
        let [mapping] = job.mappings.as_slice() else { return None };
        let (last, others) = mapping.fields.split_last()?;
        if last.field != field.wire {
            return None;
        }
        let known = self.builders.mapping(&mapping.name)?;
        let source = self.builders.source(known, field, &last.source, Rows::Typed)?;
        let method = &field.method;
        let statements = match ends {
            Ends::InABranch => {
                let start = Mapping { name: mapping.name.clone(), fields: others.to_vec() };
                let start = self.builders.builder(&start, Rows::Typed)?;
                format!(
                    "let mut mapping = {start};\n        if ::std::env::args().count() > 1 {{ mapping = mapping.{method}({source}); }}"
                )
            }
            _ => {
                format!("let mapping = {}.{method}({source});", self.builders.builder(mapping, Rows::Typed)?)
            }
        };
        let statements = format!("{statements}\n        Ok(::van_bulk::Mapping::<Rows>::from(mapping))");
        Some(within(&self.name(), &job.columns, Rows::Typed, "::van_bulk::Mapping<Rows>", &statements))
    }

    /// A program that says for which database mode the jobs of a resource type are.
    fn mode(&mut self, resource: &ir::Resource) {
        let text = format!(
            "pub mod {} {{
    fn is_for_my_voters<R: ::van_bulk::Resource<Mode = ::van_bulk::mode::MyVoters>>() {{}}
    pub fn job() {{ is_for_my_voters::<::{}::resource::{}>() }}
}}
",
            self.name(),
            self.builders.name,
            resource.type_name
        );
        self.programs.push(Program {
            text,
            resource: resource.wire.clone(),
            mappings: Vec::new(),
            ends: Ends::WithMode,
        });
    }

    fn add(&mut self, job: &Job, rows: Rows, ends: Ends, text: String) {
        let mappings = job.mappings.iter().filter_map(|mapping| self.made(mapping, rows)).collect();
        self.programs.push(Program { text, resource: job.resource.clone(), mappings, ends });
    }

    fn made(&self, mapping: &Mapping, rows: Rows) -> Option<Made> {
        let known = self.builders.mapping(&mapping.name)?;
        let steps = mapping.fields.iter().filter_map(|filled| {
            let field = known.fields.iter().find(|field| field.wire == filled.field)?;
            let (source, state) = self.source(known, field, &filled.source, rows);
            let in_constructor = field.requirement == Requirement::Always;
            Some(Step { field: filled.field.clone(), source, state, in_constructor })
        });
        Some(Made { name: mapping.name.clone(), fields: steps.collect() })
    }

    /// What fills a field in the program, as [`Builders::source`] writes it, and what the compiler knows of the field then.
    fn source(
        &self,
        mapping: &ir::Mapping,
        field: &ir::Field,
        source: &Source,
        rows: Rows,
    ) -> (Option<diff::Source>, State) {
        let listed = self.builders.world.values.get(&(mapping.wire.clone(), field.wire.clone()));
        let is_chosen = |id: &str| {
            let mut listed = listed.into_iter().flatten();
            rows == Rows::Header && !field.takes_text && listed.any(|value| id_of(&value["id"]) == id)
        };
        let text = if field.takes_text { diff::Source::Text } else { diff::Source::Raw };
        let source = match source {
            Source::Value(id) if self.builders.value(mapping, field, id).is_some() => {
                return (None, State::Value(id.clone()));
            }
            Source::Text(id) if is_chosen(id) => diff::Source::Any,
            Source::Column(_) => diff::Source::Column,
            Source::Translated(_, pairs) if pairs.iter().all(|(_, id)| is_chosen(id)) => {
                diff::Source::TranslatedAny
            }
            Source::Translated(..) => diff::Source::TranslatedRaw,
            _ => text,
        };
        (Some(source), State::Dynamic)
    }
}

impl Program {
    /// The mapping type that it is about.
    pub(super) fn mapping(&self) -> &str {
        self.mappings.first().map_or("", |mapping| mapping.name.as_str())
    }

    fn of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Made> {
        self.mappings.iter().filter(move |mapping| mapping.name == name)
    }

    fn is_applied(&self) -> bool {
        self.ends == Ends::Applied
    }

    /// Whether the program does this.
    pub(super) fn makes(&self, broken: &Use) -> bool {
        match broken {
            Use::Mode => self.ends == Ends::WithMode,
            Use::Resource(resource) => {
                (self.is_applied() || self.ends == Ends::WithMode) && self.resource == *resource
            }
            // A program does not name the features that are on.
            Use::Feature(_) => false,
            Use::Builder(mapping) | Use::New(mapping) => self.of(mapping).next().is_some(),
            Use::Field(mapping, field) => self.of(mapping).any(|made| made.step(field).is_some()),
            Use::Fill(mapping, field, source) => self
                .of(mapping)
                .any(|made| made.step(field).is_some_and(|step| step.source.as_ref() == Some(source))),
            Use::Values(mapping, field) => {
                self.of(mapping).any(|made| made.step(field).is_some_and(Step::names_values))
            }
            Use::Value(mapping, field, id) => {
                let value = State::Value(id.clone());
                self.of(mapping).any(|made| made.step(field).is_some_and(|step| step.state == value))
            }
            Use::Reassign(mapping, field) => self.ends == Ends::InABranch && self.ends_with(mapping, field),
            Use::Again(mapping, field) => self.ends == Ends::Twice && self.ends_with(mapping, field),
            Use::Call(mapping, field, given) => self.of(mapping).any(|made| made.calls(field, given)),
            Use::ApplyTo(mapping, resource) => {
                self.is_applied() && self.resource == *resource && self.of(mapping).next().is_some()
            }
            Use::Apply(mapping, given) => {
                self.is_applied() && self.of(mapping).any(|made| matches(&made.states(|_| true), given))
            }
            Use::Second(mapping, field) => self.is_applied() && self.applies_twice(mapping, field.as_deref()),
            Use::Together(mapping, first, second) => {
                let fills = |field: &str| self.of(mapping).any(|made| made.step(field).is_some());
                fills(first) && fills(second)
            }
        }
    }

    fn ends_with(&self, mapping: &str, field: &str) -> bool {
        self.of(mapping).any(|made| made.fields.last().is_some_and(|step| step.field == field))
    }

    /// Whether a mapping type is applied twice; with a field, with the same value of it that the compiler knows, or none.
    fn applies_twice(&self, mapping: &str, field: Option<&str>) -> bool {
        let Some(field) = field else { return self.of(mapping).count() > 1 };
        let mut seen = BTreeSet::new();
        let states =
            self.of(mapping).map(|made| made.step(field).map_or(&State::Unmapped, |step| &step.state));
        states.filter(|state| **state != State::Dynamic).any(|state| !seen.insert(state))
    }
}

impl Made {
    fn step(&self, field: &str) -> Option<&Step> {
        self.fields.iter().find(|step| step.field == field)
    }

    /// What the compiler knows of the fields that such steps fill.
    fn states(&self, of: impl Fn(&Step) -> bool) -> BTreeMap<&str, &State> {
        self.fields.iter().filter(|step| of(step)).map(|step| (step.field.as_str(), &step.state)).collect()
    }

    /// Whether the field is filled while others are in these states.
    fn calls(&self, field: &str, given: &Given) -> bool {
        let Some(at) = self.fields.iter().position(|step| step.field == field) else { return false };
        let states = match self.fields[at].in_constructor {
            true => self.states(|step| step.in_constructor),
            false => self.fields.iter().take(at).map(|step| (step.field.as_str(), &step.state)).collect(),
        };
        matches(&states, given)
    }
}

impl Step {
    /// Whether the program names a value of the field, or one that is chosen when it runs.
    fn names_values(&self) -> bool {
        matches!(self.source, None | Some(diff::Source::Any | diff::Source::TranslatedAny))
    }
}

fn matches(states: &BTreeMap<&str, &State>, given: &Given) -> bool {
    given.iter().all(|(field, allowed)| {
        allowed.contains(states.get(field.as_str()).copied().unwrap_or(&State::Unmapped))
    })
}
