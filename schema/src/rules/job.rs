//! Rules about the job and its file.

use van_bulk::header::{ColumnProblem, MAX_COLUMNS, column_problems, same_name};
use van_bulk::job::{DescriptionProblem, MAX_DESCRIPTION_CHARS, description_problems};

use super::codes::*;
use super::context::{Context, Findings, error, warning};
use crate::json::JsonPath;
use crate::key_column;
use crate::payload::Delimiter;

fn file(key: &str) -> JsonPath {
    JsonPath::root().key("file").key(key)
}

pub(super) fn description_is_good(context: &Context<'_>, findings: &mut Findings) {
    for problem in description_problems(&context.payload.description) {
        let (message, help) = match problem {
            DescriptionProblem::Missing => (
                "the job has no `description`".to_owned(),
                "say what the import is for; VAN shows it in its notifications".to_owned(),
            ),
            DescriptionProblem::TooLong { characters } => (
                format!("the `description` has {characters} characters"),
                format!("VAN allows {MAX_DESCRIPTION_CHARS}; shorten it"),
            ),
            DescriptionProblem::Forbidden { forbidden } => (
                format!("the `description` holds `{forbidden}`"),
                "VAN refuses `<`, `>` and `&#`, which it takes for HTML; write it in words".to_owned(),
            ),
        };
        findings.push(error(DESCRIPTION, JsonPath::root().key("description"), message).help(help));
    }
}

pub(super) fn file_name_is_given(context: &Context<'_>, findings: &mut Findings) {
    if context.payload.file.file_name.trim().is_empty() {
        findings.push(
            error(FILE_NAME, file("fileName"), "the file has no `fileName`")
                .help("name the delimited file inside the zip, such as `contacts.csv`"),
        );
    }
}

pub(super) fn source_url_is_given(context: &Context<'_>, findings: &mut Findings) {
    if context.payload.file.source_url.trim().is_empty() {
        findings.push(
            error(SOURCE_URL, file("sourceUrl"), "the file has no `sourceUrl`")
                .help("publish the zip where VAN can fetch it and give its URL"),
        );
    }
}

pub(super) fn source_url_can_be_fetched(context: &Context<'_>, findings: &mut Findings) {
    let url = context.payload.file.source_url.as_ref();
    if url.trim().is_empty() {
        return;
    }
    let help = "give an absolute URL that starts with `https://`, `http://` or `sftp://` and names a host";
    // The URL itself may hold a signature, so it is not repeated here.
    match scheme(url) {
        None => findings.push(
            error(SOURCE_URL, file("sourceUrl"), "the `sourceUrl` is not a URL that VAN can fetch")
                .help(help),
        ),
        Some(scheme) if !SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)) => findings.push(
            warning(
                SOURCE_URL,
                file("sourceUrl"),
                format!(
                    "whether VAN fetches from `{scheme}://` is not known; VAN's docs do not list the schemes"
                ),
            )
            .help(help),
        ),
        Some(_) => {}
    }
}

/// The schemes that VAN is likely to fetch from: our reading, VAN's docs do not list them.
const SCHEMES: [&str; 3] = ["http", "https", "sftp"];

/// The scheme of a URL that names a host.
fn scheme(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let is_good = is_scheme
        && !host.is_empty()
        && !host.starts_with(':')
        && !url.contains(|c: char| c.is_whitespace() || c.is_control());
    is_good.then_some(scheme)
}

pub(super) fn columns_are_good(context: &Context<'_>, findings: &mut Findings) {
    let names: Vec<&str> = context.columns().collect();
    let name = |position: usize| file("columns").index(position - 1).key("name");
    for problem in column_problems(&names) {
        findings.push(match problem {
            ColumnProblem::None => error(COLUMN_COUNT, file("columns"), "the file has no `columns`")
                .help("name every column in the order of the file; VAN never reads names from the header"),
            ColumnProblem::TooMany { count } => {
                error(COLUMN_COUNT, file("columns"), format!("the file has {count} columns")).help(format!(
                    "VAN allows {MAX_COLUMNS}; leave out what no mapping uses, or split the import"
                ))
            }
            ColumnProblem::Blank { position } => {
                error(BLANK_COLUMN, name(position), format!("column {position} has no `name`"))
                    .help("name every column; the name need not be in the file")
            }
            ColumnProblem::Duplicate { name: duplicate, first, second } => error(
                DUPLICATE_COLUMN,
                name(second),
                format!(
                    "column {first} is already named `{duplicate}`; case and blanks around it do not count"
                ),
            )
            .help("give each column a name of its own; the name need not be in the file"),
        });
    }
}

/// A doubt, not an error: that the column must be there and be the first was seen in other clients, not in VAN's docs.
pub(super) fn key_column_is_first(context: &Context<'_>, findings: &mut Findings) {
    let mut actions = context.payload.actions.iter();
    let Some(action) = actions.find(|action| key_column::is_needed(action)) else { return };
    // A job without any column is an error of its own.
    if context.payload.file.columns.is_empty() {
        return;
    }
    let resource = &action.resource_type;
    let column = key_column::VAN_ID;
    let finding = match context.columns().position(|name| same_name(name, column)) {
        Some(0) => return,
        Some(index) => warning(
            KEY_COLUMN,
            file("columns").index(index).key("name"),
            format!(
                "`{column}`, by which the rows of `{resource}` find their contacts, is not the first column"
            ),
        )
        .help("make it the first, as other clients do; VAN's docs do not say whether it must be"),
        None => warning(
            KEY_COLUMN,
            file("columns"),
            format!(
                "there is no column `{column}` by which the rows of `{resource}` could find their contacts"
            ),
        )
        .help(format!(
            "make `{column}` the first column, as other clients do, or let `{}` find them by other fields",
            key_column::CREATE_OR_UPDATE_CONTACT
        )),
    };
    findings.push(finding);
}

pub(super) fn delimiter_is_known(context: &Context<'_>, findings: &mut Findings) {
    if let Delimiter::Other(word) = &context.payload.file.column_delimiter {
        findings.push(
            error(
                UNKNOWN_DELIMITER,
                file("columnDelimiter"),
                format!("`{word}` is no known `columnDelimiter`"),
            )
            .help(
                "use `csv` for commas, as other clients do, or `tab` for tabs, which is our reading: VAN's word for \
                 it is not known",
            ),
        );
    }
}
