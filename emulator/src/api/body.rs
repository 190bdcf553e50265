//! Requests are read whole before anything else is done with them.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;

use super::error::ApiError;

/// The largest body that is read, in bytes. A job with 50 columns and thousands of translations fits.
pub(super) const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Reads the body, whether it is of use or not. An answer to half a request ends the connection, on which the client may be
/// sending its next request: everyaction-client keeps connections, and sends a body with `GET`, too.
pub(super) async fn read(request: Request) -> Result<Request, ApiError> {
    let (head, body) = request.into_parts();
    let bytes = to_bytes(body, MAX_BYTES).await.map_err(|_| {
        ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "REQUEST_TOO_LARGE",
            format!("The body could not be read whole; the most that is read is {MAX_BYTES} bytes."),
        )
    })?;
    Ok(Request::from_parts(head, Body::from(bytes)))
}
