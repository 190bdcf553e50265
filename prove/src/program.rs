//! Jobs as Rust programs on the generated builders, and what the compiler should say to each mistake.

use std::collections::BTreeMap;

use van_bulk_codegen::ir::{self, Multiplicity, Requirement};

use crate::job::{FILE_NAME, Filled, Job, Mapping, SOURCE_URL, Source, Wrong};
use crate::mistake::{Kind, Mistake};
use crate::world::{World, id_of};

/// The generated crate that programs use.
#[derive(Debug)]
pub struct Builders<'a> {
    /// Its name in programs.
    pub name: &'a str,
    /// What it was generated from.
    pub program: &'a ir::Program,
    /// The struct that the constructor takes its arguments in, by module, where it does.
    pub structs: BTreeMap<String, String>,
    /// The schema that it was generated from.
    pub world: &'a World,
}

/// What should become of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// It compiles and makes the job.
    Job,
    /// It does not compile: one error of this code, which says this.
    Error {
        /// Such as `E0277`.
        code: &'static str,
        /// All of it must be in the message or its notes.
        says: Vec<String>,
    },
    /// It does not compile because an argument of the constructor is missing. The compiler guesses which from the types of
    /// the others: it may name another one, or find that others do not fit too.
    Argument {
        /// The argument that is missing.
        name: String,
    },
    /// It compiles, and finishing the job is refused with a message that says this.
    Refused(String),
}

/// How a program comes by its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// From a row type.
    Typed,
    /// From a header that was read.
    Header,
}

