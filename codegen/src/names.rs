//! Rust names for VAN's names.
//!
//! A Rust name is only ever a convenience: what is sent to VAN is always the wire name. Any text can be named: empty,
//! numeric, a keyword, emoji. Names that collide in their scope get a number, in the order of their wire names.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToKebabCase as _, ToSnakeCase as _, ToUpperCamelCase as _};
use unicode_normalization::UnicodeNormalization as _;
use van_bulk_schema::overrides::rust_name::is_keyword;

/// `ActivistCodeID` as the name of a method or module: `activist_code_id`.
pub(crate) fn snake(wire: &str, fallback: &str) -> String {
    identifier(&composed(wire).to_snake_case(), fallback)
}

/// `ActivistCodeID` as the name of a type: `ActivistCodeId`.
pub(crate) fn camel(wire: &str, fallback: &str) -> String {
    identifier(&composed(wire).to_upper_camel_case(), fallback)
}

/// VAN's spelling, with `_` for what no identifier can hold.
pub(crate) fn verbatim(wire: &str, fallback: &str) -> String {
    let kept: String =
        composed(wire).chars().map(|c| if unicode_ident::is_xid_continue(c) { c } else { '_' }).collect();
    identifier(&kept, fallback)
}

/// The name of a Cargo feature: `ContactsActivistCodes` becomes `contacts-activist-codes`.
pub(crate) fn feature(wire: &str) -> String {
    let kept: String = wire
        .to_kebab_case()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect::<String>()
        .trim_matches('-')
        .to_owned();
    if kept.is_empty() { "resource".to_owned() } else { kept }
}

/// The name of a module's file: Rust loads modules from files with ASCII names only.
pub(crate) fn file(module: &str) -> String {
    module.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect()
}

/// The form in which the compiler compares identifiers.
fn composed(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { text.nfc().collect() }
}

/// Whether the compiler takes the text for itself and not for another that looks the same.
pub(crate) fn is_composed(text: &str) -> bool {
    unicode_normalization::is_nfc(text)
}

/// The longest identifier that is written; a longer name is cut.
const MAX_CHARS: usize = 80;

fn identifier(text: &str, fallback: &str) -> String {
    let kept: String = text.chars().filter(|c| unicode_ident::is_xid_continue(*c)).take(MAX_CHARS).collect();
    let mut name = composed(&kept);
    if name.chars().all(|c| c == '_') {
        return fallback.to_owned();
    }
    if name.chars().next().is_some_and(|c| !unicode_ident::is_xid_start(c) && c != '_') {
        let separator = if fallback.starts_with(char::is_lowercase) { "_" } else { "" };
        name = format!("{fallback}{separator}{name}");
    }
    if is_keyword(&name) {
        name.push('_');
    }
    name
}

/// The names that are taken in one scope.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    taken: BTreeSet<String>,
    /// By wire name; these are taken, too.
    remembered: BTreeMap<String, String>,
}

impl Scope {
    /// A scope in which some names mean something already.
    pub(crate) fn reserving<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self { taken: names.into_iter().map(str::to_owned).collect(), remembered: BTreeMap::new() }
    }

    /// Keeps names for their wire names, whether these come or not: others are numbered around them. A name that means
    /// something already, or is kept for another wire name, is not kept again; nor gets a wire name a second one. So what
    /// counts most is remembered first.
    #[must_use]
    pub(crate) fn remembering<'a>(mut self, names: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        for (wire, name) in names {
            let name = composed(name);
            if !self.remembered.contains_key(wire) && self.taken.insert(name.clone()) {
                self.remembered.insert(wire.to_owned(), name);
            }
        }
        self
    }

    /// Takes the name that is remembered for `wire`; if there is none, or it was taken already, [`take`](Self::take)s
    /// `name`.
    pub(crate) fn take_for(&mut self, wire: &str, name: String) -> String {
        match self.remembered.remove(wire) {
            Some(remembered) => remembered,
            None => self.take(name),
        }
    }

    /// Takes `name`, or the first free of `name_2`, `name_3` and so on.
    pub(crate) fn take(&mut self, name: String) -> String {
        let mut free = name.clone();
        let mut number = 2;
        while self.taken.contains(&free) {
            free = format!("{}_{number}", name.trim_end_matches('_'));
            number += 1;
        }
        self.taken.insert(free.clone());
        free
    }
}

