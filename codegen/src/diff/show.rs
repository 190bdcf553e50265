//! A diff as text for a terminal and as Markdown for a pull request.
//!
//! Words of a schema may hold anything: in text they are one printable line, in Markdown they are code.

use std::fmt;

use super::sentence::{code, quoted};
use super::{Bump, Change, Diff, Place, Verdict};

/// GitHub takes 65,536 characters for the text of a pull request; whoever opens it may want to add some.
const MOST_BYTES: usize = 60_000;

impl Place {
    /// The names from the outside in.
    fn names(&self) -> Vec<&str> {
        let names = [&self.mapping_type, &self.field, &self.value, &self.resource_type];
        names.into_iter().flatten().map(String::as_str).collect()
    }

    fn markdown(&self) -> String {
        let names: Vec<String> = self.names().into_iter().map(code).collect();
        if names.is_empty() { "the profile".to_owned() } else { names.join(" › ") }
    }
}

/// On one line.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.names().into_iter().map(quoted).collect();
        f.write_str(&if names.is_empty() { "the profile".to_owned() } else { names.join(" › ") })
    }
}

impl Change {
    fn note(&self) -> &'static str {
        if self.silent { " (programs may compile all the same)" } else { "" }
    }
}

impl Diff {
    /// How many changes there are of each verdict, and the bump.
    fn summary(&self) -> String {
        if self.changes.is_empty() {
            return "Nothing changed.".to_owned();
        }
        let counts: Vec<String> = Verdict::ALL
            .into_iter()
            .filter(|verdict| self.count(*verdict) > 0)
            .map(|verdict| format!("{} {verdict}", self.count(verdict)))
            .collect();
        format!("{}. Suggested version bump: {}.", counts.join(", "), bump(self.semver()))
    }

    /// As Markdown that is ready for a pull request: at most 60,000 bytes, the worst first. What the schema says is code
    /// there, so nothing of it becomes markup, a link or a mention.
    pub fn markdown(&self) -> String {
        let mut text = format!("## Changes of the schema\n\n{}\n", self.summary());
        let mut left = self.changes.len();
        for verdict in Verdict::ALL {
            let rows: Vec<String> = self.of(verdict).map(row).collect();
            if rows.is_empty() {
                continue;
            }
            let head = format!("\n### {}\n\n", verdict.title());
            if text.len() + head.len() + rows[0].len() > MOST_BYTES {
                break;
            }
            text.push_str(&head);
            for row in rows {
                if text.len() + row.len() > MOST_BYTES {
                    break;
                }
                text.push_str(&row);
                left -= 1;
            }
        }
        if left > 0 {
            text.push_str(&format!("\nand {left} more: `cargo van-bulk diff` shows all.\n"));
        }
        text
    }

    fn of(&self, verdict: Verdict) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.verdict == verdict)
    }
}

fn bump(bump: Bump) -> String {
    match bump.below_one() {
        below if below == bump => bump.to_string(),
        below => format!("{bump} ({below} below 1.0)"),
    }
}

/// At most so many items of a change are shown.
const MOST_ITEMS: usize = 5;

/// The first items, and how many more there are.
fn items(change: &Change, shown: impl Fn(&str) -> String) -> String {
    let mut items: Vec<String> = change.rust_items.iter().take(MOST_ITEMS).map(|item| shown(item)).collect();
    if change.rust_items.len() > MOST_ITEMS {
        items.push(format!("{} more", change.rust_items.len() - MOST_ITEMS));
    }
    items.join(", ")
}

fn row(change: &Change) -> String {
    let mut row = format!("- {}: {}{}", change.place.markdown(), change.what.markdown(), change.note());
    if !change.rust_items.is_empty() {
        row.push_str(&format!("<br>{}", items(change, code)));
    }
    row.push('\n');
    row
}

/// Every change with the Rust items that it touches, the worst first.
impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary())?;
        for verdict in Verdict::ALL.into_iter().filter(|verdict| self.count(*verdict) > 0) {
            write!(f, "\n\n{}", verdict.title())?;
            for change in self.of(verdict) {
                write!(f, "\n  {}: {}{}", change.place, change.what, change.note())?;
                if !change.rust_items.is_empty() {
                    write!(f, "\n      {}", items(change, str::to_owned))?;
                }
            }
        }
        Ok(())
    }
}
