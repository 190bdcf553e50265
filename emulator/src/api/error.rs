//! Errors in VAN's shape: `{"errors": [{"code", "text", "properties", "hint", "referenceCode"}]}`.
//!
//! The shape, `NOT_FOUND` with its text, `INVALID_PARAMETER` and `FORBIDDEN` are VAN's; the other codes and all other
//! texts are ours.

use axum::Json;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use van_bulk_schema::Finding;

pub(super) const INVALID_PARAMETER: &str = "INVALID_PARAMETER";

/// A request that is answered with an error.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    errors: Vec<ErrorItem>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorItem {
    code: &'static str,
    text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    properties: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

#[derive(Serialize)]
struct Body<'a> {
    errors: &'a [ErrorItem],
}

impl ApiError {
    pub(super) fn new(status: StatusCode, code: &'static str, text: impl Into<String>) -> Self {
        Self {
            status,
            errors: vec![ErrorItem { code, text: text.into(), properties: Vec::new(), hint: None }],
        }
    }

    pub(super) fn invalid(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, INVALID_PARAMETER, text)
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "The specified resource cannot be found.")
    }

    /// One error a finding.
    pub(super) fn from_findings<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        let item = |finding: &Finding| ErrorItem {
            code: INVALID_PARAMETER,
            text: finding.message.clone(),
            properties: Some(finding.path()).filter(|path| !path.is_empty()).into_iter().collect(),
            hint: finding.help.clone(),
        };
        Self { status: StatusCode::BAD_REQUEST, errors: findings.into_iter().map(item).collect() }
    }

    #[must_use]
    pub(super) fn property(mut self, path: impl Into<String>) -> Self {
        let path = path.into();
        self.errors.iter_mut().for_each(|error| error.properties.push(path.clone()));
        self
    }

    #[must_use]
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        let hint = hint.into();
        self.errors.iter_mut().for_each(|error| error.hint = Some(hint.clone()));
        self
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(Body { errors: &self.errors })).into_response()
    }
}

pub(super) async fn not_found(uri: Uri) -> ApiError {
    tracing::debug!(path = uri.path(), "no such path");
    ApiError::not_found()
}

pub(super) async fn method_not_allowed(method: Method) -> ApiError {
    ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "METHOD_NOT_ALLOWED",
        format!("This resource does not support {method}."),
    )
}
