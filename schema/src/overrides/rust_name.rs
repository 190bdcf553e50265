//! What Rust takes for a name.

/// Keywords of every edition, strict and reserved, with the names that cannot be raw identifiers.
pub const KEYWORDS: &[&str] = &[
    "Self", "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self",
    "static", "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Whether `word` is a keyword in some edition.
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// Whether `text` can name something in every edition without `r#`.
pub fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    let starts = chars.next().is_some_and(|first| first == '_' || unicode_ident::is_xid_start(first));
    starts && chars.all(unicode_ident::is_xid_continue) && !is_keyword(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_needs_no_escape_is_an_identifier() {
        for name in ["email", "Email2", "_hidden", "é", "日本"] {
            assert!(is_identifier(name), "{name}");
        }
        for name in ["", "_", "2nd", "e-mail", "a b", "r#type", "type", "gen", "Self", "🎉", "a\u{202e}b"] {
            assert!(!is_identifier(name), "{name}");
        }
    }
}
