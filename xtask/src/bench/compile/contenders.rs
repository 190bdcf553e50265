//! Libraries of builders for the same fields, and programs that call every setter of theirs.

use std::fmt::Write as _;
use std::path::Path;

use miette::IntoDiagnostic as _;
use van_bulk_codegen::ir::{Field, Mapping, Value};
use van_bulk_codegen::{CrateConfig, Files, generate};

use crate::bench::core::schema::Schema;
use crate::bench::core::workspaces::Workspace;
use crate::workspace;

/// A design of builders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bench) enum Design {
    Ours,
    /// The same storage without any check.
    Plain,
    Bon,
    TypedBuilder,
    DeriveBuilder,
}

use Design::{Bon, DeriveBuilder, Ours, Plain, TypedBuilder};

impl Design {
    pub(in crate::bench) fn name(self) -> &'static str {
        match self {
            Ours => "ours",
            Plain => "plain setters",
            Bon => "bon",
            TypedBuilder => "typed-builder",
            DeriveBuilder => "derive_builder",
        }
    }

    /// The crate and its version, for those that are one.
    pub(in crate::bench) fn version(self) -> Option<(&'static str, &'static str)> {
        match self {
            Ours | Plain => None,
            Bon => Some(("bon", "3.10.3")),
            TypedBuilder => Some(("typed-builder", "0.23.2")),
            DeriveBuilder => Some(("derive_builder", "0.20.2")),
        }
    }

    /// What the libraries of this design were locked with.
    fn lock(self) -> &'static str {
        match self {
            Ours | Plain => include_str!("../../../../Cargo.lock"),
            Bon => include_str!("../../../../benches/locks/bon.lock"),
            TypedBuilder => include_str!("../../../../benches/locks/typed-builder.lock"),
            DeriveBuilder => include_str!("../../../../benches/locks/derive_builder.lock"),
        }
    }

    /// Writes a library for a schema, with a program that calls every setter of it.
    pub(in crate::bench) fn workspace(self, schema: Schema, folder: &Path) -> miette::Result<Workspace> {
        let folder =
            folder.join(format!("{}x{}-{}", schema.mappings, schema.fields, self.name().replace(' ', "-")));
        let (lib, program) = self.sources(schema)?;
        let dependencies = match self {
            Ours | Plain => format!("van-bulk = {}\n", runtime()),
            Bon | TypedBuilder | DeriveBuilder => String::new(),
        };
        Workspace::write(folder, &lib, &program, &dependencies, self.lock())
    }

    fn sources(self, schema: Schema) -> miette::Result<(Files, String)> {
        let (snapshot, program) = schema.resolved()?;
        let mappings = &program.mappings;
        let lib = if self == Ours {
            let config = CrateConfig { runtime: runtime(), ..CrateConfig::new("lib", "a made-up schema") };
            generate(&snapshot, &config).into_diagnostic()?.files
        } else {
            let mut files = Files::default();
            files.insert("Cargo.toml", self.manifest());
            files.insert("src/lib.rs", self.lib(mappings));
            files
        };
        Ok((lib, self.program(mappings)))
    }

    fn manifest(self) -> String {
        let dependency = match self.version() {
            Some((name, version)) => format!("{name} = \"={version}\"\n"),
            None => format!("van-bulk = {}\n", runtime()),
        };
        format!(
            "[package]\nname = \"lib\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependency}"
        )
    }

    fn lib(self, mappings: &[Mapping]) -> String {
        let mut text = String::from("//! Builders of made-up fields.\n");
        text.push_str(match self {
            Ours => "",
            Plain => {
                "use van_bulk::mapping::MappingCore;\nuse van_bulk::payload::MappingType;\nuse van_bulk::source::IntoSource;\n"
            }
            Bon | TypedBuilder | DeriveBuilder => SOURCE,
        });
        for mapping in mappings {
            match self {
                Ours => {}
                Plain => plain(&mut text, mapping),
                Bon | TypedBuilder | DeriveBuilder => self.derived(&mut text, mapping),
            }
        }
        text
    }

    /// A struct with a derived builder.
    fn derived(self, text: &mut String, mapping: &Mapping) {
        let (derive, required, optional) = match self {
            Bon => ("#[derive(bon::Builder)]", "#[builder(into)]", "#[builder(into)]"),
            TypedBuilder => (
                "#[derive(typed_builder::TypedBuilder)]",
                "#[builder(setter(into))]",
                "#[builder(default, setter(into, strip_option))]",
            ),
            _ => (
                "#[derive(derive_builder::Builder)]\n#[builder(pattern = \"owned\")]",
                "#[builder(setter(into))]",
                "#[builder(default, setter(into, strip_option))]",
            ),
        };
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "/// The mapping `{}`.\n{derive}\npub struct {} {{",
            mapping.wire, mapping.type_name
        );
        for field in mapping.required() {
            let _ = writeln!(text, "    {}\n    {required}\n    pub {}: Source,", doc(field), field.method);
        }
        for field in mapping.optional() {
            let _ = writeln!(
                text,
                "    {}\n    {optional}\n    pub {}: Option<Source>,",
                doc(field),
                field.method
            );
        }
        text.push_str("}\n");
    }

    /// A program with a function for each mapping, which calls all setters in one chain.
    fn program(self, mappings: &[Mapping]) -> String {
        let mut text = String::from("//! Calls every setter.\n");
        text.push_str(match self {
            Ours => "use lib::resource::Contacts;\nuse van_bulk::{Column, Job, column, raw, static_value};\n",
            Plain => "use van_bulk::{Column, column, raw, static_value};\n",
            _ => "",
        });
        if matches!(self, Ours | Plain) {
            text.push_str(ROW);
        }
        for mapping in mappings {
            self.function(&mut text, mapping);
        }
        text.push_str("fn main() {\n    let mut sum = 0;\n");
        for mapping in mappings {
            let _ = writeln!(text, "    sum += {}();", mapping.module);
        }
        text.push_str("    println!(\"{sum}\");\n}\n");
        text
    }

    fn function(self, text: &mut String, mapping: &Mapping) {
        let module = &mapping.module;
        let chain = self.chain(mapping);
        let end = match self {
            Ours => {
                ";\n    let job = Job::<Contacts, Row>::new(\"All\").apply(mapping).finish();\n    usize::from(job.is_ok())"
            }
            Plain => ".into_mapping();\n    mapping.field_value_mappings.len()",
            Bon | TypedBuilder => {
                ".build();\n    usize::from(mapping.required0 == lib::Source::from(\"Column\"))"
            }
            DeriveBuilder => ".build();\n    usize::from(mapping.is_ok())",
        };
        // Writing to a string does not fail.
        let _ = write!(text, "fn {module}() -> usize {{\n    let mapping = {chain}{end}\n}}\n");
    }

    /// A builder on which every setter was called, parents before children.
    pub(in crate::bench) fn chain(self, mapping: &Mapping) -> String {
        let (module, name) = (&mapping.module, &mapping.type_name);
        let mut chain = match self {
            Ours => format!("lib::{module}::{name}::new"),
            Plain => format!("lib::{name}::new"),
            Bon | TypedBuilder => format!("lib::{name}::builder()"),
            DeriveBuilder => format!("lib::{name}Builder::default()"),
        };
        if matches!(self, Ours | Plain) {
            let sources: Vec<&str> = mapping.required().map(|_| "COLUMN").collect();
            let _ = write!(chain, "({})", sources.join(", "));
        } else {
            for field in mapping.required() {
                let _ = write!(chain, "\n        .{}(\"Column\")", field.method);
            }
        }
        for field in mapping.optional() {
            let source = self.source(mapping, field);
            let _ = write!(chain, "\n        .{}({source})", field.method);
        }
        chain
    }

    /// What fills a field in a chain.
    fn source(self, mapping: &Mapping, field: &Field) -> String {
        if !matches!(self, Ours | Plain) {
            return "\"Column\"".to_owned();
        }
        match filling(field) {
            Filling::Column => "COLUMN".to_owned(),
            Filling::Text(text) => format!("static_value({text:?})"),
            Filling::Value(value) if self == Ours => {
                let module = field.values.as_ref().map_or("", |values| values.module.as_str());
                format!("lib::{}::{module}::{}", mapping.module, value.type_name)
            }
            Filling::Value(value) => format!("raw({:?})", value.id),
            Filling::Id(id) => format!("raw({id:?})"),
        }
    }
}

