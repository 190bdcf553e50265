//! Result files, for whoever has the link, until it expires.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, Request, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use time::OffsetDateTime;
use tower_http::services::ServeFile;

use super::error::ApiError;
use crate::faults::{Drawn, Kind};
use crate::state::{Link, State, lock};
use crate::token;

/// `GET /results/{token}/{name}`
pub(super) async fn result_file(
    Shared(state): Shared<Arc<State>>,
    names: Result<Path<(String, String)>, PathRejection>,
    Extension(faults): Extension<Drawn>,
    request: Request,
) -> Result<Response, ApiError> {
    let Path((token, name)) = names.map_err(|_| ApiError::not_found())?;
    if faults.has(Kind::ExpiredLink) {
        replace_link(&state, &token, &name);
    }
    let path = {
        let links = lock(&state.links);
        let link = links.get(&token).filter(|link| link.name == name).ok_or_else(ApiError::not_found)?;
        if OffsetDateTime::now_utc() >= link.expires {
            return Err(ApiError::new(
                StatusCode::FORBIDDEN,
                "FORBIDDEN",
                "The link to this result file has expired.",
            ));
        }
        link.path.clone()
    };
    match ServeFile::new(path).try_call(request).await {
        Ok(response) => Ok(response.into_response()),
        Err(error) => {
            tracing::error!(%error, "could not read a result file");
            Err(ApiError::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "INTERNAL_ERROR",
                "The result file cannot be read.",
            ))
        }
    }
}

/// Lets a link expire now, and gives the job a fresh one.
fn replace_link(state: &State, token: &str, name: &str) {
    let fresh = token::random();
    let mut links = lock(&state.links);
    let Some(link) = links.get_mut(token).filter(|link| link.name == name) else { return };
    let new = Link { job: link.job, name: link.name.clone(), path: link.path.clone(), expires: link.expires };
    link.expires = OffsetDateTime::now_utc();
    let job = link.job;
    links.insert(fresh.clone(), new);
    drop(links);
    lock(&state.jobs).relink(job, token, &fresh);
}
