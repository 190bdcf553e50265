//! Tells how the columns of some rows differ from those of the job.

use van_bulk_schema::text::printable;

/// What is wrong with the columns `found`, if anything: they must be `expected`, spelled and ordered alike.
pub(super) fn difference(found: &[&str], expected: &[&str]) -> Option<String> {
    if found == expected {
        return None;
    }
    let missing = names_not_in(expected, found);
    let surplus = names_not_in(found, expected);
    let mut problems = Vec::new();
    if missing.is_empty() && surplus.is_empty() {
        let at = found.iter().zip(expected).position(|(found, expected)| found != expected);
        problems.push(match at {
            Some(at) => format!(
                "the names are the same but not their order, from column {} on, which is `{}` instead of `{}`",
                at + 1,
                printable(found[at], 80),
                printable(expected[at], 80)
            ),
            None => "a name is there twice".to_owned(),
        });
    }
    if !missing.is_empty() {
        problems.push(format!("lacking: {}", quoted(&missing)));
    }
    if !surplus.is_empty() {
        problems.push(format!("not in the job: {}", quoted(&surplus)));
    }
    let near = missing
        .iter()
        .find_map(|name| van_bulk::header::nearest(name, surplus.iter().copied()).map(|near| (near, *name)));
    if let Some((near, name)) = near {
        problems.push(format!("perhaps `{}` is meant to be `{}`", printable(near, 80), printable(name, 80)));
    }
    Some(problems.join("; "))
}

fn names_not_in<'a>(names: &[&'a str], others: &[&str]) -> Vec<&'a str> {
    names.iter().copied().filter(|name| !others.contains(name)).collect()
}

/// Blanks around a name would not be seen.
fn shown_name(name: &str) -> String {
    const LONGEST: usize = 80;
    let shown = printable(name, LONGEST);
    let note = match name.trim() == name {
        false => " (with blanks around it)",
        true if shown != name && name.chars().nth(LONGEST).is_none() => " (with characters that do not show)",
        true => "",
    };
    format!("`{shown}`{note}")
}

fn quoted(names: &[&str]) -> String {
    const SHOWN: usize = 10;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| shown_name(name)).collect();
    let mut list = shown.join(", ");
    if names.len() > SHOWN {
        list.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    list
}