/// What fills a field.
pub(in crate::bench) enum Filling<'f> {
    Column,
    Text(&'static str),
    /// One that is a type.
    Value(&'f Value),
    Id(&'static str),
}

/// A value that all children of the field are limited to, a column, or what takes its place where none may fill the field.
pub(in crate::bench) fn filling(field: &Field) -> Filling<'_> {
    match field.values.as_ref().map(|values| values.typed.first()) {
        // The first value is among those of every limit.
        Some(Some(value)) => Filling::Value(value),
        _ if field.takes_column => Filling::Column,
        Some(None) => Filling::Id("1"),
        None => Filling::Text("text"),
    }
}

/// The right-hand side of a dependency on the runtime.
pub(in crate::bench) fn runtime() -> String {
    format!("{{ path = {:?}, default-features = false }}", workspace::root().join("runtime"))
}

fn doc(field: &Field) -> String {
    format!("/// Fills `{}`: {}", field.wire, field.description.as_deref().unwrap_or_default())
}

/// What fields of derived builders hold.
const SOURCE: &str = r"
use std::borrow::Cow;

/// How a field is filled.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// By a column.
    Column(Cow<'static, str>),
    /// By a text.
    Static(Cow<'static, str>),
}

impl From<&'static str> for Source {
    fn from(name: &'static str) -> Self {
        Self::Column(Cow::Borrowed(name))
    }
}
";

/// A row type with a column, as `#[derive(Row)]` makes one.
pub(in crate::bench) const ROW: &str = r#"
pub struct Row;
impl van_bulk::Row for Row {
    const COLUMNS: &'static [&'static str] = &["Column"];
    fn write(&self, cells: &mut van_bulk::Cells) {
        cells.push("");
    }
}
const COLUMN: Column<Row> = column!(Row, "Column");
"#;

