//! From tokens to the text of a file.
//!
//! prettyplease formats what is tokens; what is written as text already is put where its place is. So modules are taken
//! apart here, down to the places that stand in them.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use syn::{File, Item};

use super::layout;
use super::written::{self, Written};
use crate::CodegenError;

/// Formats a file, item by item with a blank line between them, and puts on top where it comes from.
pub(super) fn format(
    path: &str,
    tokens: TokenStream,
    written: &Written,
    from: &str,
) -> Result<String, CodegenError> {
    let mut formatter = Formatter { written, text: String::new(), after_module: false };
    formatter.text.reserve(written.len() + 1024);
    formatter.text.push_str(&format!("// {from}\n\n"));
    formatter
        .items(tokens, 0)
        .map_err(|error| CodegenError::NotRust { path: path.to_owned(), message: error.to_string() })?;
    formatter.text.shrink_to_fit();
    Ok(formatter.text)
}

struct Formatter<'a> {
    written: &'a Written,
    text: String,
    /// Whether the last item is a module in a file of its own.
    after_module: bool,
}

impl Formatter<'_> {
    /// Items in so many modules.
    fn items(&mut self, tokens: TokenStream, depth: usize) -> syn::Result<()> {
        // What is next to be formatted by prettyplease.
        let mut run: Vec<TokenTree> = Vec::new();
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rest = trees.as_slice();
        while let [first, behind @ ..] = rest {
            if let Some((text, behind)) = self.written.at(rest) {
                self.run(std::mem::take(&mut run), depth)?;
                self.blank_line(depth, false);
                self.text.push_str(text);
                rest = behind;
            } else if let Some((name, body, behind)) = module_at(rest) {
                let empty = TokenTree::Group(Group::new(Delimiter::Brace, TokenStream::new()));
                run.extend([first.clone(), TokenTree::Ident(name.clone()), empty]);
                self.run(std::mem::take(&mut run), depth)?;
                self.module(body, depth)?;
                rest = behind;
            } else {
                run.push(first.clone());
                rest = behind;
            }
        }
        self.run(run, depth)
    }

    /// What is in the module that was just written without it.
    fn module(&mut self, body: TokenStream, depth: usize) -> syn::Result<()> {
        if body.is_empty() {
            return Ok(());
        }
        if !self.text.ends_with("{}\n") {
            return Err(syn::Error::new_spanned(body, "what stands before these items is no module"));
        }
        self.text.truncate(self.text.len() - 2);
        self.text.push('\n');
        self.items(body, depth + 1)?;
        layout::start(&mut self.text, 4 * depth);
        self.text.push_str("}\n");
        Ok(())
    }

    /// What prettyplease makes of items.
    fn run(&mut self, run: Vec<TokenTree>, depth: usize) -> syn::Result<()> {
        if run.is_empty() {
            return Ok(());
        }
        if depth > 0 {
            let text = written::formatted(run.into_iter().collect(), depth, "mod")?;
            self.text.push_str(&self.written.fill(&text));
            return Ok(());
        }
        let file: File = syn::parse2(run.into_iter().collect())?;
        self.part(file.attrs, Vec::new());
        for item in file.items {
            // Declarations of modules stand together.
            let is_declaration = matches!(&item, Item::Mod(module) if module.content.is_none());
            self.blank_line(depth, is_declaration);
            self.part(Vec::new(), vec![item]);
        }
        Ok(())
    }

    fn blank_line(&mut self, depth: usize, is_declaration: bool) {
        if depth == 0 && !(is_declaration && self.after_module) {
            self.text.push('\n');
        }
        self.after_module = is_declaration;
    }

    fn part(&mut self, attrs: Vec<syn::Attribute>, items: Vec<Item>) {
        let text = prettyplease::unparse(&File { shebang: None, frontmatter: None, attrs, items });
        self.text.push_str(&self.written.fill(&text));
    }
}

/// A module with its items, if one begins here: its name, what is in it, and what follows.
fn module_at(trees: &[TokenTree]) -> Option<(&Ident, TokenStream, &[TokenTree])> {
    match trees {
        [TokenTree::Ident(keyword), TokenTree::Ident(name), TokenTree::Group(body), behind @ ..]
            if keyword == "mod" && body.delimiter() == Delimiter::Brace =>
        {
            Some((name, body.stream(), behind))
        }
        _ => None,
    }
}
