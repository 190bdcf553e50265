//! The style and the script of the page, and the policy that lets nothing else run.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The style.
pub(crate) const STYLE: &str = concat!(
    include_str!("page/base.css"),
    include_str!("page/types.css"),
    include_str!("page/composer.css"),
);

/// The parts of the script, in an order in which each may use those before it.
const PARTS: &[&str] = &[
    include_str!("page/data.js"),
    include_str!("page/rules.js"),
    include_str!("page/nearest.js"),
    include_str!("page/header.js"),
    include_str!("page/export.js"),
    include_str!("page/dom.js"),
    include_str!("page/views.js"),
    include_str!("page/search.js"),
    include_str!("page/values.js"),
    include_str!("page/composer.js"),
    include_str!("page/fields.js"),
    include_str!("page/outcome.js"),
    include_str!("page/main.js"),
];

/// The script: one function, so that its parts share names with each other and with nothing else.
pub(crate) fn script() -> String {
    format!("(() => {{\n'use strict';\n{}}})();\n", PARTS.concat())
}

/// The content security policy: this style and this script, and nothing from anywhere.
pub(crate) fn policy(style: &str, script: &str) -> String {
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(style),
        hash(script)
    )
}

fn hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text.as_bytes()))
}

/// JSON that can stand in a `script` element: nothing in it ends the element or begins a comment, and no line ends where
/// JavaScript ends one and JSON does not.
pub(crate) fn embedded(json: &str) -> String {
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embedded_json_cannot_leave_its_element_and_means_the_same() {
        let hostile = ["</script><!--", "\u{2028}\u{2029}"];
        let json = embedded(&serde_json::to_string(&hostile).unwrap());
        assert!(!json.contains(['<', '\u{2028}', '\u{2029}']), "{json}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&json).unwrap(), hostile);
    }

    #[test]
    fn the_policy_names_the_hash_of_exactly_the_style_and_the_script() {
        let policy = policy("", "");
        let of_nothing = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";
        assert_eq!(policy.matches(of_nothing).count(), 2, "{policy}");
        assert!(policy.starts_with("default-src 'none';"));
    }

    #[test]
    fn the_script_asks_nobody_for_anything_and_makes_no_markup_of_text() {
        let script = script();
        for word in [
            "fetch(",
            "XMLHttp",
            "WebSocket",
            "sendBeacon",
            "import(",
            "eval(",
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "localStorage",
            "sessionStorage",
            "indexedDB",
            "cookie",
            "new Function",
            "http:",
            "https://fonts",
        ] {
            assert!(!script.contains(word), "the script uses {word}");
        }
        assert!(!script.contains("</script"));
    }
}
