//! A web page in place of what was asked for.

use axum::http::StatusCode;

/// The page of a web server or proxy with this status.
pub(crate) fn html_page(status: u16) -> String {
    let status = StatusCode::from_u16(status).unwrap_or_default();
    let title = match status {
        StatusCode::OK => "Down for maintenance".to_owned(),
        status => status.to_string(),
    };
    format!(
        "<!DOCTYPE html>\n<html>\n<head><title>{title}</title></head>\n<body><h1>{title}</h1>\n\
         <p>This page comes from a fault of the emulator.</p></body>\n</html>\n"
    )
}
