//! Endpoints that are not about bulk import, but that clients use to try their key.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Extension;
use serde_json::{Value, json};

use super::auth::DatabaseMode;
use super::error::ApiError;
use super::jobs::read_body;

/// `GET /apiKeyProfiles`: the four properties are VAN's, their values are made up.
pub(super) async fn api_key_profiles(Extension(mode): Extension<DatabaseMode>) -> Json<Value> {
    let profile = json!({
        "databaseName": "Emulator",
        "hasMyVoters": mode == DatabaseMode::MyVoters,
        "hasMyCampaign": mode == DatabaseMode::MyCampaign,
        "committeeName": "Committee of the emulator",
    });
    Json(json!({ "items": [profile], "nextPageLink": null, "count": 1 }))
}

/// `POST /echoes`: answers with what was sent.
pub(super) async fn echo(body: Bytes) -> Result<Json<Value>, ApiError> {
    read_body(&body).map(Json)
}
