//! HTTP Basic: the user is the application name, the password is `key|0` (My Voters) or `key|1` (My Campaign).

use std::sync::Arc;

use axum::extract::{Request, State as Shared};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

use super::error::ApiError;
use crate::state::State;

/// Which database a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DatabaseMode {
    MyVoters,
    MyCampaign,
}

pub(super) async fn require_key(
    Shared(state): Shared<Arc<State>>,
    mut request: Request,
    next: Next,
) -> Response {
    match mode(request.headers(), state.config.api_key.as_ref()) {
        Some(mode) => {
            request.extensions_mut().insert(mode);
            next.run(request).await
        }
        None => unauthorized(),
    }
}

fn unauthorized() -> Response {
    let error = ApiError::new(
        StatusCode::UNAUTHORIZED,
        "UNAUTHORIZED",
        "The application name or the API key is missing or not valid.",
    )
    .hint("HTTP Basic with the application name as user and `key|0` (My Voters) or `key|1` (My Campaign) as password");
    let mut response = error.into_response();
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"emulator\""));
    response
}

/// The mode that the credentials of a request are for, if they are accepted.
fn mode(headers: &HeaderMap, expected: Option<&SecretString>) -> Option<DatabaseMode> {
    let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    let (key, mode) = password.rsplit_once('|')?;
    let mode = match mode {
        "0" => DatabaseMode::MyVoters,
        "1" => DatabaseMode::MyCampaign,
        _ => return None,
    };
    let is_accepted = match expected {
        Some(expected) => key == expected.expose_secret(),
        None => !key.is_empty(),
    };
    (is_accepted && !user.is_empty()).then_some(mode)
}