impl Builders<'_> {
    /// The mapping type of this name.
    pub(crate) fn mapping(&self, name: &str) -> Option<&ir::Mapping> {
        self.program.mappings.iter().find(|mapping| mapping.wire == name)
    }

    /// The job with the fields of each mapping in an order in which a program can fill them: the arguments of the
    /// constructor, then parents before their children.
    pub fn ordered(&self, job: &Job) -> Option<Job> {
        let mut job = job.clone();
        for mapping in &mut job.mappings {
            let known = self.mapping(&mapping.name)?;
            let mut sorted: Vec<Filled> =
                known.required().filter_map(|field| mapping.filled(&field.wire).cloned()).collect();
            let mut waiting: Vec<Filled> = mapping.fields.clone();
            waiting.retain(|filled| !sorted.iter().any(|done| done.field == filled.field));
            while !waiting.is_empty() {
                let ready = waiting.iter().position(|filled| {
                    let own = known.fields.iter().find(|field| field.wire == filled.field);
                    own.is_some_and(|own| {
                        own.needs.iter().all(|need| {
                            known
                                .fields
                                .get(need.parent)
                                .is_none_or(|parent| !waiting.iter().any(|other| other.field == parent.wire))
                        })
                    })
                })?;
                sorted.push(waiting.remove(ready));
            }
            mapping.fields = sorted;
        }
        Some(job)
    }

    /// The module `name` with a function `job` that makes the job; nothing if a program cannot say it.
    pub fn module(&self, name: &str, job: &Job, rows: Rows) -> Option<String> {
        let resource = self.program.resources.iter().find(|resource| resource.wire == job.resource)?;
        let resource = format!("::{}::resource::{}", self.name, resource.type_name);
        let mut applied = String::new();
        for mapping in &job.mappings {
            applied.push_str(&format!("\n            .apply({})", self.builder(mapping, rows)?));
        }
        let start = match rows {
            Rows::Typed => format!("::van_bulk::Job::<{resource}, Rows>::new(\"A proof\")"),
            Rows::Header => format!("::van_bulk::Job::<{resource}, _>::with_header(\"A proof\", &header)"),
        };
        let made = format!(
            "let job = {start}{applied}
            .finish()?;
        Ok(job.payload({FILE_NAME:?}, {SOURCE_URL:?}))"
        );
        Some(within(name, &job.columns, rows, "::van_bulk::payload::Payload", &made))
    }

    pub(crate) fn builder(&self, mapping: &Mapping, rows: Rows) -> Option<String> {
        let known = self.mapping(&mapping.name)?;
        let module = format!("::{}::{}", self.name, known.module);
        let mut arguments = Vec::new();
        let with_struct = self.structs.get(&known.module);
        for field in known.required() {
            let Some(filled) = mapping.filled(&field.wire) else { continue };
            let source = self.source(known, field, &filled.source, rows)?;
            arguments.push(if with_struct.is_some() {
                format!("{}: {source}", field.method)
            } else {
                source
            });
        }
        let arguments = arguments.join(", ");
        let arguments = match with_struct {
            Some(name) => format!("{module}::{name} {{ {arguments} }}"),
            None => arguments,
        };
        let row = match rows {
            Rows::Typed => "::<Rows>",
            Rows::Header => "",
        };
        let mut text = format!("{module}::{}{row}::new({arguments})", known.type_name);
        for filled in &mapping.fields {
            let field = known.fields.iter().find(|field| field.wire == filled.field)?;
            if field.requirement != Requirement::Always {
                let source = self.source(known, field, &filled.source, rows)?;
                text.push_str(&format!(".{}({source})", field.method));
            }
        }
        Some(text)
    }

    pub(crate) fn source(
        &self,
        mapping: &ir::Mapping,
        field: &ir::Field,
        source: &Source,
        rows: Rows,
    ) -> Option<String> {
        let text = |text: &str| match field.takes_text {
            true => format!("::van_bulk::static_value({text:?})"),
            false => format!("::van_bulk::raw({text:?})"),
        };
        let column = |column: &str| match rows {
            Rows::Typed => format!("::van_bulk::column!(Rows, {column:?})"),
            Rows::Header => format!("header.column({column:?})?"),
        };
        // A value that is chosen when the program runs.
        let chosen = |id: &str| {
            let values = field.values.as_ref()?;
            let listed = self.world.values.get(&(mapping.wire.clone(), field.wire.clone()))?;
            listed.iter().find(|value| id_of(&value["id"]) == id)?;
            let module = format!("::{}::{}::{}", self.name, mapping.module, values.module);
            Some(format!("{module}::Any::try_from({id:?})?"))
        };
        Some(match source {
            Source::Column(name) => column(name),
            Source::Text(id) if rows == Rows::Header && !field.takes_text => {
                chosen(id).unwrap_or_else(|| text(id))
            }
            // Texts have no values that a column could be translated into.
            Source::Translated(..) if field.takes_text => return None,
            Source::Translated(name, pairs) => {
                let known = rows == Rows::Header && pairs.iter().all(|(_, id)| chosen(id).is_some());
                let pairs: Vec<String> = pairs
                    .iter()
                    .map(|(from, id)| {
                        let target = chosen(id).filter(|_| known).unwrap_or_else(|| text(id));
                        format!("({from:?}, {target})")
                    })
                    .collect();
                format!("{}.translate([{}])", column(name), pairs.join(", "))
            }
            Source::Value(id) => self.value(mapping, field, id).unwrap_or_else(|| text(id)),
            Source::Text(value) => text(value),
            Source::Wrong(Wrong::Text) => "::van_bulk::static_value(\"wrong\")".to_owned(),
            Source::Wrong(Wrong::Str) => "\"wrong\"".to_owned(),
            Source::Wrong(Wrong::ForeignColumn) => "::van_bulk::column!(crate::Other, \"Other\")".to_owned(),
            Source::Wrong(Wrong::ValueOf(of, name, id)) => {
                let of = self.mapping(of)?;
                let field = of.fields.iter().find(|field| field.wire == *name)?;
                self.value(of, field, id)?
            }
        })
    }

    /// The generated value of this id, if there is one.
    pub(crate) fn value(&self, mapping: &ir::Mapping, field: &ir::Field, id: &str) -> Option<String> {
        let values = field.values.as_ref()?;
        let value = values.typed.iter().find(|value| value.id == id)?;
        Some(format!("::{}::{}::{}::{}", self.name, mapping.module, values.module, value.type_name))
    }

    /// Whether the compiler knows the value that fills a field.
    fn is_known(&self, mapping: &Mapping, field: &str) -> bool {
        let Some(known) = self.mapping(&mapping.name) else { return false };
        let Some(own) = known.fields.iter().find(|own| own.wire == field) else { return false };
        match mapping.filled(field).map(|filled| &filled.source) {
            Some(Source::Value(id)) => own.type_parameter.is_some() && self.value(known, own, id).is_some(),
            _ => false,
        }
    }

    /// What should become of the program with this mistake; nothing if no program can make it.
    pub fn expected(&self, mistake: &Mistake) -> Option<Expected> {
        let mapping = mistake.job.mappings.get(mistake.mapping)?;
        let known = self.mapping(&mapping.name)?;
        let find = |name: &str| known.fields.iter().find(|field| field.wire == name);
        let field = find(&mistake.field);
        let error = |code, says: &[String]| Some(Expected::Error { code, says: says.to_vec() });
        let name = shown(&known.wire);
        let own = shown(&mistake.field);
        let parent = shown(&mistake.parent);
        let argument_missing = |field: &ir::Field| match self.structs.contains_key(&known.module) {
            true => error("E0063", &[format!("`{}`", field.method)]),
            false => Some(Expected::Argument { name: field.method.clone() }),
        };
        let any = self.world.overrides.any_parent.contains(&(known.wire.clone(), mistake.field.clone()));
        match mistake.kind {
            Kind::ParentMissing if any => {
                error("E0277", &["map one of the fields".to_owned(), format!("`{own}`")])
            }
            Kind::ParentValue if any => {
                let parents = field?.needs.iter().filter_map(|need| known.fields.get(need.parent));
                let mut filled = parents.filter(|parent| mapping.filled(&parent.wire).is_some());
                match filled.all(|parent| self.is_known(mapping, &parent.wire)) {
                    true => error("E0277", &["map one of the fields".to_owned(), format!("`{own}`")]),
                    false => Some(Expected::Refused(format!("`{}`", mistake.field))),
                }
            }
            Kind::ParentAfterChild if any => None,
            Kind::TwoGroups => error("E0277", &["one job may fill the fields of".to_owned()]),
            Kind::RequiredMissing => {
                let field = field?;
                if field.requirement == Requirement::Always {
                    return argument_missing(field);
                }
                let parent = field.condition.as_ref().and_then(|one| known.fields.get(one.parent));
                match parent.is_some_and(|parent| self.is_known(mapping, &parent.wire)) {
                    true => error("E0277", &[format!("the field `{own}` is required where `")]),
                    false => Some(Expected::Refused(format!("`{}`", mistake.field))),
                }
            }
            Kind::ParentMissing => match find(&mistake.parent)? {
                parent if parent.requirement == Requirement::Always => argument_missing(parent),
                _ => error("E0277", &[format!("map the field `{parent}`")]),
            },
            Kind::ParentValue => match self.is_known(mapping, &mistake.parent) {
                true => error("E0277", &["field".to_owned(), format!("`{parent}`")]),
                false => Some(Expected::Refused(format!("`{}`", mistake.parent))),
            },
            Kind::StaticOnly | Kind::WrongSource => {
                let field = field?;
                let shown = if field.known_values().is_some() { own } else { field.marker.clone() };
                error("E0277", &["cannot fill the field".to_owned(), shown])
            }
            Kind::WrongResource => error("E0277", &[format!("job does not take the mapping type `{name}`")]),
            Kind::SingleTwice => error("E0277", &[format!("this job already has a `{name}` mapping")]),
            Kind::TypeTwice => {
                let Multiplicity::SinglePerType(per_type) = &known.multiplicity else { return None };
                let field = known.fields.get(per_type.field)?;
                let known_twice =
                    mapping.filled(&field.wire).is_none() || self.is_known(mapping, &field.wire);
                match known_twice {
                    true => error("E0277", &[format!("this job already has a `{name}` mapping with")]),
                    false => Some(Expected::Refused(format!("`{}`", known.wire))),
                }
            }
            Kind::ParentAfterChild => {
                let field = field?;
                let at = |name: &str| mapping.fields.iter().position(|filled| filled.field == name);
                let own_at = at(&mistake.field)?;
                let optional = |field: &ir::Field| field.requirement != Requirement::Always;
                let parents = field.needs.iter().filter_map(|need| known.fields.get(need.parent));
                let late: Vec<&str> = parents
                    .filter(|parent| optional(parent) && at(&parent.wire).is_some_and(|at| at > own_at))
                    .map(|parent| parent.wire.as_str())
                    .collect();
                let only = late == [mistake.parent.as_str()] && optional(field);
                only.then(|| error("E0277", &[format!("map the field `{parent}`")]))?
            }
            Kind::ParentTwice => {
                field?.parent_traits.as_ref()?;
                error("E0277", &[format!("the field `{own}` is already mapped")])
            }
            Kind::ValueOfValue => None,
        }
    }
}

/// The module `name` with a function `job` of these statements, which may use rows of these columns.
pub(crate) fn within(name: &str, columns: &[String], rows: Rows, makes: &str, statements: &str) -> String {
    let columns: Vec<String> = columns.iter().map(|column| format!("{column:?}")).collect();
    let columns = columns.join(", ");
    let before = match rows {
        Rows::Typed => String::new(),
        Rows::Header => format!("let header = ::van_bulk::Header::new([{columns}])?;\n        "),
    };
    format!(
        "pub mod {name} {{
    pub struct Rows;
    impl ::van_bulk::Row for Rows {{
        const COLUMNS: &'static [&'static str] = &[{columns}];
        fn write(&self, _: &mut ::van_bulk::Cells) {{}}
    }}
    pub fn job() -> Result<{makes}, Box<dyn std::error::Error>> {{
        {before}{statements}
    }}
}}
"
    )
}

/// A name as messages show it: one printable line.
fn shown(name: &str) -> String {
    let printable = name.chars().map(|c| match c {
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' => '\u{fffd}',
        c => c,
    });
    printable.collect()
}
