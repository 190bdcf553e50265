//! Reading `van-bulk.toml`: every problem with its place, all at once, and no key in any message.

use std::ops::Range;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use van_bulk_import::client::{DatabaseMode, ValueSelection};
use van_bulk_schema::Finding;
use van_bulk_schema::finding::did_you_mean;
use van_bulk_schema::text::{is_invisible, printable};

use super::redact::Pattern;
use super::{FILE, Profile, Profiles, Runtime, Settings};
use crate::workspace;

/// The text is not TOML.
const NOT_TOML: &str = "profiles::not-toml";
/// A key is none that there can be.
const UNKNOWN_KEY: &str = "profiles::unknown-key";
/// A value has another type than its key takes.
const WRONG_TYPE: &str = "profiles::wrong-type";
/// A value is none that its key takes.
const WRONG_VALUE: &str = "profiles::wrong-value";
/// Something else stands where the name of an environment variable belongs.
const NOT_A_VARIABLE: &str = "profiles::not-a-variable";
/// Two profiles have one folder where the file system ignores case.
const DUPLICATE_PROFILE: &str = "profiles::duplicate-profile";
/// Two profiles say different things of the crate that they share.
const CONTRADICTION: &str = "profiles::contradiction";

/// How much of a word is shown, in characters.
const SHOWN: usize = 60;

/// The keys of a profile.
pub(super) const KEYS: [&str; 9] = [
    "mode",
    "base-url",
    "app-name-env",
    "api-key-env",
    "values",
    "redact",
    "out",
    "package",
    "inherit-workspace",
];

/// What says which commit of a git repository is meant.
const GIT_KEYS: [&str; 3] = ["branch", "tag", "rev"];

type Value<'i> = Spanned<DeValue<'i>>;

/// What the file says.
pub(super) struct Read {
    /// What could be read.
    pub(super) settings: Settings,
    /// In the order of the text.
    pub(super) findings: Vec<Finding>,
    /// The text without what may be a key, for showing places; nothing if that cannot be told.
    pub(super) shown: Option<String>,
}

/// Reads the text of the file.
pub(super) fn read(text: &str) -> Read {
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let findings = errors.iter().map(|error| not_toml(text, error)).collect();
        return Read { settings: Settings::default(), findings, shown: None };
    }
    let mut reader = Reader { findings: Vec::new(), hidden: Vec::new() };
    let settings = reader.file(table.get_ref());
    let Reader { mut findings, hidden } = reader;
    findings.sort_by(|a, b| a.location.cmp(&b.location));
    Read { settings, findings, shown: Some(without(text, &hidden)) }
}

/// By its line, as the lines around may hold a key without its quotes.
fn not_toml(text: &str, error: &toml::de::Error) -> Finding {
    let start = error.span().map_or(0, |span| span.start);
    let line = text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1;
    let (message, help) = match error.message() {
        "duplicate key" => ("a key or a profile is there twice", "keep one of them"),
        _ => (
            "this is not TOML",
            "texts stand in quotes, and a profile begins with a line such as `[profile.acme]`",
        ),
    };
    let message = format!("{message} (line {line})");
    Finding::error_at(NOT_TOML, FILE, start..start, message).help(help)
}

/// The text with stars in the place of some of it; every other byte stays where it is.
fn without(text: &str, hidden: &[Range<usize>]) -> String {
    let mut shown = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        if character != '\n' && hidden.iter().any(|bytes| bytes.contains(&at)) {
            shown.extend(std::iter::repeat_n('*', character.len_utf8()));
        } else {
            shown.push(character);
        }
    }
    shown
}

struct Reader {
    findings: Vec<Finding>,
    /// What may be a key.
    hidden: Vec<Range<usize>>,
}

