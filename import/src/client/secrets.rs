//! Keeps the API key out of everything that is shown, should a server send it back.
//!
//! Every text of a reply that goes into an error, a `Debug` or a log passes through [`Secrets`] before it is cut to
//! length: the rest of a key that was cut could no longer be recognized.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{Credentials, DatabaseMode};
use crate::links::without_secrets;
use van_bulk_schema::text::{is_invisible, printable};

/// The most characters of a URL that are shown.
const SHOWN_URL: usize = 300;

/// What must not be shown: the API key, alone and with its mode, and the Basic token, in base64 of every kind.
#[derive(Default)]
pub(super) struct Secrets(Vec<Secret>);

struct Secret {
    text: SecretString,
    shown_as: &'static str,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets([redacted])")
    }
}

impl Secrets {
    pub(super) fn of(credentials: &Credentials) -> Self {
        let mut secrets = Self::default();
        // Longer ones first: the key is a part of the passwords, a token without padding one of that with padding.
        for mode in [DatabaseMode::MyVoters, DatabaseMode::MyCampaign] {
            let password = credentials.password_for(mode);
            let login = format!("{}:{}", credentials.application_name(), password.expose_secret());
            for base64 in [STANDARD, URL_SAFE, STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
                secrets.add(&base64.encode(&login), "[credentials]");
            }
            secrets.add(password.expose_secret(), "[API key]");
        }
        secrets.add(credentials.api_key(), "[API key]");
        secrets
    }

    fn add(&mut self, text: &str, shown_as: &'static str) {
        // `redact` drops what nobody sees, so it would not find it either.
        let text = visible(text);
        if !text.is_empty() {
            self.0.push(Secret { text: text.into(), shown_as });
        }
    }

    /// The text without secrets, in whatever case, percent-encoded or escaped as in JSON, Rust or HTML, in whole or in
    /// part. Characters that show nothing are dropped, as they could hide a secret.
    pub(super) fn redact(&self, text: &str) -> String {
        let text = visible(text);
        let mut clean = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(character) = rest.chars().next() {
            let end = match self.at_start_of(rest) {
                Some((end, shown_as)) => {
                    clean.push_str(shown_as);
                    end
                }
                None => {
                    clean.push(character);
                    character.len_utf8()
                }
            };
            rest = &rest[end..];
        }
        clean
    }

    /// A text of VAN's without secrets, those of links included: it may repeat the link to a part, which opens the rows to
    /// everyone who has it.
    pub(super) fn told(&self, text: &str) -> String {
        without_secrets(&self.redact(text))
    }

    /// The text without secrets as one printable line of at most `limit` characters.
    pub(super) fn line(&self, text: &str, limit: usize) -> String {
        printable(&self.told(text), limit)
    }

    /// Whether there is a secret in the text.
    pub(super) fn are_in(&self, text: &str) -> bool {
        let text = visible(text);
        text.char_indices().any(|(at, _)| self.at_start_of(&text[at..]).is_some())
    }

    /// Where the secret ends that the text begins with, and what is shown instead.
    fn at_start_of(&self, text: &str) -> Option<(usize, &'static str)> {
        self.0.iter().find_map(|secret| {
            let end = end_of(text, secret.text.expose_secret())?;
            Some((end, secret.shown_as))
        })
    }

    /// A URL as it may be shown: without user, password, query and fragment, which may hold secrets of others.
    pub(super) fn url(&self, url: &Url) -> String {
        let mut url = url.clone();
        // Both fail only for URLs that cannot have a user.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        let had_query = url.query().is_some();
        url.set_query(None);
        url.set_fragment(None);
        let mut text = self.line(url.as_str(), SHOWN_URL);
        if had_query {
            text.push_str("?…");
        }
        text
    }

    /// A link as it may be shown; one that is no whole URL loses its query and fragment too.
    pub(super) fn link(&self, link: &str) -> String {
        match Url::parse(link.trim()) {
            Ok(url) => self.url(&url),
            Err(_) => self.line(link.split(['?', '#']).next().unwrap_or_default(), SHOWN_URL),
        }
    }
}

/// The text with scheme and host alone of every link in it. VAN's errors may repeat the link that it was to fetch a file
/// from, which opens the file to everyone who has it.
pub(super) fn without_links(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let host = at + "://".len();
        let length = |end: fn(char) -> bool, from: usize| rest[from..].find(end).unwrap_or(rest.len() - from);
        let path = host + length(|c| is_end_of_link(c) || matches!(c, '/' | '?' | '#'), host);
        let end = path + length(is_end_of_link, path);
        clean.push_str(&rest[..path]);
        if end > path {
            clean.push_str("/…");
        }
        rest = &rest[end..];
    }
    clean + rest
}

