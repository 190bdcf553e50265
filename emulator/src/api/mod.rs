//! The HTTP side: which request goes where.

mod auth;
mod body;
mod discovery;
mod error;
mod faulty;
mod jobs;
mod links;
mod misc;
mod paging;
mod slashes;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};

use crate::state::State;

pub(crate) fn router(state: Arc<State>) -> Router {
    let api = Router::new()
        .route("/v4/bulkImportMappingTypes", get(discovery::mapping_types))
        .route("/v4/bulkImportMappingTypes/{name}", get(discovery::mapping_type))
        .route("/v4/bulkImportMappingTypes/{name}/{field}/values", get(discovery::values))
        .route("/v4/bulkImportJobs", post(jobs::submit))
        .route("/v4/bulkImportJobs/resources", get(discovery::resources))
        .route("/v4/bulkImportJobs/{id}", get(jobs::status))
        .route("/v4/apiKeyProfiles", get(misc::api_key_profiles))
        .route("/v4/echoes", post(misc::echo))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&state), auth::require_key));
    // Result files need no key: their links are secrets of their own.
    let results = Router::new().route("/results/{token}/{name}", get(links::result_file));
    let routes = api
        .merge(results)
        .fallback(error::not_found)
        .method_not_allowed_fallback(error::method_not_allowed)
        .with_state(Arc::clone(&state));
    // A layer of the routes themselves would come after the choice of one.
    Router::new()
        .fallback_service(routes)
        .layer(middleware::map_request(body::read))
        .layer(middleware::from_fn_with_state(state, faulty::answer))
        .layer(middleware::map_request(slashes::join))
        // In place of axum's own limit.
        .layer(DefaultBodyLimit::disable())
}