/// Setters that fill the same storage and check nothing.
fn plain(text: &mut String, mapping: &Mapping) {
    let (name, wire) = (&mapping.type_name, &mapping.wire);
    let required: Vec<&Field> = mapping.required().collect();
    let arguments: Vec<String> =
        required.iter().map(|field| format!("{}: impl IntoSource", field.method)).collect();
    let fills: String = required
        .iter()
        .enumerate()
        .map(|(index, field)| format!(".with({index}, {:?}, {}.into_source())", field.wire, field.method))
        .collect();
    // Writing to a string does not fail.
    let _ = write!(
        text,
        "/// The mapping `{wire}`.\npub struct {name} {{\n    core: MappingCore,\n}}\nimpl {name} {{\n\
         \x20   /// Starts the mapping.\n    pub fn new({}) -> Self {{\n        Self {{ core: MappingCore::new({wire:?}, {}){fills} }}\n    }}\n",
        arguments.join(", "),
        mapping.fields.len()
    );
    for (index, field) in mapping.optional().enumerate() {
        let index = required.len() + index;
        let _ = write!(
            text,
            "    {}\n    pub fn {}(self, source: impl IntoSource) -> Self {{\n        Self {{ core: self.core.with({index}, {:?}, source.into_source()) }}\n    }}\n",
            doc(field),
            field.method,
            field.wire
        );
    }
    text.push_str("    /// The mapping as the payload holds it.\n    pub fn into_mapping(self) -> MappingType {\n        self.core.into_mapping()\n    }\n}\n");
}