impl Reader {
    fn file(&mut self, table: &DeTable<'_>) -> Settings {
        let mut settings = Settings::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "profile" => self.profiles(value, &mut settings.profiles),
                "runtime" => settings.runtime = self.runtime(value),
                _ => self.unknown_key(key, value, &["profile", "runtime"]),
            }
        }
        settings
    }

    fn profiles(&mut self, value: &Value<'_>, profiles: &mut Profiles) {
        let Some(table) = value.get_ref().as_table() else {
            return self.wrong_type(value, "a table of profiles, each headed such as `[profile.acme]`");
        };
        for (name, value) in table {
            self.profile(name, value, profiles);
        }
    }

    /// A version, or a table with a path or a git repository, as in `Cargo.toml`.
    fn runtime(&mut self, value: &Value<'_>) -> Option<Runtime> {
        let Some(table) = value.get_ref().as_table() else {
            return self.filled(value).map(Runtime::Version);
        };
        let (mut path, mut url, mut at) = (None, None, None);
        for (key, value) in table {
            let word = key.get_ref().as_ref();
            match GIT_KEYS.iter().find(|known| **known == word) {
                Some(known) => at = self.filled(value).map(|text| (*known, text)),
                None if word == "path" => path = self.filled(value).map(PathBuf::from),
                None if word == "git" => url = self.repository(value),
                None => self.unknown_key(key, value, &["path", "git", "branch", "tag", "rev"]),
            }
        }
        match (path, url) {
            (Some(path), None) if at.is_none() => Some(Runtime::Path(path)),
            (None, Some(url)) => Some(Runtime::Git { url, at }),
            _ if !self.findings.is_empty() => None,
            _ => {
                let message = "this does not say where the crate `van-bulk` is".to_owned();
                let help = "write a version such as \"0.1\", or { path = \"..\" }, or { git = \"..\", tag = \"..\" }";
                self.error(WRONG_VALUE, value.span(), message, help);
                None
            }
        }
    }

    /// The URL of a git repository. Credentials in it are not shown.
    fn repository(&mut self, value: &Value<'_>) -> Option<String> {
        let url = self.filled(value)?;
        let Some((_, after)) = url.split_once("://") else { return Some(url) };
        let user = after.split('/').next().and_then(|host| host.rsplit_once('@')).map(|(user, _)| user);
        // Over ssh there is a user, but no password.
        let is_user_alone = url.starts_with("ssh://") && user.is_none_or(|user| !user.contains(':'));
        if !url.contains('?') && (user.is_none() || is_user_alone) {
            return Some(url);
        }
        self.hidden.push(value.span());
        let help = "write the URL without them; git and Cargo take credentials from a credential helper";
        self.error(WRONG_VALUE, value.span(), "this URL holds credentials".to_owned(), help);
        None
    }

    fn profile(
        &mut self,
        name: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Value<'_>,
        profiles: &mut Profiles,
    ) {
        let word: &str = name.get_ref();
        if let Err(problem) = workspace::profile_name(word) {
            let message = format!("`{}` is no name of a profile", printable(word, SHOWN));
            return self.error(WRONG_VALUE, name.span(), message, problem);
        }
        if let Some(other) = profiles.keys().find(|other| other.eq_ignore_ascii_case(word)) {
            let message = format!("the profiles `{other}` and `{word}` differ in case only");
            let help = "some file systems would keep their snapshots in one folder: rename one of them";
            return self.error(DUPLICATE_PROFILE, name.span(), message, help);
        }
        let Some(table) = value.get_ref().as_table() else {
            return self.wrong_type(value, "a table");
        };
        let mut profile = Profile::new(word);
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "mode" => profile.mode = self.mode(value),
                "base-url" => profile.base_url = self.base_url(value),
                "app-name-env" => profile.app_name_env = self.variable(value),
                "api-key-env" => profile.api_key_env = self.variable(value),
                "values" => profile.values = self.values(value),
                "redact" => profile.redact = self.patterns(value).unwrap_or_default(),
                "out" => profile.out = self.filled(value).map(PathBuf::from),
                "package" => profile.package = self.package(value),
                "inherit-workspace" => profile.inherit_workspace = self.boolean(value),
                _ => self.unknown_key(key, value, &KEYS),
            }
        }
        for other in profiles.values() {
            if let Some((key, others, own)) = other.contradicts(&profile) {
                let message = format!(
                    "the profiles `{}` and `{word}` have the same `out`, but `{key}` is {others} for one and {own} for the other",
                    other.name
                );
                let help = format!(
                    "they are generated into one crate: give both the same `{key}`, or another `out`"
                );
                self.error(CONTRADICTION, name.span(), message, help);
            }
        }
        profiles.insert(profile.name.clone(), profile);
    }

    fn mode(&mut self, value: &Value<'_>) -> Option<DatabaseMode> {
        let word = self.string(value)?;
        let words = ["my-voters", "my-campaign"];
        let mode = DatabaseMode::from_word(word).ok();
        if mode.is_none() {
            let message = format!(
                "the database mode `{}` is neither `my-voters` nor `my-campaign`",
                printable(word, SHOWN)
            );
            let help = did_you_mean(word, words)
                .unwrap_or_else(|| "write \"my-voters\" or \"my-campaign\"".to_owned());
            self.error(WRONG_VALUE, value.span(), message, help);
        }
        mode
    }

    /// What else can be wrong with a URL, the client tells.
    fn base_url(&mut self, value: &Value<'_>) -> Option<String> {
        let url = self.string(value)?;
        let is_http = url.starts_with("https://") || url.starts_with("http://");
        if is_http && !url.contains(['@', '?', '#']) {
            return Some(url.to_owned());
        }
        self.hidden.push(value.span());
        let help =
            "write one such as \"https://api.securevan.com/v4\"; credentials come from the environment";
        self.error(WRONG_VALUE, value.span(), "this is no URL of an API".to_owned(), help);
        None
    }

    /// The name of an environment variable. The message does not repeat what is none: it may be the key.
    fn variable(&mut self, value: &Value<'_>) -> Option<String> {
        let Some(name) = value.get_ref().as_str() else {
            self.hidden.push(value.span());
            self.wrong_type(value, "a string");
            return None;
        };
        if is_variable(name) {
            return Some(name.to_owned());
        }
        self.hidden.push(value.span());
        let message =
            "this is no name of an environment variable; is it what should stand in one?".to_owned();
        let help = "write the name alone, such as \"ACME_API_KEY\", in capital letters, digits and `_`; a key that stood \
                    in a file others can read must be replaced";
        self.error(NOT_A_VARIABLE, value.span(), message, help);
        None
    }

    fn values(&mut self, value: &Value<'_>) -> Option<ValueSelection> {
        match value.get_ref().as_str() {
            Some("all") => Some(ValueSelection::All),
            Some("none") => Some(ValueSelection::None),
            None if value.get_ref().is_array() => {
                let lists = self.strings(value)?;
                let mut names = Vec::new();
                for (span, name) in lists {
                    if name
                        .split_once('.')
                        .is_none_or(|(mapping, field)| mapping.is_empty() || field.is_empty())
                    {
                        let message = format!("`{}` is no value list", printable(&name, SHOWN));
                        self.error(
                            WRONG_VALUE,
                            span,
                            message,
                            "write mapping type and field, such as \"Phones.PhoneTypeID\"",
                        );
                    }
                    names.push(name);
                }
                Some(ValueSelection::Only(names))
            }
            _ => {
                let help = "write \"all\", \"none\", or an array such as [\"Phones.PhoneTypeID\"]";
                self.error(WRONG_VALUE, value.span(), "this is no choice of value lists".to_owned(), help);
                None
            }
        }
    }

    fn patterns(&mut self, value: &Value<'_>) -> Option<Vec<Pattern>> {
        let mut patterns = Vec::new();
        for (span, text) in self.strings(value)? {
            match Pattern::new(&text) {
                Some(pattern) => patterns.push(pattern),
                None => {
                    let message = format!("`{}` names no fields", printable(&text, SHOWN));
                    let help = "write mapping type and field, such as \"Phones.PhoneTypeID\"; `*` is any, such as \"Phones.*\"";
                    self.error(WRONG_VALUE, span, message, help);
                }
            }
        }
        Some(patterns)
    }

    fn package(&mut self, value: &Value<'_>) -> Option<String> {
        let name = self.filled(value)?;
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if plain && name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let Some(problem) = workspace::package_problem(&name) else { return Some(name) };
            let message =
                format!("`{}` can be the name of no package here: {problem}", printable(&name, SHOWN));
            self.error(WRONG_VALUE, value.span(), message, "choose another one, such as \"acme-mappings\"");
            return None;
        }
        let message = format!("`{}` is no name of a package", printable(&name, SHOWN));
        self.error(
            WRONG_VALUE,
            value.span(),
            message,
            "use letters, digits, `-` and `_`, and begin with a letter",
        );
        None
    }

    /// A text that is not empty.
    fn filled(&mut self, value: &Value<'_>) -> Option<String> {
        let text = self.string(value)?;
        if text.trim().is_empty() {
            self.error(WRONG_VALUE, value.span(), "this is empty".to_owned(), "fill it, or remove the key");
            return None;
        }
        if text.chars().any(|c| c.is_control() || is_invisible(c)) {
            let message = "this holds characters that cannot be seen".to_owned();
            self.error(WRONG_VALUE, value.span(), message, "remove them");
            return None;
        }
        Some(text.to_owned())
    }

    fn string<'v>(&mut self, value: &'v Value<'_>) -> Option<&'v str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(value, "a string");
        }
        text
    }

    fn boolean(&mut self, value: &Value<'_>) -> Option<bool> {
        let boolean = value.get_ref().as_bool();
        if boolean.is_none() {
            self.wrong_type(value, "true or false");
        }
        boolean
    }

    /// An array of strings, each with its place.
    fn strings(&mut self, value: &Value<'_>) -> Option<Vec<(Range<usize>, String)>> {
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(value, "an array of strings");
            return None;
        };
        let entries = array.iter().filter_map(|entry| Some((entry.span(), self.string(entry)?.to_owned())));
        Some(entries.collect())
    }

    fn wrong_type(&mut self, value: &Value<'_>, expected: &str) {
        let found = value.get_ref().type_str();
        let article = if found.starts_with(['a', 'i']) { "an" } else { "a" };
        let message = format!("this must be {expected}, but it is {article} {found}");
        self.error(WRONG_TYPE, value.span(), message, format!("write {expected}, or remove the key"));
    }

    /// The value of a key that is not known may be anything, the API key too.
    fn unknown_key(&mut self, key: &Spanned<std::borrow::Cow<'_, str>>, value: &Value<'_>, known: &[&str]) {
        if !value.get_ref().is_table() {
            self.hidden.push(value.span());
        }
        let word: &str = key.get_ref();
        let help = did_you_mean(word, known.iter().copied()).unwrap_or_else(|| {
            let keys: Vec<String> = known.iter().map(|key| format!("`{key}`")).collect();
            format!("the keys here are {}", keys.join(", "))
        });
        let message = format!("the key `{}` is not known here", printable(word, SHOWN));
        self.error(UNKNOWN_KEY, key.span(), message, help);
    }

    fn error(&mut self, code: &'static str, bytes: Range<usize>, message: String, help: impl Into<String>) {
        self.findings.push(Finding::error_at(code, FILE, bytes, message).help(help));
    }
}

