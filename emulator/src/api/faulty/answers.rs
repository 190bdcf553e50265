//! What faults answer in place of VAN.

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};

use super::super::error::ApiError;
use crate::faults::{Kind, html_page};

/// The answer of a fault that answers by itself.
pub(super) fn of(kind: Kind) -> Response {
    match kind {
        Kind::TooManyRequests { retry_after } => too_many_requests(retry_after),
        Kind::BadGateway | Kind::BadGatewayAfter => StatusCode::BAD_GATEWAY.into_response(),
        Kind::ServiceUnavailable => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Kind::Html => html(StatusCode::OK),
        Kind::HtmlNotFound => html(StatusCode::NOT_FOUND),
        Kind::HtmlUnavailable => html(StatusCode::SERVICE_UNAVAILABLE),
        Kind::NotFound => ApiError::not_found().into_response(),
        _ => internal_error(),
    }
}

fn too_many_requests(retry_after: Option<u32>) -> Response {
    let text = "There were too many requests; a fault of the emulator says so.";
    let error = ApiError::new(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS", text);
    let mut response = error.into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn internal_error() -> Response {
    let text = "The server failed; a fault of the emulator says so.";
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", text).into_response()
}

fn html(status: StatusCode) -> Response {
    (status, Html(html_page(status.as_u16()))).into_response()
}
