//! Names that are made from other names.

use heck::{ToShoutySnakeCase as _, ToUpperCamelCase as _};
use syn::Ident;
use syn::ext::IdentExt as _;

/// The name of a field's column unless the field says otherwise; blank if the field's name has neither letters nor digits.
pub(crate) fn column(field: &Ident) -> String {
    field.unraw().to_string().to_upper_camel_case()
}

/// The name of a field's constant, if it can be one.
pub(crate) fn constant(field: &Ident) -> Option<Ident> {
    let field_name = field.unraw().to_string();
    // The case conversion drops underscores around the name, without which `_1` is a number.
    let mut name: Ident = syn::parse_str(&field_name.to_shouty_snake_case())
        .or_else(|_| syn::parse_str(&field_name.to_uppercase()))
        .ok()?;
    name.set_span(field.span());
    Some(name)
}

/// What some write for an attribute of a field, out of habit.
const HABITS: [(&str, &str); 3] = [("rename", "column"), ("name", "column"), ("ignore", "skip")];

/// The word that was probably meant, if any is near enough: at most a third of it wrong.
pub(crate) fn nearest(word: &str, words: &[&'static str]) -> Option<&'static str> {
    let word = word.to_lowercase();
    if let Some((_, meant)) = HABITS.iter().find(|(habit, _)| *habit == word) {
        return Some(meant);
    }
    let near = words.iter().map(|known| (distance(&word, known), *known));
    let (distance, known) = near.min_by_key(|(distance, _)| *distance)?;
    (distance <= known.len().div_ceil(3)).then_some(known)
}

/// How many letters have to be inserted, deleted or replaced to get from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (row, left) in from.chars().enumerate() {
        let mut diagonal = row;
        last[0] = row + 1;
        for (column, right) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(left != *right);
            diagonal = last[column + 1];
            last[column + 1] = replaced.min(diagonal + 1).min(last[column] + 1);
        }
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [&str; 3] = ["column", "skip", "flatten"];

    #[test]
    fn a_slip_leads_to_the_word_that_was_meant() {
        for (slip, meant) in
            [("colunm", "column"), ("flaten", "flatten"), ("SKIP", "skip"), ("rename", "column")]
        {
            assert_eq!(nearest(slip, &WORDS), Some(meant), "{slip}");
        }
        assert_eq!(nearest("default", &WORDS), None);
    }

    #[test]
    fn every_name_of_a_field_gives_a_constant() {
        let constant = |field: &str| constant(&syn::parse_str(field).unwrap()).unwrap().to_string();
        assert_eq!(constant("first_name"), "FIRST_NAME");
        assert_eq!(constant("addressLine1"), "ADDRESS_LINE1");
        assert_eq!(constant("_1"), "_1");
        assert_eq!(constant("__"), "__");
        assert_eq!(constant("größe"), "GRÖSSE");
    }
}