fn is_end_of_link(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`')
}

fn visible(text: &str) -> String {
    text.chars().filter(|character| !is_invisible(*character)).collect()
}

/// Where `secret` ends if `text` begins with it.
fn end_of(text: &str, secret: &str) -> Option<usize> {
    // A backslash may stand for itself or begin an escape, so there may be several places to go on from.
    let mut ends = vec![0];
    for wanted in secret.chars() {
        let mut next = Vec::new();
        for end in ends {
            for (found, length) in readings(&text[end..]).into_iter().flatten() {
                if is_same(found, wanted) && !next.contains(&(end + length)) {
                    next.push(end + length);
                }
            }
        }
        if next.is_empty() {
            return None;
        }
        ends = next;
    }
    ends.into_iter().max()
}

fn is_same(a: char, b: char) -> bool {
    a == b || a.to_lowercase().eq(b.to_lowercase())
}

/// A character and how many bytes stand for it.
type Reading = (char, usize);

/// What the first character of a text is: itself, and what it may stand for as the beginning of an escape.
fn readings(text: &str) -> [Option<Reading>; 2] {
    let Some(first) = text.chars().next() else { return [None, None] };
    let escaped = match first {
        '%' => percent(text),
        '\\' => backslash(text),
        '&' => entity(text),
        _ => None,
    };
    [Some((first, first.len_utf8())), escaped]
}

/// `%2B`, the UTF-8 bytes of one character; a percent sign may itself be encoded, several times (`%252B`).
fn percent(text: &str) -> Option<Reading> {
    let mut bytes = Vec::new();
    let mut end = 0;
    while bytes.len() < 4 {
        let (byte, length) = percent_byte(&text[end..])?;
        bytes.push(byte);
        end += length;
        if let Some(character) = std::str::from_utf8(&bytes).ok().and_then(|text| text.chars().next()) {
            return Some((character, end));
        }
    }
    None
}

fn percent_byte(text: &str) -> Option<(u8, usize)> {
    let mut digits = text.strip_prefix('%')?;
    while let Some(inner) = digits.strip_prefix("25").filter(|inner| starts_with_hex(inner, 2)) {
        digits = inner;
    }
    let byte = u8::try_from(hex(digits.get(..2)?)?).ok()?;
    Some((byte, text.len() - digits.len() + 2))
}

/// `\u002b` (two of them for characters beyond 16 bits), `\u{2b}`, or a backslash before the character itself.
fn backslash(text: &str) -> Option<Reading> {
    let escaped = text.strip_prefix('\\')?;
    let Some(digits) = escaped.strip_prefix('u') else {
        return escaped.chars().next().filter(char::is_ascii_punctuation).map(|character| (character, 2));
    };
    if let Some(braced) = digits.strip_prefix('{') {
        let length = braced.find('}').filter(|length| *length <= 8)?;
        return Some((char::from_u32(hex(&braced[..length])?)?, length + 4));
    }
    let first = utf16_unit(text)?;
    let second = text.get(6..).and_then(utf16_unit);
    let character = char::decode_utf16([Some(first), second].into_iter().flatten()).next()?.ok()?;
    Some((character, 6 * character.len_utf16()))
}

fn utf16_unit(text: &str) -> Option<u16> {
    u16::try_from(hex(text.strip_prefix("\\u")?.get(..4)?)?).ok()
}

/// `&#43;`, `&#x2B;`, or one of the names that writers of HTML cannot do without.
fn entity(text: &str) -> Option<Reading> {
    let length = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = text.get(1..length)?;
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(digits) => hex(digits)?,
                None => number.parse().ok()?,
            };
            char::from_u32(number)?
        }
    };
    Some((character, length + 1))
}

fn hex(digits: &str) -> Option<u32> {
    // `from_str_radix` would take a sign.
    if starts_with_hex(digits, digits.len()) { u32::from_str_radix(digits, 16).ok() } else { None }
}

