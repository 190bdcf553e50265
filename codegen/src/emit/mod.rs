//! From the resolved program to the text of its files.

mod docs;
mod groups;
mod included;
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
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::files::MARK;
use crate::ir::{Mapping, Program};
use crate::{CodegenError, CrateConfig, Files};
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
pub(crate) fn single(program: &Program, config: &CrateConfig) -> Result<Files, CodegenError> {
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
    let mut files = Files::default();
    files.insert("Cargo.toml", manifest::manifest(config, "one VAN API key", &features));
    files.insert("rustfmt.toml", manifest::rustfmt(config));
    let from = generated_by(config);
    rust(&mut files, "src/lib.rs", root::root(&scope, config), &from)?;
    modules(&mut files, "src", &scope, &from)?;
    Ok(files)
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
pub(crate) fn side_by_side(profiles: &[Beside<'_>], config: &CrateConfig) -> Result<Files, CodegenError> {
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
    let mut files = Files::default();
    files.insert("Cargo.toml", manifest::manifest(config, "several VAN API keys", &features));
    files.insert("rustfmt.toml", manifest::rustfmt(config));
    let from = generated_by(config);
    rust(&mut files, "src/lib.rs", root::side_by_side(&scopes, config, statics.is_some()), &from)?;
    if let Some(statics) = statics {
        rust(&mut files, "src/shared.rs", statics, &from)?;
    }
    for (profile, (_, scope)) in profiles.iter().zip(&scopes) {
        let from = generated_from(&config.command, profile.source);
        let folder = format!("src/{}", profile.module);
        rust(&mut files, &format!("{folder}/mod.rs"), root::profile(scope), &from)?;
        modules(&mut files, &folder, scope, &from)?;
    }
    Ok(files)
}

/// Writes the modules of a profile into a folder, on all cores: a module is as large as its mapping type has fields and values.
fn modules(files: &mut Files, folder: &str, scope: &Scope<'_>, from: &str) -> Result<(), CodegenError> {
    rust(files, &format!("{folder}/resource.rs"), root::resources(scope), from)?;
    let mappings: Vec<&Mapping> = root::mappings(scope).map(|(mapping, _)| mapping).collect();
    let texts = on_all_cores(&mappings, |mapping| {
        let path = format!("{folder}/{}.rs", mapping.file);
        let mut written = Written::default();
        let tokens = mapping::module(scope, mapping, &mut written);
        format(&path, tokens, &written, from).map(|text| (path, text))
    });
    for text in texts {
        let (path, text) = text?;
        files.insert(path, text);
    }
    Ok(())
}

/// What becomes of each item, in the order of the items.
fn on_all_cores<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get).min(items.len());
    let next = AtomicUsize::new(0);
    let some = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            match items.get(index) {
                Some(item) => done.push((index, work(item))),
                None => return done,
            }
        }
    };
    let mut done = thread::scope(|scope| {
        let others: Vec<_> = (1..cores).map(|_| scope.spawn(some)).collect();
        let mut done = some();
        for other in others {
            match other.join() {
                Ok(more) => done.extend(more),
                Err(panic) => resume_unwind(panic),
            }
        }
        done
    });
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

fn rust(files: &mut Files, path: &str, tokens: TokenStream, from: &str) -> Result<(), CodegenError> {
    let text = format(path, tokens, &Written::default(), from)?;
    files.insert(path, text);
    Ok(())
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

/// Formats a file, item by item with a blank line between them, and puts on top where it comes from.
fn format(path: &str, tokens: TokenStream, written: &Written, from: &str) -> Result<String, CodegenError> {
    let file: syn::File = syn::parse2(tokens)
        .map_err(|error| CodegenError::NotRust { path: path.to_owned(), message: error.to_string() })?;
    let part =
        |attrs, items| prettyplease::unparse(&syn::File { shebang: None, frontmatter: None, attrs, items });
    let mut text = format!("// {from}\n\n{}", part(file.attrs, Vec::new()));
    let mut modules = false;
    for item in file.items {
        // Declarations of modules stand together.
        let is_module = matches!(&item, syn::Item::Mod(module) if module.content.is_none());
        if !(is_module && modules) {
            text.push('\n');
        }
        modules = is_module;
        text.push_str(&part(Vec::new(), vec![item]));
    }
    Ok(written.fill(&text))
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
