//! Schema text in documentation.
//!
//! Schema text is data: whatever it holds, it must not become markup, a link, code or a doctest, and must not end a
//! comment or turn its direction around.

/// Longer text is cut in the documentation; the snapshot keeps it whole.
const MAX_CHARS: usize = 400;

/// One line of plain text: white space folded, what is not printable replaced, cut at a readable length.
pub(crate) fn plain(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut line = String::new();
    let mut gap = false;
    for (count, c) in text.chars().enumerate() {
        if count == MAX_CHARS {
            line.push('…');
            break;
        }
        if c.is_whitespace() {
            gap = !line.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            line.push(' ');
        }
        line.push(if is_hidden(c) { '\u{fffd}' } else { c });
    }
    line
}

/// Whether there is nothing to do: short, visible, and every word one space from the next.
fn is_plain(text: &str) -> bool {
    let words = |b: u8| b.is_ascii_graphic() || b == b' ';
    text.len() <= MAX_CHARS
        && text.bytes().all(words)
        && text.trim().len() == text.len()
        && !text.contains("  ")
}

/// Control characters, and those that hide text or turn its direction around.
fn is_hidden(c: char) -> bool {
    c.is_control() || van_bulk_schema::text::is_invisible(c)
}

/// Text as Markdown that shows just this text.
///
/// Every ASCII punctuation mark that can mean something is escaped, wherever it stands; `:` and `@` too, so that no
/// address becomes a link.
pub(crate) fn markdown(text: &str) -> String {
    let mut escaped = String::new();
    for (index, c) in plain(text).chars().enumerate() {
        let means_something = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '~' | '|' | '$' | '#' | '^' | ':'
            | '@' => true,
            // A list, a heading or a table.
            '-' | '+' | '=' => index == 0,
            // An ordered list, and names of hosts, which some readers turn into links.
            '.' | ')' => escaped.chars().all(|c| c.is_ascii_digit()),
            _ => false,
        };
        if means_something {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Text as a Markdown code span, which may stand in a table.
pub(crate) fn code(text: &str) -> String {
    let text = plain(text).replace('`', "'").replace('|', "\\|");
    if text.is_empty() { "(no name)".to_owned() } else { format!("`{text}`") }
}

/// Text for a compiler message: one line, and no braces, which the compiler would take for a parameter.
pub(crate) fn message(text: &str) -> String {
    plain(text).replace('{', "{{").replace('}', "}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_one_printable_line() {
        assert_eq!(plain("  two\n\nlines\t "), "two lines");
        assert_eq!(plain("a\u{202e}b\0c"), "a\u{fffd}b\u{fffd}c");
        assert_eq!(plain(&"x".repeat(100_000)).chars().count(), MAX_CHARS + 1);
    }

    #[test]
    fn markup_is_escaped() {
        assert_eq!(markdown("[x](http://y) <b>*z*</b>"), r"\[x\](http\://y) \<b\>\*z\*\</b\>");
        assert_eq!(markdown("# heading"), r"\# heading");
        assert_eq!(markdown("1. item"), r"1\. item");
        assert_eq!(markdown("- item"), r"\- item");
        assert_eq!(markdown("yes - no"), "yes - no");
    }

    #[test]
    fn a_code_span_cannot_be_left() {
        assert_eq!(code("a`b|c"), r"`a'b\|c`");
        assert_eq!(code(" "), "(no name)");
    }

    #[test]
    fn a_message_has_no_parameters() {
        assert_eq!(message("{Self}"), "{{Self}}");
    }
}
