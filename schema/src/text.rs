//! Text from elsewhere, made fit for a message.

/// Printable text of one line: white space and control characters become single spaces, characters that turn the
/// direction of writing or show nothing are dropped, and what is above `limit` characters is cut off.
pub fn printable(text: &str, limit: usize) -> String {
    let mut clean = String::new();
    let mut length = 0;
    let mut space = false;
    for character in text.chars() {
        if character.is_whitespace() || character.is_control() {
            space = !clean.is_empty();
            continue;
        }
        if is_invisible(character) {
            continue;
        }
        if length >= limit {
            clean.push('…');
            break;
        }
        if std::mem::take(&mut space) {
            clean.push(' ');
            length += 1;
        }
        clean.push(character);
        length += 1;
    }
    clean
}

/// Whether a character turns the direction of writing or shows nothing.
pub fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_and_control_characters_become_single_spaces() {
        assert_eq!(printable("  a\r\n\t b\u{1b}[31mc\0 ", 80), "a b [31mc");
    }

    #[test]
    fn characters_that_turn_or_hide_text_are_dropped() {
        assert_eq!(printable("a\u{202e}b\u{200b}c", 80), "abc");
    }

    #[test]
    fn long_text_is_cut_off() {
        assert_eq!(printable("äöüß", 3), "äöü…");
        assert_eq!(printable("äöü", 3), "äöü");
    }
}
