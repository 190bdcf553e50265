//! From the resolved program to the text of its files.

mod docs;
mod file;
mod groups;
mod included;
mod layout;
mod manifest;
mod mapping;
mod needs;
mod root;
mod rules;
mod scope;
mod shared;
mod values;
mod written;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use van_bulk_schema::cores::on_all_cores;

use crate::files::MARK;
use crate::ir::{Mapping, Program};
use crate::{CodegenError, CrateConfig, Sink};
use file::format;
use scope::{Compiled, Scope};
use shared::Shared;
use written::Written;

/// A program that prints the payload of a first job, and the columns of its file; `None` if there is no job to show.
pub(crate) fn example(
    program: &Program,
    package: &str,
) -> Result<Option<(String, Vec<String>)>, CodegenError> {
    let krate = package.replace('-', "_");
    let Some((job, columns)) = docs::first_job(program, &krate) else { return Ok(None) };
    let text = format!(
        r#"fn main() -> Result<(), Box<dyn std::error::Error>> {{
    let payload = job()?.payload("rows.csv", "https://uploads.example.org/rows.zip");
    println!("{{}}", serde_json::to_string_pretty(&payload)?);
    Ok(())
}}

{}
"#,
        job.join("\n")
    );
    match syn::parse_file(&text) {
        Ok(_) => Ok(Some((text, columns))),
        Err(error) => {
            Err(CodegenError::NotRust { path: "the example".to_owned(), message: error.to_string() })
        }
    }
}

/// Writes every file of a crate of one profile.
pub(crate) fn single(
    program: &Program,
    config: &CrateConfig,
    sink: &mut dyn Sink,
) -> Result<(), CodegenError> {
    let scope = Scope {
        program,
        label: config.profile.as_deref(),
        path: Some(config.library()),
        module: None,
        compiled: Compiled::ByFeature,
        shared: &Shared::default(),
        indent: 0,
    };
    let features: Vec<&str> = program.resources.iter().map(|resource| resource.feature.as_str()).collect();
    sink.file("Cargo.toml".to_owned(), manifest::manifest(config, "one VAN API key", &features))?;
    sink.file("rustfmt.toml".to_owned(), manifest::rustfmt(config))?;
    let from = generated_by(config);
    rust(sink, "src/lib.rs", root::root(&scope, config), &from)?;
    modules(sink, "src", &scope, &from)
}

/// A profile of a crate that holds several.
pub(crate) struct Beside<'a> {
    pub(crate) name: &'a str,
    pub(crate) module: String,
    /// Where its snapshot lies, for the reader of its files.
    pub(crate) source: &'a str,
    pub(crate) program: &'a Program,
}

