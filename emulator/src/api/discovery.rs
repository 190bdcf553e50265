//! What the key may import.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::error::ApiError;
use super::paging::PageRequest;
use crate::state::State;

/// `GET /bulkImportMappingTypes`
pub(super) async fn mapping_types(Shared(state): Shared<Arc<State>>, page: PageRequest) -> Response {
    Json(page.of(&state.config.schema.mapping_types)).into_response()
}

/// `GET /bulkImportMappingTypes/{mappingTypeName}`: the object alone, without an envelope.
pub(super) async fn mapping_type(
    Shared(state): Shared<Arc<State>>,
    name: Result<Path<String>, PathRejection>,
) -> Result<Response, ApiError> {
    let Path(name) = name.map_err(|_| ApiError::not_found())?;
    let mapping_type = state.config.schema.mapping_type(&name).ok_or_else(ApiError::not_found)?;
    Ok(Json(mapping_type).into_response())
}

/// `GET /bulkImportMappingTypes/{mappingTypeName}/{fieldName}/values`
pub(super) async fn values(
    Shared(state): Shared<Arc<State>>,
    names: Result<Path<(String, String)>, PathRejection>,
    page: PageRequest,
) -> Result<Response, ApiError> {
    let Path((name, field)) = names.map_err(|_| ApiError::not_found())?;
    let schema = &state.config.schema;
    match schema.values(&name, &field) {
        Some(list) => Ok(Json(page.of(&list.values)).into_response()),
        None if schema.mapping_type(&name).is_some_and(|mapping| mapping.field(&field).is_some()) => {
            Err(ApiError::new(
                StatusCode::NOT_FOUND,
                "NOT_FOUND",
                format!("The snapshot that is emulated has no list of values for '{name}', '{field}'."),
            ))
        }
        None => Err(ApiError::not_found()),
    }
}

/// `GET /bulkImportJobs/resources`: a bare array.
pub(super) async fn resources(Shared(state): Shared<Arc<State>>) -> Response {
    Json(&state.config.schema.resources).into_response()
}
