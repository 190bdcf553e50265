//! Paths with several slashes in a row.

use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;

/// Takes several slashes in a row for one. That VAN does, too, was seen in a client: everyaction-client asks for
/// `/v4//apiKeyProfiles`, and its tests ask VAN for it.
pub(super) async fn join(mut request: Request) -> Request {
    if let Some(joined) = joined(request.uri()) {
        *request.uri_mut() = joined;
    }
    request
}

/// The URL with single slashes, if it has others.
fn joined(uri: &Uri) -> Option<Uri> {
    let mut path = uri.path().to_owned();
    if !path.contains("//") {
        return None;
    }
    while path.contains("//") {
        path = path.replace("//", "/");
    }
    if let Some(query) = uri.query() {
        path = format!("{path}?{query}");
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path).ok()?);
    Uri::from_parts(parts).ok()
}