#[cfg(test)]
mod tests {
    use van_bulk_schema::overrides::rust_name::KEYWORDS;

    use super::*;

    #[test]
    fn vans_names_become_rust_names() {
        assert_eq!(snake("ActivistCodeID", "field"), "activist_code_id");
        assert_eq!(camel("ActivistCodeID", "Field"), "ActivistCodeId");
        assert_eq!(verbatim("External_3ID", "Field"), "External_3ID");
        assert_eq!(feature("ContactsActivistCodes"), "contacts-activist-codes");
    }

    #[test]
    fn every_keyword_of_every_edition_gets_an_underscore() {
        for keyword in KEYWORDS.iter().filter(|keyword| **keyword != "_") {
            let name = verbatim(keyword, "field");
            assert_eq!(name, format!("{keyword}_"));
            assert!(syn::parse_str::<syn::Ident>(&name).is_ok(), "{name}");
        }
    }

    #[test]
    fn any_text_becomes_an_identifier() {
        for text in [
            "",
            " ",
            "_",
            "__",
            "1",
            "1 Phone",
            "🎉",
            "self",
            "r#type",
            "=,>,<",
            "é",
            "日本",
            "a\u{202e}b",
            "\0",
            "\u{390}",
            "\u{3b1}\0\u{345}",
        ] {
            for name in [snake(text, "field"), camel(text, "Field"), verbatim(text, "Field")] {
                assert!(syn::parse_str::<syn::Ident>(&name).is_ok(), "{text:?} became {name:?}");
                assert!(is_composed(&name), "{text:?} became {name:?}");
            }
        }
    }

    #[test]
    fn names_that_the_compiler_takes_for_the_same_are_the_same() {
        assert_eq!(snake("e\u{301}", "field"), snake("\u{e9}", "field"));
    }

    #[test]
    fn a_leading_digit_gets_the_kind_in_front() {
        assert_eq!(snake("2nd Phone", "field"), "field_2nd_phone");
        assert_eq!(camel("2nd Phone", "Value"), "Value2ndPhone");
    }

    #[test]
    fn colliding_names_are_numbered() {
        let mut scope = Scope::reserving(["new"]);
        assert_eq!(scope.take("new".to_owned()), "new_2");
        assert_eq!(scope.take("email".to_owned()), "email");
        assert_eq!(scope.take("email".to_owned()), "email_2");
        assert_eq!(scope.take("self_".to_owned()), "self_");
        assert_eq!(scope.take("self_".to_owned()), "self_2");
    }

    #[test]
    fn a_remembered_name_stays_and_what_comes_later_is_numbered_around_it() {
        let mut scope = Scope::default().remembering([("e-mail", "email"), ("Email", "email_2")]);
        // In the order of wire names, which would have given `email` to another.
        assert_eq!(scope.take_for("EMail", "email".to_owned()), "email_3");
        assert_eq!(scope.take_for("Email", "email".to_owned()), "email_2");
        assert_eq!(scope.take_for("e-mail", "e_mail".to_owned()), "email");
    }

    #[test]
    fn a_remembered_name_is_kept_while_its_wire_name_is_gone() {
        let mut scope = Scope::default().remembering([("Gone", "phone")]);
        assert_eq!(scope.take_for("Phone", "phone".to_owned()), "phone_2");
    }

    #[test]
    fn what_is_remembered_first_counts() {
        let given = [("A", "chosen")];
        let lock = [("A", "a"), ("B", "chosen"), ("C", "new"), ("D", "d")];
        let mut scope = Scope::reserving(["new"]).remembering(given).remembering(lock);
        assert_eq!(scope.take_for("A", "a".to_owned()), "chosen");
        assert_eq!(scope.take_for("B", "b".to_owned()), "b");
        assert_eq!(scope.take_for("C", "c".to_owned()), "c");
        assert_eq!(scope.take_for("D", "x".to_owned()), "d");
    }

    #[test]
    fn a_remembered_name_is_given_once() {
        let mut scope = Scope::default().remembering([("A", "a")]);
        assert_eq!(scope.take_for("A", "a".to_owned()), "a");
        assert_eq!(scope.take_for("A", "a".to_owned()), "a_2");
    }

    #[test]
    fn remembered_names_are_compared_as_the_compiler_does() {
        let mut scope = Scope::default().remembering([("A", "e\u{301}")]);
        assert_eq!(scope.take_for("B", "\u{e9}".to_owned()), "\u{e9}_2");
    }
}
