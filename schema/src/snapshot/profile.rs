//! What a snapshot says of the key that it was fetched with: `profile.json`.

use serde::Serialize;
use serde_json::Value as Json;
use van_bulk::mode::DatabaseMode;

use super::pretty;
use crate::finding::Finding;
use crate::json::JsonPath;
use crate::read;
use crate::text::printable;

/// The key of the database mode.
const MODE: &str = "mode";

/// How much of a word that is no mode is shown, in characters.
const SHOWN_WORD: usize = 60;

#[derive(Serialize)]
struct Profile {
    mode: String,
}

/// The text of the document.
pub(super) fn text(mode: DatabaseMode) -> String {
    pretty(&Profile { mode: mode.to_string() })
}

/// Reads the database mode. Other keys mean nothing here.
pub(super) fn mode(text: &str, document: &str, findings: &mut Vec<Finding>) -> Option<DatabaseMode> {
    let json = read::json(text, document, findings)?;
    let mut refuse = |code: &'static str, path: JsonPath, message: String| {
        let help = r#"write {"mode": "my-voters"} or {"mode": "my-campaign"}, or delete the file if the mode is not known"#;
        findings.push(Finding::error(code, document, path, message).help(help));
        None
    };
    let place = JsonPath::root().key(MODE);
    match json {
        Json::Object(profile) => match profile.get(MODE) {
            None | Some(Json::Null) => None,
            Some(Json::String(word)) => DatabaseMode::from_word(word).ok().or_else(|| {
                refuse(
                    read::UNKNOWN_DATABASE_MODE,
                    place,
                    format!(
                        "the database mode `{}` is neither `my-voters` nor `my-campaign`",
                        printable(word, SHOWN_WORD)
                    ),
                )
            }),
            Some(_) => refuse(read::WRONG_TYPE, place, "the database mode is not a string".to_owned()),
        },
        _ => refuse(read::WRONG_TYPE, JsonPath::root(), "this is no JSON object".to_owned()),
    }
}