/// Writes every file of a crate of several profiles.
pub(crate) fn side_by_side(
    profiles: &[Beside<'_>],
    config: &CrateConfig,
    sink: &mut dyn Sink,
) -> Result<(), CodegenError> {
    let programs: Vec<&Program> = profiles.iter().map(|profile| profile.program).collect();
    let (shared, statics) = Shared::of(&programs);
    let scopes = profiles.iter().map(|profile| {
        let scope = Scope {
            program: profile.program,
            label: Some(profile.name),
            path: Some(format!("{}::{}", config.library(), profile.module)),
            module: Some(&profile.module),
            compiled: Compiled::ByFeature,
            shared: &shared,
            indent: 0,
        };
        (profile.name, scope)
    });
    let scopes: Vec<(&str, Scope<'_>)> = scopes.collect();
    let resources: BTreeSet<&str> = programs
        .iter()
        .flat_map(|program| &program.resources)
        .map(|resource| resource.feature.as_str())
        .collect();
    let features: Vec<&str> = profiles.iter().map(|profile| profile.name).chain(resources).collect();
    sink.file("Cargo.toml".to_owned(), manifest::manifest(config, "several VAN API keys", &features))?;
    sink.file("rustfmt.toml".to_owned(), manifest::rustfmt(config))?;
    let from = generated_by(config);
    rust(sink, "src/lib.rs", root::side_by_side(&scopes, config, statics.is_some()), &from)?;
    if let Some(statics) = statics {
        rust(sink, "src/shared.rs", statics, &from)?;
    }
    for (profile, (_, scope)) in profiles.iter().zip(&scopes) {
        let from = generated_from(&config.command, profile.source);
        let folder = format!("src/{}", profile.module);
        rust(sink, &format!("{folder}/mod.rs"), root::profile(scope), &from)?;
        modules(sink, &folder, scope, &from)?;
    }
    Ok(())
}

/// Writes the modules of a profile into a folder, on all cores: a module is as large as its mapping type has fields and values.
/// Each is handed on when it is ready, so that the texts of all are not in memory at once.
fn modules(sink: &mut dyn Sink, folder: &str, scope: &Scope<'_>, from: &str) -> Result<(), CodegenError> {
    rust(sink, &format!("{folder}/resource.rs"), root::resources(scope), from)?;
    let mappings: Vec<&Mapping> = root::mappings(scope).map(|(mapping, _)| mapping).collect();
    let sink = Mutex::new(sink);
    let failed = AtomicBool::new(false);
    let one = |mapping: &Mapping| {
        let path = format!("{folder}/{}.rs", mapping.file);
        let mut written = Written::default();
        let tokens = mapping::module(scope, mapping, &mut written);
        let text = format(&path, tokens, &written, from)?;
        Ok(sink.lock().unwrap_or_else(PoisonError::into_inner).file(path, text)?)
    };
    let done = on_all_cores(&mappings, |mapping| {
        // Nobody wants what comes after an error.
        if failed.load(Ordering::Relaxed) {
            return Ok(());
        }
        one(mapping).inspect_err(|_: &CodegenError| failed.store(true, Ordering::Relaxed))
    });
    done.into_iter().collect()
}

fn rust(sink: &mut dyn Sink, path: &str, tokens: TokenStream, from: &str) -> Result<(), CodegenError> {
    Ok(sink.file(path.to_owned(), format(path, tokens, &Written::default(), from)?)?)
}

/// Writes the one file that a module of a user's own crate includes, as `path`, which errors name.
pub(crate) fn included(
    program: &Program,
    only: Option<&BTreeSet<String>>,
    path: &str,
    source: &str,
) -> Result<String, CodegenError> {
    let shared = Shared::default();
    let compiled = only.map_or(Compiled::All, Compiled::Only);
    let scope =
        Scope { program, label: None, path: None, module: None, compiled, shared: &shared, indent: 4 };
    let mut written = Written::default();
    let items = included::items(&scope, &mut written);
    format(path, items, &written, &generated_from("build.rs", source))
}

/// The same for several profiles, each in a module of its own.
pub(crate) fn included_side_by_side(
    profiles: &[Beside<'_>],
    only: Option<&BTreeSet<String>>,
    path: &str,
) -> Result<String, CodegenError> {
    let programs: Vec<&Program> = profiles.iter().map(|profile| profile.program).collect();
    let (shared, statics) = Shared::of(&programs);
    let mut written = Written::default();
    let modules = profiles.iter().map(|profile| {
        let scope = Scope {
            program: profile.program,
            label: Some(profile.name),
            path: None,
            module: Some(&profile.module),
            compiled: only.map_or(Compiled::All, Compiled::Only),
            shared: &shared,
            indent: 8,
        };
        included::profile(&scope, &profile.module, &mut written)
    });
    let modules = modules.collect::<TokenStream>();
    let shared = statics.map(|statics| included::shared(&statics));
    let sources: Vec<&str> = profiles.iter().map(|profile| profile.source).collect();
    let from = generated_from("build.rs", &sources.join(", "));
    format(path, quote! { #modules #shared }, &written, &from)
}

/// The line that tells people and tools not to edit a file.
fn generated_by(config: &CrateConfig) -> String {
    generated_from(&config.command, &config.source)
}

fn generated_from(command: &str, source: &str) -> String {
    let line = format!("{MARK} by `{command}` from `{source}`. Do not edit.");
    // Paths may hold anything; this is one line of a comment.
    crate::text::plain(&line)
}

/// An identifier; names are valid identifiers by construction.
fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// Documentation, line by line.
fn doc<S: AsRef<str>>(lines: impl IntoIterator<Item = S>) -> TokenStream {
    let lines = lines.into_iter().map(|line| {
        let line = line.as_ref();
        // A space after the slashes, as people write it.
        if line.is_empty() { String::new() } else { format!(" {line}") }
    });
    quote! { #(#[doc = #lines])* }
}

/// Leaves an item out of the documentation, and of nothing else: rustc writes whole paths for what is always hidden, and
/// editors do not offer it.
const NO_PAGE: &str = "#[cfg_attr(doc, doc(hidden))]";

/// What keeps rustc from showing a list of types in place of our message.
const DO_NOT_RECOMMEND: &str = "#[diagnostic::do_not_recommend]";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use van_bulk_schema::Snapshot;
    use van_bulk_schema::model::Schema;

    use super::*;
    use crate::{Profile, generate, generate_profiles};

    fn golden(folder: &str) -> Snapshot {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden").join(folder);
        Snapshot::load(&folder).unwrap().0
    }

    /// The schema with names that are longer by so many letters.
    fn lengthened(schema: &Schema, by: usize) -> Schema {
        let mut schema = schema.clone();
        let longer = |name: &mut String| name.push_str(&"x".repeat(by));
        for mapping in &mut schema.mapping_types {
            longer(&mut mapping.name);
            for field in &mut mapping.fields {
                longer(&mut field.name);
                field.parents.iter_mut().for_each(|parent| longer(&mut parent.parent_field_name));
            }
        }
        let lengthen = |mut name: String| {
            longer(&mut name);
            name
        };
        let values = std::mem::take(&mut schema.values).into_iter();
        schema.values = values
            .map(|((mapping, field), mut list)| {
                list.values.iter_mut().for_each(|value| longer(&mut value.name));
                ((lengthen(mapping), lengthen(field)), list)
            })
            .collect();
        let overrides = std::mem::take(&mut schema.overrides.mapping_types).into_iter();
        schema.overrides.mapping_types = overrides
            .map(|(mapping, mut known)| {
                known.type_field = known.type_field.map(lengthen);
                known.fields =
                    known.fields.into_iter().map(|(field, known)| (lengthen(field), known)).collect();
                (lengthen(mapping), known)
            })
            .collect();
        for set in &mut schema.overrides.exclusive {
            longer(&mut set.mapping_type);
            set.groups.values_mut().flatten().for_each(longer);
        }
        schema
    }

    fn assert_is_formatted(path: &str, text: &str) {
        let from = text.lines().next().unwrap().trim_start_matches("// ");
        let again = format(path, text.parse().unwrap(), &Written::default(), from).unwrap();
        for (written, wanted) in text.lines().zip(again.lines()) {
            assert_eq!(written, wanted, "{path}");
        }
        assert_eq!(text, again, "{path}");
    }

    #[test]
    fn what_is_written_is_what_prettyplease_makes_of_it_however_long_names_are() {
        for folder in ["every_rule/snapshot", "activist_code/snapshot"] {
            let snapshot = golden(folder);
            for by in [0, 3, 7, 12, 20, 28, 37, 45, 56, 68] {
                let mut long = snapshot.clone();
                long.schema = lengthened(&snapshot.schema, by);
                let files = generate(&long, &CrateConfig::new("long", "a snapshot")).unwrap().files;
                for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".rs")) {
                    assert_is_formatted(path, text);
                }
            }
        }
    }

    #[test]
    fn files_of_several_profiles_are_formatted_in_crates_and_where_they_are_included() {
        let (acme, beta) = (golden("two_profiles/snapshots/acme"), golden("two_profiles/snapshots/beta"));
        let profile = |name, snapshot| Profile { name, source: "a snapshot", snapshot };
        let profiles = [profile("acme", &acme), profile("beta", &beta)];
        let files = generate_profiles(&profiles, &CrateConfig::new("both", "snapshots")).unwrap().files;
        for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".rs")) {
            assert_is_formatted(path, text);
        }
        let programs = [crate::program(&acme).unwrap(), crate::program(&beta).unwrap()];
        let one = included(&programs[0], None, "one.rs", "a snapshot").unwrap();
        assert_is_formatted("one.rs", &one);
        let beside: Vec<Beside<'_>> = ["acme", "beta"]
            .into_iter()
            .zip(&programs)
            .map(|(name, program)| Beside { name, module: name.to_owned(), source: "a snapshot", program })
            .collect();
        assert_is_formatted("both.rs", &included_side_by_side(&beside, None, "both.rs").unwrap());
    }
}
