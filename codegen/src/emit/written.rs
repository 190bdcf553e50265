//! What is written as text, just as prettyplease would format it.
//!
//! Parsing and formatting take far more time than all else, and nearly all items are of a few shapes. So tokens hold the place
//! of their text, which is put there when the rest of the file is formatted. What `layout` cannot break into lines becomes tokens:
//! only prettyplease knows how to break it.

use proc_macro2::{Delimiter, Literal, TokenStream, TokenTree};
use quote::{format_ident, quote};

use super::layout;

/// What tokens call the places of texts: a macro, whose argument is the number of the text.
const PLACE: &str = "__written";

/// The texts of a file.
#[derive(Debug, Default)]
pub(super) struct Written(Vec<String>);

impl Written {
    /// Keeps a text, and gives what holds its place among items or methods.
    pub(super) fn place(&mut self, text: String) -> TokenStream {
        let index = Literal::usize_unsuffixed(self.0.len());
        self.0.push(text);
        quote! { __written!(#index); }
    }

    /// How long all texts are.
    pub(super) fn len(&self) -> usize {
        self.0.iter().map(String::len).sum()
    }

    /// The text whose place begins here, and what follows.
    pub(super) fn at<'t>(&self, trees: &'t [TokenTree]) -> Option<(&str, &'t [TokenTree])> {
        let [
            TokenTree::Ident(name),
            TokenTree::Punct(_),
            TokenTree::Group(index),
            TokenTree::Punct(_),
            behind @ ..,
        ] = trees
        else {
            return None;
        };
        if index.delimiter() != Delimiter::Parenthesis || name != PLACE {
            return None;
        }
        let index: usize = index.stream().to_string().parse().ok()?;
        Some((self.0.get(index)?, behind))
    }

    /// Puts the texts where their places are.
    pub(super) fn fill(&self, formatted: &str) -> String {
        let mut filled = String::with_capacity(formatted.len());
        for line in formatted.split_inclusive('\n') {
            let place = line.trim_start().strip_prefix(PLACE).and_then(|rest| rest.strip_prefix("!("));
            let place = place.and_then(|rest| rest.split_once(')'));
            match place.and_then(|(index, _)| self.0.get(index.parse::<usize>().ok()?)) {
                Some(text) => filled.push_str(text),
                None => filled.push_str(line),
            }
        }
        filled
    }
}

/// Lines of items, which hold the place of themselves; as tokens, if one is too long for a line.
pub(super) fn items(written: &mut Written, indent: usize, items: &[String]) -> TokenStream {
    let mut code = Code::default();
    for item in items {
        let line = item.trim_start();
        let further = item.len() - line.len();
        // Documentation is never broken, and neither is what an attribute says.
        if ["///", "message", "label", "note"].iter().any(|start| line.starts_with(start)) {
            code.whole(further, line.trim_end());
        } else if let Some((of, on)) = line.strip_suffix(" {}").and_then(|head| head.split_once(" for ")) {
            code.implementation(further, of.to_owned(), format!("for {on}"), " {}");
        } else {
            code.line(further, line);
        }
    }
    code.place(written, indent)
}

/// What prettyplease makes of tokens that stand in so many braces, each behind this keyword and a name.
pub(super) fn formatted(tokens: TokenStream, depth: usize, keyword: &str) -> syn::Result<String> {
    let keyword = format_ident!("{keyword}");
    let mut item = quote! { #keyword x { #tokens } };
    for _ in 1..depth {
        item = quote! { mod x { #item } };
    }
    let mut text = prettyplease::unparse(&syn::parse2(item)?);
    // Without the lines of the braces.
    let end = text.rmatch_indices('\n').nth(depth).map_or(0, |(at, _)| at + 1);
    text.truncate(end);
    let begin = text.match_indices('\n').nth(depth - 1).map_or(text.len(), |(at, _)| at + 1);
    text.drain(..begin);
    Ok(text)
}

/// The tokens of a text. What has none becomes what is no Rust either, which is found when the file is parsed.
pub(super) fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap_or_else(|_| quote! { ! })
}

/// An item, line by line: as text, or as tokens where a line is too long for what is known here.
#[derive(Default)]
pub(super) struct Code(Vec<(usize, Line)>);

enum Line {
    /// Documentation, literals and the like are never broken.
    Whole(String),
    /// Broken where it has brackets.
    Code(String),
    /// `impl<..> Trait<..>`, `for Type<..>`, and what is behind that.
    Implementation(String, String, &'static str),
    /// The name of a field with its value, and the methods that are called on that.
    Chain(String, Vec<String>),
    /// What is before the items of a list, the items, and what is behind them.
    List(String, Vec<String>, &'static str),
    /// Several lines, each with its indentation and its end.
    Formatted(String),
    /// What only prettyplease can format.
    Irregular(String),
}

impl Code {
    pub(super) fn docs(&mut self, further: usize, lines: &[String]) {
        for line in lines {
            self.whole(further, format!("/// {line}").trim_end());
        }
    }

    pub(super) fn aliases<'a>(&mut self, further: usize, names: impl IntoIterator<Item = &'a str>) {
        for name in names {
            self.line(further, format!("#[doc(alias = \"{name}\")]"));
        }
    }

    pub(super) fn whole(&mut self, further: usize, text: impl Into<String>) {
        self.0.push((further, Line::Whole(text.into())));
    }

    pub(super) fn line(&mut self, further: usize, text: impl Into<String>) {
        self.0.push((further, Line::Code(text.into())));
    }

    /// An implementation of a trait. Behind its head is ` {`, or nothing if there are bounds.
    pub(super) fn implementation(&mut self, further: usize, of: String, on: String, behind: &'static str) {
        self.0.push((further, Line::Implementation(of, on, behind)));
    }

    pub(super) fn chain(&mut self, further: usize, value: String, calls: Vec<String>) {
        self.0.push((further, Line::Chain(value, calls)));
    }

    /// A list of literals, or of tuples of them.
    pub(super) fn list(&mut self, further: usize, before: String, items: Vec<String>, behind: &'static str) {
        self.0.push((further, Line::List(before, items, behind)));
    }

    pub(super) fn irregular(&mut self, text: String) {
        self.0.push((0, Line::Irregular(text)));
    }

    pub(super) fn formatted(&mut self, text: String) {
        self.0.push((0, Line::Formatted(text)));
    }

    /// The head of a method, its bounds if there are any, and the brace behind them.
    pub(super) fn head(&mut self, further: usize, head: String, bounds: Vec<String>) {
        if bounds.is_empty() {
            self.line(further, head + " {");
        } else {
            self.line(further, head);
            self.bounds(further, bounds);
        }
    }

    /// A where clause, and the brace behind it.
    pub(super) fn bounds(&mut self, further: usize, bounds: Vec<String>) {
        self.line(further, "where");
        for bound in bounds {
            self.line(further + 4, format!("{bound},"));
        }
        self.line(further, "{");
    }

    /// Keeps the text, and gives what holds its place.
    pub(super) fn place(self, written: &mut Written, indent: usize) -> TokenStream {
        match self.text(indent) {
            Some(text) => written.place(text),
            None => tokens(&self.flat()),
        }
    }

    /// The text of a method, whoever breaks its lines.
    pub(super) fn method(&self, indent: usize) -> String {
        let text = self.text(indent);
        // What prettyplease cannot read is found when it is to read the whole.
        text.or_else(|| formatted(tokens(&self.flat()), indent / 4, "impl").ok())
            .unwrap_or_else(|| self.flat())
    }

    fn text(&self, indent: usize) -> Option<String> {
        let mut text = String::new();
        for (further, line) in &self.0 {
            let indent = indent + further;
            match line {
                Line::Whole(whole) => {
                    layout::start(&mut text, indent);
                    text.push_str(whole);
                }
                Line::Code(code) => layout::line(&mut text, indent, code)?,
                Line::Implementation(of, on, behind) => {
                    // A brace that follows another may stand beyond the end of the line.
                    let len = behind.trim_end_matches('}').len();
                    layout::implementation(&mut text, indent, of, on, len)?;
                    text.push_str(behind);
                }
                Line::Chain(value, calls) => layout::chain(&mut text, indent, value, calls)?,
                Line::List(before, items, behind) => {
                    layout::literals(&mut text, indent, before, items, behind)?;
                }
                Line::Formatted(lines) => {
                    text.push_str(lines);
                    continue;
                }
                Line::Irregular(_) => return None,
            }
            text.push('\n');
        }
        Some(text)
    }

    /// All of it, not broken.
    pub(super) fn flat(&self) -> String {
        let mut flat = String::new();
        for (_, line) in &self.0 {
            match line {
                Line::Whole(text) | Line::Code(text) | Line::Formatted(text) | Line::Irregular(text) => {
                    flat.push_str(text);
                }
                Line::List(before, items, behind) => {
                    flat.push_str(&format!("{before}{}{behind}", items.join(", ")));
                }
                Line::Implementation(of, on, behind) => flat.push_str(&format!("{of} {on}{behind}")),
                Line::Chain(value, calls) => flat.push_str(&format!("{value}{},", calls.concat())),
            }
            flat.push('\n');
        }
        flat
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_method_is_what_prettyplease_writes_however_long_its_names_are() {
        let mut written = 0;
        for length in 1..80 {
            let long = "x".repeat(length);
            for shape in 0..32 {
                let is = |bit: u32| shape >> bit & 1 == 1;
                for (name, other) in [(long.as_str(), "short"), ("short", long.as_str()), (&long, &long)] {
                    let bound = match is(0) {
                        true => format!("needs::{other}<field::{other}, Row>"),
                        false => format!("needs::{other}<Row>"),
                    };
                    let (generics, source) = match is(1) {
                        true => (format!("<Source: {bound}>"), "Source".to_owned()),
                        false => (String::new(), format!("impl {bound}")),
                    };
                    let gives = match (is(2), is(3)) {
                        (false, _) => "Self".to_owned(),
                        (true, false) => format!("Name<Row, {other}>"),
                        (true, true) => format!("Name<Row, ({other}, ::van_bulk::Dynamic, {other})>"),
                    };
                    let mut code = Code::default();
                    code.docs(0, &["Fills it. ".to_owned(), String::new(), "Needs more.".to_owned()]);
                    code.aliases(0, ["It"]);
                    let head = format!("pub fn {name}{generics}(self, source: {source}) -> {gives}");
                    let bounds = if is(4) { vec![format!("{other}: needs::Gate")] } else { Vec::new() };
                    code.head(0, head, bounds);
                    code.line(4, "Self {");
                    code.line(8, format!("core: self.core.fill({length}, \"{other}\", source),"));
                    code.line(4, "}");
                    code.line(0, "}");
                    for indent in [4, 8, 12] {
                        if let Some(text) = code.text(indent) {
                            let tokens = tokens(&code.flat());
                            assert_eq!(text, formatted(tokens, indent / 4, "impl").unwrap());
                            written += 1;
                        }
                    }
                }
            }
        }
        assert!(written > 10_000, "only {written} methods were short enough to be written");
    }

    #[test]
    fn a_text_stands_where_its_place_was() {
        let mut written = Written::default();
        let first = written.place("    pub fn one() {}\n".to_owned());
        let second = written.place("pub enum Two {}\n".to_owned());
        let file = syn::parse2(quote! { #second impl X { #first } }).unwrap();
        let text = written.fill(&prettyplease::unparse(&file));
        assert_eq!(text, "pub enum Two {}\nimpl X {\n    pub fn one() {}\n}\n");
    }

    #[test]
    fn items_that_are_too_long_are_left_to_prettyplease() {
        let mut written = Written::default();
        let long = format!("impl Trait for {} {{}}", "X".repeat(layout::WIDTH));
        let tokens = items(&mut written, 0, &["/// It is long.".to_owned(), long]);
        assert!(written.0.is_empty());
        assert!(syn::parse2::<syn::ItemImpl>(tokens).is_ok());
    }
}
