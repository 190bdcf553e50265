//! Every request on its way in and out: it is recorded, and meets its faults.

mod answers;
mod bodies;
mod target;
mod tracked;

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State as Shared};
use axum::http::header::DATE;
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use self::target::Target;
use self::tracked::Tracked;
use super::body::MAX_BYTES;
use crate::connection::Wire;
use crate::faults::{Drawn, Kind};
use crate::record::{self, Answering, Event};
use crate::state::State;

/// Answers a request, with its faults.
pub(super) async fn answer(
    Shared(state): Shared<Arc<State>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    request: Request,
    next: Next,
) -> Response {
    let target = Target::of(request.method(), request.uri().path());
    let faults = match target.endpoint {
        Some(endpoint) => state.draw_faults(endpoint, &target.thing),
        None => Drawn::default(),
    };
    let recorder = &state.shared.recorder;
    let seen = Arc::new(record::Request {
        number: recorder.next_request(),
        method: request.method().to_string(),
        path: target.path,
        endpoint: target.endpoint,
        job: target.job,
        faults: faults.kinds.clone(),
    });
    let mut answering = Answering::new(Arc::clone(recorder), Arc::clone(&seen));
    let is_head = request.method() == Method::HEAD;
    recorder.event(Event::Received(Arc::clone(&seen)));

    tokio::time::sleep(faults.latency()).await;
    let response = match faults.answer() {
        Some(kind) if kind.prevents_effect() => instead(kind, request, &wire).await,
        _ => {
            let response = take_effect(&seen, &faults, request, next).await;
            let status = response.status().as_u16();
            recorder.event(Event::TookEffect { request: seen, status });
            tokio::time::sleep(faults.latency_after()).await;
            response
        }
    };

    let response = match faults.answer() {
        Some(kind) => spoil(kind, response, &wire).await,
        None => response,
    };
    answering.is_cut = faults.has(Kind::ShortLength);
    let response = with_date(response, faults.skew());
    if !wire.is_reset() {
        answering.status = Some(response.status().as_u16());
    }
    Tracked::track(response, is_head, answering, wire)
}

async fn take_effect(
    seen: &Arc<record::Request>,
    faults: &Drawn,
    mut request: Request,
    next: Next,
) -> Response {
    request.extensions_mut().insert(Arc::clone(seen));
    request.extensions_mut().insert(faults.clone());
    next.run(request).await
}

/// The answer of a fault to a request that has no effect.
async fn instead(kind: Kind, request: Request, wire: &Wire) -> Response {
    if kind == Kind::ResetBefore {
        wire.reset();
        return Response::default();
    }
    // An answer before the client has sent everything could be lost with a reset of the connection.
    let _ = to_bytes(request.into_body(), MAX_BYTES).await;
    answers::of(kind)
}

/// The answer of a request that took effect, as a fault lets it arrive.
async fn spoil(kind: Kind, response: Response, wire: &Wire) -> Response {
    match kind {
        Kind::ResetAfter => wire.reset(),
        Kind::BadGatewayAfter => return answers::of(kind),
        Kind::SlowBody(_) | Kind::TruncatedBody | Kind::TruncatedChunks | Kind::ShortLength => {
            match bodies::spoil(kind, response).await {
                Some(response) => return response,
                // There is nothing to cut, or too much to hold.
                None => wire.reset(),
            }
        }
        _ => return response,
    }
    Body::empty().into_response()
}

/// The response of a server whose clock is off by so many seconds, if it is.
fn with_date(mut response: Response, skew: Option<i64>) -> Response {
    /// As HTTP wants it.
    const FORMAT: &[BorrowedFormatItem<'_>] = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    let moment =
        skew.map(|seconds| OffsetDateTime::now_utc().saturating_add(time::Duration::seconds(seconds)));
    let text = moment.and_then(|moment| moment.format(FORMAT).ok());
    if let Some(date) = text.and_then(|text| HeaderValue::try_from(text).ok()) {
        response.headers_mut().insert(DATE, date);
    }
    response
}