fn starts_with_hex(text: &str, digits: usize) -> bool {
    text.len() >= digits && text.bytes().take(digits).all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(key: &str) -> Secrets {
        Secrets::of(&Credentials::new("app", key.to_owned().into(), DatabaseMode::MyCampaign).unwrap())
    }

    #[test]
    fn the_key_is_replaced_in_any_case_with_or_without_its_mode() {
        let secrets = secrets("Abc-1");
        assert_eq!(
            secrets.redact("key ABC-1|0, abc-1|1, (Abc-1) and Abc-2"),
            "key [API key], [API key], ([API key]) and Abc-2"
        );
        assert_eq!(Secrets::default().redact("nothing"), "nothing");
    }

    #[test]
    fn the_basic_token_is_replaced_in_every_base64() {
        // `??>` gives `/` and `+`, and there is padding.
        let secrets = secrets("k??>k~~>x");
        for login in ["app:k??>k~~>x|0", "app:k??>k~~>x|1"] {
            for base64 in [STANDARD, URL_SAFE, STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
                let token = base64.encode(login);
                for text in [
                    token.clone(),
                    token.replace('/', "\\/"),
                    token.replace('+', "%2B").replace('/', "%2F").replace('=', "%3d"),
                    token.replace('+', "%252b").replace('/', "%25252F").replace('=', "%253D"),
                    token.replace('+', "&#43;").replace('/', "&#x2F;"),
                ] {
                    let shown = secrets.redact(&format!("Basic {text}."));
                    assert_eq!(shown, "Basic [credentials].", "{text}");
                }
            }
        }
    }

    #[test]
    fn encoded_and_escaped_forms_are_recognized_in_whole_and_in_part() {
        let secrets = secrets("a\"ö\\%&😀");
        for text in [
            "a\"ö\\%&😀",
            r#"a\"ö\\%&😀"#,
            r#"A\"\u00f6\\%\u0026\uD83D\uDE00"#,
            r#"a\"\u{f6}\\%&\u{1F600}"#,
            "%61%22%C3%B6%5C%25%26%f0%9f%98%80",
            "a%22%C3%96%5c%2525%26😀",
            "a&quot;&#246;\\%&amp;&#x1F600;",
            "a\"\u{200b}ö\\%\u{202e}&😀",
        ] {
            let shown = secrets.redact(&format!("<{text}%7C1>"));
            assert_eq!(shown, "<[API key]>", "{text}");
            assert!(secrets.are_in(&format!("<{text}>")), "{text}");
        }
    }

    #[test]
    fn broken_escapes_are_text() {
        let secrets = secrets("ab");
        for text in [
            "%", "%4", "%zz", "%+1", "%ff%ff", "\\", "\\u", "\\u00é", "\\u{", "\\ud83d", "&#;", "&#x;",
            "&é;", "a%C3",
        ] {
            assert_eq!(secrets.redact(text), text);
            assert!(!secrets.are_in(text));
        }
    }

    #[test]
    fn a_secret_is_removed_before_the_text_is_cut() {
        assert_eq!(secrets("0123456789").line("xx\n0123456789", 8), "xx [API k…");
        let url =
            Url::parse(&format!("https://example.org/{}0123456789", "x".repeat(SHOWN_URL - 25))).unwrap();
        assert!(!secrets("0123456789").url(&url).contains("01"));
    }

    #[test]
    fn what_van_repeats_of_a_link_does_not_open_it() {
        let secrets = secrets("abc");
        let told = "Could not fetch https://u:p@bucket.example.org/x/001.zip?X-Amz-Signature=beef: 403";
        assert_eq!(secrets.told(told), "Could not fetch https://bucket.example.org/x/001.zip?…: 403");
    }

    #[test]
    fn a_shown_url_has_no_secrets() {
        let url = Url::parse("https://me:pass@example.org/files/abc/a.csv?signature=abc#f").unwrap();
        assert_eq!(secrets("abc").url(&url), "https://example.org/files/[API key]/a.csv?…");
        assert_eq!(secrets("abc").link(" https://example.org/a\tbc#f"), "https://example.org/[API key]");
        assert_eq!(secrets("abc").link("/files/%61bc?x#f"), "/files/[API key]");
    }

    #[test]
    fn of_links_in_a_text_only_scheme_and_host_are_left() {
        for (text, left) in [
            (
                "could not be fetched from https://bucket.example.org/a/b.zip?X-Amz-Signature=5f: 403",
                "could not be fetched from https://bucket.example.org/… 403",
            ),
            ("`http://127.0.0.1:80?sig=5f` and \"S3://b/5f\"", "`http://127.0.0.1:80/…` and \"S3://b/…\""),
            ("see https://example.org, or ask", "see https://example.org, or ask"),
            ("ö://", "ö://"),
            ("no link: 1/2", "no link: 1/2"),
        ] {
            assert_eq!(without_links(text), left);
        }
    }
}
