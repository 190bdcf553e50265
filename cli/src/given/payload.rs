//! Reads a payload that any program wrote.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use miette::miette;
use serde::de::IgnoredAny;
use serde_json::error::Category;
use serde_path_to_error::Segment;
use van_bulk_schema::Finding;
use van_bulk_schema::finding::Location;
use van_bulk_schema::json::{self, JsonPath};
use van_bulk_schema::payload::Payload;
use van_bulk_schema::rules::DOCUMENT;

/// The payload is not JSON.
const SYNTAX: &str = "payload::syntax";
/// A value of the payload has the wrong JSON type.
const WRONG_TYPE: &str = "payload::wrong-type";

/// The largest payload that is read, in bytes, as for the emulator. A job with 50 columns and thousands of translations
/// fits.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// The text of a payload, after the name that people know it by. The path `-` is standard input.
pub fn text(path: &Path) -> miette::Result<(String, String)> {
    if path == Path::new("-") {
        let name = "<standard input>".to_owned();
        let text = bounded(io::stdin().lock(), &name)?;
        return Ok((name, text));
    }
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| unreadable(&name, &error))?;
    let text = bounded(file, &name)?;
    Ok((name, text))
}

fn bounded(source: impl Read, name: &str) -> miette::Result<String> {
    let mut bytes = Vec::new();
    source.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| unreadable(name, &error))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(miette!(
            code = "payload-file::too-large",
            help = "give the JSON of one job; the rows are in the zip, not in it",
            "{name} is larger than {} MiB, the most that is read of a payload",
            MAX_BYTES / 1024 / 1024
        ));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        miette!(
            code = "payload-file::not-utf-8",
            help = "save it as UTF-8",
            "{name} is not UTF-8 text from byte {} on",
            error.utf8_error().valid_up_to()
        )
    })?;
    // Some editors put a byte order mark in front.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

fn unreadable(name: &str, error: &io::Error) -> miette::Report {
    miette!(
        code = "payload-file::unreadable",
        help = "give the file with the JSON of one job, or `-` for standard input",
        "could not read {name}: {error}"
    )
}

/// Reads a payload as leniently as the emulator does.
pub fn read(text: &str) -> Result<Payload, Box<Finding>> {
    // Serde also takes an array for an object, property by property.
    let is_json = || serde_json::from_str::<IgnoredAny>(text).is_ok();
    if !text.trim_start().starts_with('{') && is_json() {
        return Err(Box::new(wrong_type(JsonPath::root(), "it is not an object".to_owned())));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read: Result<Payload, _> = serde_path_to_error::deserialize(&mut deserializer);
    let read = read.map_err(|error| unfit(text, path(error.path()), error.inner()))?;
    deserializer.end().map_err(|error| unfit(text, JsonPath::root(), &error))?;
    Ok(read)
}

fn unfit(text: &str, path: JsonPath, error: &serde_json::Error) -> Box<Finding> {
    let offset = json::offset(text, error.line(), error.column());
    Box::new(match error.classify() {
        Category::Data => {
            // Without a path, as for a key that is there twice, the nearest is the place that the parser had reached.
            let location = if path.is_root() { Location::Offset(offset) } else { Location::Path(path) };
            Finding { location, ..wrong_type(JsonPath::root(), plain(error)) }
        }
        Category::Io | Category::Syntax | Category::Eof => Finding {
            location: Location::Offset(offset),
            ..Finding::error(
                SYNTAX,
                DOCUMENT,
                JsonPath::root(),
                format!("this is not JSON: {}", plain(error)),
            )
            .help("correct the JSON at this place; a job is one JSON object")
        },
    })
}

fn wrong_type(path: JsonPath, what: String) -> Finding {
    Finding::error(WRONG_TYPE, DOCUMENT, path, format!("this cannot be read as a job: {what}"))
        .help("correct the value; a job is one JSON object, as `POST /bulkImportJobs` takes it")
}

/// What the parser says, without the place, which is shown, and in the words of JSON.
fn plain(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    let message = match message.split_once("expected struct ") {
        Some((start, _)) => format!("{start}expected an object"),
        None => message.to_owned(),
    };
    message
        .replace("duplicate field", "duplicate key")
        .replace("type: map", "type: object")
        .replace("type: sequence", "type: array")
        .replace("expected a sequence", "expected an array")
}

fn path(read: &serde_path_to_error::Path) -> JsonPath {
    read.iter().fold(JsonPath::root(), |path, segment| match segment {
        Segment::Seq { index } => path.index(*index),
        Segment::Map { key } => path.key(key),
        Segment::Enum { .. } | Segment::Unknown => path,
    })
}
