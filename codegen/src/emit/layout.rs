//! Breaking lines that are too long, just as prettyplease does.
//!
//! It breaks what stands in brackets: either all of it stands on one line with what follows, or each part gets a line of
//! its own. What it would break elsewhere is not broken here, and is left to it.

/// The most that prettyplease puts on a line.
pub(super) const WIDTH: usize = 89;

/// How much further the parts of a broken list are indented.
const INDENT: usize = 4;

/// Adds a line of Rust, indented, broken if it is too long, and without the end of the line. Nothing if there is no way to
/// break it here.
pub(super) fn line(text: &mut String, indent: usize, flat: &str) -> Option<()> {
    start(text, indent);
    rest_of_line(text, indent, flat, 0)
}

/// Adds `impl<..> Trait<..>` and `for Type<..>`, with so much behind them.
pub(super) fn implementation(
    text: &mut String,
    indent: usize,
    of: &str,
    on: &str,
    behind: usize,
) -> Option<()> {
    start(text, indent);
    if indent + of.len() + 1 + on.len() + behind > WIDTH {
        rest_of_line(text, indent, of, 0)?;
        if column(text) + 1 + on.len() + behind > WIDTH {
            text.push('\n');
            start(text, indent);
            return rest_of_line(text, indent, on, behind);
        }
    } else {
        text.push_str(of);
    }
    text.push(' ');
    text.push_str(on);
    Some(())
}

/// Adds the name of a field with its value, the methods that are called on that, and a comma: on one line, or each call on a
/// line of its own.
pub(super) fn chain(text: &mut String, indent: usize, value: &str, calls: &[String]) -> Option<()> {
    let len = value.len() + calls.iter().map(String::len).sum::<usize>() + 1;
    start(text, indent);
    text.push_str(value);
    let breaks = indent + len > WIDTH;
    for (index, call) in calls.iter().enumerate() {
        if breaks {
            let comma = usize::from(index + 1 == calls.len());
            if indent + INDENT + call.len() + comma > WIDTH {
                return None;
            }
            text.push('\n');
            start(text, indent + INDENT);
        }
        text.push_str(call);
    }
    text.push(',');
    (!breaks || (!calls.is_empty() && indent + value.len() <= WIDTH)).then_some(())
}

/// Adds a list of literals, or of tuples of them: on one line with what is before and behind it, or an item a line.
pub(super) fn literals(
    text: &mut String,
    indent: usize,
    before: &str,
    items: &[String],
    behind: &str,
) -> Option<()> {
    start(text, indent);
    text.push_str(before);
    let len = items.iter().map(|item| item.len() + 2).sum::<usize>().saturating_sub(2);
    if items.is_empty() || column(text) + len + behind.len() <= WIDTH {
        text.push_str(&items.join(", "));
    } else {
        text.push('\n');
        for item in items {
            // There is nothing to break in a literal, but in a tuple.
            if item.starts_with('(') && indent + INDENT + item.len() + 1 > WIDTH {
                return None;
            }
            start(text, indent + INDENT);
            text.push_str(item);
            text.push_str(",\n");
        }
        start(text, indent);
    }
    text.push_str(behind);
    Some(())
}

/// Begins a line.
pub(super) fn start(text: &mut String, indent: usize) {
    text.extend(std::iter::repeat_n(' ', indent));
}

/// How long the last line is.
pub(super) fn column(text: &str) -> usize {
    text.len() - text.rfind('\n').map_or(0, |end| end + 1)
}

/// A part of a line.
enum Piece<'t> {
    /// Text that is never broken, with the brackets of the lists around it.
    Text(&'t str),
    /// What stands in brackets, between commas.
    List(Vec<&'t str>),
}

impl Piece<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::List(items) => items.iter().map(|item| item.len() + 2).sum::<usize>().saturating_sub(2),
        }
    }
}

