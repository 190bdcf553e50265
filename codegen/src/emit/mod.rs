//! From the resolved program to the text of its files.

mod docs;
mod groups;
mod manifest;
mod mapping;
mod needs;
mod root;
mod rules;
mod values;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::files::MARK;
use crate::ir::{Mapping, Program};
use crate::{CodegenError, Config, Files};

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

/// Writes every file of the crate.
pub(crate) fn emit(program: &Program, config: &Config) -> Result<Files, CodegenError> {
    let mut files = Files::default();
    files.insert("Cargo.toml", manifest::manifest(program, config));
    files.insert("rustfmt.toml", manifest::rustfmt(config));
    let mut rust = |path: String, tokens: TokenStream| -> Result<(), CodegenError> {
        let text = format(&path, tokens, config)?;
        files.insert(path, text);
        Ok(())
    };
    rust("src/lib.rs".to_owned(), root::root(program, config))?;
    rust("src/resource.rs".to_owned(), root::resources(program))?;
    for mapping in &program.mappings {
        rust(format!("src/{}.rs", mapping.file), mapping::module(program, mapping, config))?;
    }
    Ok(files)
}

/// Formats a file, item by item with a blank line between them, and puts on top where it comes from.
fn format(path: &str, tokens: TokenStream, config: &Config) -> Result<String, CodegenError> {
    let file: syn::File = syn::parse2(tokens)
        .map_err(|error| CodegenError::NotRust { path: path.to_owned(), message: error.to_string() })?;
    let part =
        |attrs, items| prettyplease::unparse(&syn::File { shebang: None, frontmatter: None, attrs, items });
    let mut text = format!("// {}\n\n{}", generated_by(config), part(file.attrs, Vec::new()));
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
    Ok(text)
}

/// The line that tells people and tools not to edit a file.
fn generated_by(config: &Config) -> String {
    let line = format!("{MARK} by `{}` from `{}`. Do not edit.", config.command, config.source);
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

/// Compiles an item only with a feature of a resource type that takes the mapping; always if none does.
fn only_with_features(program: &Program, mapping: &Mapping) -> TokenStream {
    let features: Vec<&str> =
        mapping.resources.iter().map(|index| program.resources[*index].feature.as_str()).collect();
    match features.as_slice() {
        [] => TokenStream::new(),
        [feature] => quote! { #[cfg(feature = #feature)] },
        features => quote! { #[cfg(any(#(feature = #features),*))] },
    }
}