/// Whether a text is the name of an environment variable rather than a key: keys of VAN's are seen as GUIDs, which without
/// their hyphens are capital letters and digits, too.
fn is_variable(text: &str) -> bool {
    let plain = text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    let reads_as_words = text.contains('_') || !text.contains(|c: char| c.is_ascii_digit());
    plain && reads_as_words && text.len() <= SHOWN && text.starts_with(|c: char| c.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use van_bulk_schema::json::Locator;

    /// Code and marked text of each finding.
    fn told(text: &str) -> Vec<(&'static str, String)> {
        let mut locator = Locator::new(text);
        let findings = read(text).findings;
        findings.iter().map(|finding| (finding.code, text[finding.span(&mut locator)].to_owned())).collect()
    }

    fn helps(text: &str) -> String {
        read(text).findings.into_iter().filter_map(|finding| finding.help).collect()
    }

    #[test]
    fn a_profile_is_read_whole() {
        let text = r#"[profile.acme]
mode = "my-voters"
base-url = "https://api.example/v4"
app-name-env = "ACME_APP"
api-key-env = "ACME_KEY"
values = "none"
redact = ["ActivistCode.*"]
out = "../acme"
package = "acme-mappings"
inherit-workspace = true
"#;
        let Read { settings, findings, .. } = read(text);
        assert_eq!(findings, []);
        let expected = Profile {
            name: "acme".to_owned(),
            mode: Some(DatabaseMode::MyVoters),
            base_url: Some("https://api.example/v4".to_owned()),
            app_name_env: Some("ACME_APP".to_owned()),
            api_key_env: Some("ACME_KEY".to_owned()),
            values: Some(ValueSelection::None),
            redact: vec![Pattern::new("ActivistCode.*").unwrap()],
            out: Some(PathBuf::from("../acme")),
            package: Some("acme-mappings".to_owned()),
            inherit_workspace: Some(true),
        };
        assert_eq!(settings.profiles["acme"], expected);
    }

    #[test]
    fn a_runtime_that_is_nowhere_or_hides_credentials_is_told() {
        for (text, marked) in [
            ("runtime = {}", "{}"),
            ("runtime = { path = \"a\", git = \"b\" }", "{ path = \"a\", git = \"b\" }"),
            ("runtime = { path = \"a\", tag = \"b\" }", "{ path = \"a\", tag = \"b\" }"),
            (
                "runtime = { git = \"https://user:s3cret@example.org/v\" }",
                "\"https://user:s3cret@example.org/v\"",
            ),
            (
                "runtime = { git = \"https://a.example/v?token=s3cret\" }",
                "\"https://a.example/v?token=s3cret\"",
            ),
            ("runtime = { git = \"ssh://git:s3cret@a.example/v\" }", "\"ssh://git:s3cret@a.example/v\""),
            ("runtime = { path = \"\\u001b[31m\" }", "\"\\u001b[31m\""),
        ] {
            assert_eq!(told(text), [(WRONG_VALUE, marked.to_owned())]);
            assert!(!read(text).shown.unwrap().contains("s3cret"));
        }
        assert_eq!(told("runtime = { pth = \"a\" }"), [(UNKNOWN_KEY, "pth".to_owned())]);
        assert_eq!(told("runtime = 1"), [(WRONG_TYPE, "1".to_owned())]);
    }

    #[test]
    fn every_mistake_is_told_at_its_place_at_once() {
        let text = "[profile.acme]\nmode = \"my-camp\"\nbase-ulr = \"x\"\nvalues = \"some\"\nredact = [\"A\", 1]\nout = 7\n\
                    package = \"1 2\"\n[profile.\"a/b\"]\n[profil.x]\n";
        assert_eq!(
            told(text),
            [
                (WRONG_VALUE, "\"my-camp\"".to_owned()),
                (UNKNOWN_KEY, "base-ulr".to_owned()),
                (WRONG_VALUE, "\"some\"".to_owned()),
                (WRONG_VALUE, "\"A\"".to_owned()),
                (WRONG_TYPE, "1".to_owned()),
                (WRONG_TYPE, "7".to_owned()),
                (WRONG_VALUE, "\"1 2\"".to_owned()),
                (WRONG_VALUE, "\"a/b\"".to_owned()),
                (UNKNOWN_KEY, "profil".to_owned()),
            ]
        );
        let helps = helps(text);
        assert!(
            helps.contains("did you mean `base-url`?") && helps.contains("did you mean `profile`?"),
            "{helps}"
        );
    }

    #[test]
    fn what_cargo_or_rust_could_not_call_a_package_is_told() {
        for package in ["fn", "self", "crate", "van-bulk", "van_bulk", "std"] {
            let text = format!("[profile.acme]\npackage = {package:?}\n");
            assert_eq!(told(&text), [(WRONG_VALUE, format!("{package:?}"))]);
        }
    }

    #[test]
    fn profiles_that_share_a_crate_say_the_same_of_it() {
        let text = "[profile.acme]\nout = \"crates/van\"\npackage = \"van\"\n[profile.beta]\nout = \"./crates/van/\"\n";
        assert_eq!(told(text), []);
        let text = format!("{text}package = \"other\"\n");
        assert_eq!(told(&text), [(CONTRADICTION, "beta".to_owned())]);
        let told = &read(&text).findings[0].message;
        assert_eq!(
            told,
            "the profiles `acme` and `beta` have the same `out`, but `package` is \"van\" for one and \"other\" for the other"
        );
        assert!(read(&text.replace("./crates/van/", "crates/other")).findings.is_empty());
    }

    #[test]
    fn a_profile_stands_once_in_any_case() {
        assert_eq!(told("[profile.acme]\n[profile.Acme]\n"), [(DUPLICATE_PROFILE, "acme".to_owned())]);
        let twice = read("[profile.acme]\n\n[profile.acme]\n");
        assert_eq!(twice.findings[0].code, NOT_TOML);
        assert!(twice.findings[0].message.contains("twice (line 3)"), "{}", twice.findings[0].message);
    }

    #[test]
    fn a_key_in_the_place_of_a_variable_is_refused_and_shown_nowhere() {
        for key in [
            "7C9E6679-7425-40DE-944B-E07FC1F90AE7",
            "A7C9E667974254DE944BE07FC1F90AE7",
            "a7c9e667-7425-40de-944b-e07fc1f90ae7",
            "s3cret|1",
            "",
        ] {
            for line in ["api-key-env", "app-name-env"] {
                let read = read(&format!("[profile.acme]\n{line} = \"{key}\"\n"));
                let codes: Vec<&str> = read.findings.iter().map(|finding| finding.code).collect();
                assert_eq!(codes, [NOT_A_VARIABLE], "{key}");
                let finding = format!("{:?}{:?}", read.findings, read.shown);
                assert!(key.is_empty() || !finding.contains(key), "{finding}");
            }
        }
    }

    #[test]
    fn what_may_be_a_key_elsewhere_is_not_shown_either() {
        for line in [
            "api-key = \"s3cret-é\"",
            "api-key-env = s3cret-é",
            "api-key-env = [\"s3cret-é\"]",
            "base-url = \"https://me:s3cret-é@api.example\"",
        ] {
            let read = read(&format!("[profile.acme]\n{line}\nmode = 1\n"));
            let told = format!("{:?}{:?}", read.findings, read.shown);
            assert!(!read.findings.is_empty() && !told.contains("s3cret"), "{told}");
        }
    }

    #[test]
    fn names_of_variables_are_taken() {
        for name in ["VAN_API_KEY", "ACME", "ACME_KEY_2"] {
            assert!(is_variable(name), "{name}");
        }
    }
}