/// Goes on with a line that has so much behind it.
fn rest_of_line(text: &mut String, indent: usize, flat: &str, behind: usize) -> Option<()> {
    if column(text) + flat.len() + behind <= WIDTH {
        text.push_str(flat);
        return Some(());
    }
    // Empty brackets of a function are broken, too, and traits behind their names.
    if (flat.starts_with("pub fn") && flat.contains("()")) || flat.starts_with("pub trait") {
        return None;
    }
    let pieces = pieces(flat)?;
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Text(plain) => text.push_str(plain),
            Piece::List(items) => {
                // The arguments of a function are broken on their own, and bounds stand further to the right.
                let are_generics = matches!(pieces.get(index + 1), Some(Piece::Text(">(")));
                let (behind, further) = match are_generics {
                    true => (2, INDENT),
                    false => (pieces[index + 1..].iter().map(Piece::len).sum::<usize>() + behind, 0),
                };
                list(text, indent, items, piece.len() + behind, further)?;
            }
        }
    }
    (column(text) + behind <= WIDTH).then_some(())
}

/// What stands in brackets: on this line, if it and what is behind it are no longer than that. What is broken in its items stands
/// that much further to the right.
fn list(text: &mut String, indent: usize, items: &[&str], len: usize, further: usize) -> Option<()> {
    if column(text) + len <= WIDTH {
        text.push_str(&items.join(", "));
        return Some(());
    }
    if items.iter().any(|item| item.is_empty()) {
        return None;
    }
    // What opens the brackets must fit, too.
    (column(text) <= WIDTH).then_some(())?;
    text.push('\n');
    for (index, item) in items.iter().enumerate() {
        // The comma behind the last one is there only because of the break.
        let comma = usize::from(index + 1 < items.len());
        start(text, indent + INDENT);
        let mut indent = indent + INDENT + further;
        let mut item = *item;
        if let Some((name, value)) = default_that_is_too_long(item, column(text) + comma) {
            text.push_str(name);
            text.push('\n');
            indent += INDENT;
            start(text, indent);
            item = value;
        }
        rest_of_line(text, indent, item, comma)?;
        text.push_str(",\n");
    }
    start(text, indent);
    Some(())
}

/// A parameter and its default with the sign before it, which gets a line of its own if there is no room behind so much.
fn default_that_is_too_long(item: &str, before: usize) -> Option<(&str, &str)> {
    let at = item.find(" = ").filter(|_| before + item.len() > WIDTH)?;
    Some((&item[..at], &item[at + 1..]))
}

/// The texts and lists of a line; nothing if a bracket is not closed before others are.
fn pieces(flat: &str) -> Option<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    let (mut begun, mut from) = (0, 0);
    while let Some(open) = flat[from..].find(['<', '(', '[']).map(|at| from + at) {
        let inner = open + 1;
        let (items, close) = items(flat, inner)?;
        from = close + 1;
        // `<Type as Trait>::Name` is never broken, and there is nothing to break in `()`.
        if close > inner && !flat[inner..close].contains(" as ") {
            pieces.push(Piece::Text(&flat[begun..inner]));
            pieces.push(Piece::List(items));
            begun = close;
        }
    }
    pieces.push(Piece::Text(&flat[begun..]));
    Some(pieces)
}

/// What stands between the commas of a list that begins at a place, and where it ends.
fn items(flat: &str, begin: usize) -> Option<(Vec<&str>, usize)> {
    let (mut items, mut depth, mut begun) = (Vec::new(), 0_usize, begin);
    let mut before = ' ';
    for (at, c) in flat[begin..].char_indices().map(|(at, c)| (begin + at, c)) {
        match c {
            '<' | '(' | '[' => depth += 1,
            '>' if before == '-' => {}
            '>' | ')' | ']' if depth == 0 => {
                items.push(flat[begun..at].trim_start());
                return Some((items, at));
            }
            '>' | ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                items.push(flat[begun..at].trim_start());
                begun = at + 1;
            }
            // Brackets in literals are none.
            '"' => return None,
            _ => {}
        }
        before = c;
    }
    None
}
