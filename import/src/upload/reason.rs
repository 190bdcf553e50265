//! What an object store or the network said, made fit to be shown.
//!
//! Errors of object stores hold URLs with signatures and bodies of replies, which repeat what was sent: Amazon S3 sends
//! the session token back with the news that it has expired.

use object_store::Error;
use secrecy::{ExposeSecret, SecretString};
use van_bulk_schema::text::printable;

use crate::links::without_secrets;

/// How much is shown, in characters.
const SHOWN: usize = 600;

/// An error as one line without secrets: without those that are known, the queries and users of URLs, and bodies but for
/// their code and message.
pub(super) fn reason(error: &Error, secrets: &[SecretString]) -> String {
    let mut text = with_root_cause(error);
    for secret in secrets {
        text = text.replace(secret.expose_secret(), "[secret]");
    }
    let text = printable(&without_secrets(&without_body(&text)), SHOWN);
    let hint = match error {
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => {
            "; check the credentials, what they may do there, and the region"
        }
        _ if text.contains("//169.254.169.254/") || text.contains("//metadata.google.internal/") => {
            "; no credentials are in the environment, and this machine gives none"
        }
        _ => "",
    };
    text + hint
}

/// The message with that of the innermost error, which says why a request could not be sent.
fn with_root_cause(error: &Error) -> String {
    let text = error.to_string();
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let cause = cause.to_string();
    if text.contains(&cause) { text } else { format!("{text}: {cause}") }
}

/// Replaces an XML or HTML body, which is at the end, by its code and message.
fn without_body(text: &str) -> String {
    let Some(start) = text.find('<') else { return text.to_owned() };
    let (text, body) = text.split_at(start);
    let told: Vec<&str> =
        ["Code", "Message"].into_iter().filter_map(|element| content_of(element, body)).collect();
    format!("{text}{}", told.join(": "))
}

/// The text of an element, if it holds nothing but text.
fn content_of<'a>(element: &str, body: &'a str) -> Option<&'a str> {
    let (_, rest) = body.split_once(&format!("<{element}>"))?;
    let (content, _) = rest.split_once('<')?;
    Some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generic(text: &str) -> String {
        let error = Error::Generic { store: "S3", source: text.into() };
        reason(&error, &["s3cret-token".to_owned().into()])
    }

    #[test]
    fn queries_and_users_of_urls_are_cut() {
        assert_eq!(
            generic("PUT https://me:pw@a.example.org/b/c.zip?sig=pw (at http://b/?x) and \"https://c#pw\""),
            "Generic S3 error: PUT https://a.example.org/b/c.zip?… (at http://b/?…) and \"https://c?…\""
        );
        assert_eq!(generic("no :// at all"), "Generic S3 error: no :// at all");
    }

    #[test]
    fn of_a_body_the_code_and_the_message_are_shown() {
        assert_eq!(
            generic(
                "403: <?xml?><Error><Code>InvalidToken</Code><Message>The token is bad</Message><Token-0>pw</Token-0>"
            ),
            "Generic S3 error: 403: InvalidToken: The token is bad"
        );
        assert_eq!(generic("503: <html><title>pw"), "Generic S3 error: 503:");
        assert_eq!(generic("<Code>a<b>pw</b></Code><Message>"), "Generic S3 error: a");
    }

    #[test]
    fn secrets_that_are_known_are_not_shown_anywhere() {
        assert_eq!(
            generic("s3cret-token <Message>you sent s3cret-token</Message>"),
            "Generic S3 error: [secret] you sent [secret]"
        );
    }

    #[test]
    fn refused_and_missing_credentials_get_a_hint() {
        let error = Error::PermissionDenied { path: "a".to_owned(), source: "no".into() };
        assert!(
            reason(&error, &[]).ends_with("check the credentials, what they may do there, and the region")
        );
        let text = generic("Error performing PUT http://169.254.169.254/latest/api/token in 1s");
        assert!(text.contains("no credentials are in the environment"), "{text}");
    }
}
