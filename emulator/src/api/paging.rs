//! `$top` and `$skip`, and the envelope of a page.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Query};
use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::http::uri::Authority;
use serde::Serialize;

use super::error::ApiError;
use crate::config::MAX_PAGE_SIZE;
use crate::state::State;

/// Which page a request is for, and what the link to the next one needs.
#[derive(Debug)]
pub(super) struct PageRequest {
    top: usize,
    skip: usize,
    url: String,
}

/// A page of a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page<T> {
    items: Vec<T>,
    next_page_link: Option<String>,
    /// Of the whole list.
    count: usize,
}

impl PageRequest {
    pub(super) fn of<'a, T>(&self, list: &'a [T]) -> Page<&'a T> {
        let end = self.skip.saturating_add(self.top);
        Page {
            items: list.iter().skip(self.skip).take(self.top).collect(),
            next_page_link: (end < list.len()).then(|| format!("{}?$top={}&$skip={end}", self.url, self.top)),
            count: list.len(),
        }
    }
}

impl FromRequestParts<Arc<State>> for PageRequest {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<State>) -> Result<Self, ApiError> {
        let Query(query) = Query::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|_| ApiError::invalid("The query of the URL cannot be read."))?;
        let number = |name: &str| match query.iter().find(|(key, _)| key == name) {
            None => Ok(None),
            Some((_, text)) => text.parse::<usize>().map(Some).map_err(|_| {
                ApiError::invalid(format!("'{name}' must be a whole number of at least 0")).property(name)
            }),
        };
        let page_size = state.config.page_size;
        let top = number("$top")?.unwrap_or(page_size);
        if !(1..=MAX_PAGE_SIZE).contains(&top) {
            return Err(ApiError::invalid(format!(
                "'$top' must be between 1 and the maximum result size for this end point: {MAX_PAGE_SIZE}"
            ))
            .property("$top")
            .hint(format!("If '$top' is not given, a default top size of {page_size} will be used")));
        }
        let url = format!("{}{}", origin(parts, state), parts.uri.path());
        Ok(Self { top, skip: number("$skip")?.unwrap_or(0), url })
    }
}

/// Scheme, host and port by which the client reached the emulator, for links.
pub(super) struct Origin(pub(super) String);

impl FromRequestParts<Arc<State>> for Origin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<State>) -> Result<Self, Self::Rejection> {
        Ok(Self(origin(parts, state)))
    }
}

fn origin(parts: &Parts, state: &State) -> String {
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
    match host.and_then(|host| host.parse::<Authority>().ok()) {
        Some(host) => format!("http://{host}"),
        None => state.origin.clone(),
    }
}
