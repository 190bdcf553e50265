//! Bodies that arrive slowly, or not in whole.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::HeaderValue;
use axum::http::header::{CONNECTION, CONTENT_LENGTH};
use axum::response::Response;
use futures_util::{StreamExt as _, stream};

use crate::faults::Kind;

/// The largest body that is held in memory, in bytes: more than the largest result file.
const MAX_BYTES: usize = 256 * 1024 * 1024;

/// The pieces of a slow body.
const PIECES: usize = 8;

/// How long the first half of a body has to leave before the connection is closed.
const TO_LEAVE: Duration = Duration::from_millis(20);

/// The response with its body spoilt; `None` if that cannot be done to it.
pub(super) async fn spoil(kind: Kind, response: Response) -> Option<Response> {
    let (mut head, body) = response.into_parts();
    let bytes = to_bytes(body, MAX_BYTES).await.ok()?;
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    let half = place_to_cut(&bytes);
    let body = match kind {
        Kind::SlowBody(pause) => slowly(bytes, pause),
        _ if bytes.is_empty() => return None,
        Kind::TruncatedBody => broken(bytes.slice(..half)),
        Kind::TruncatedChunks => {
            head.headers.remove(CONTENT_LENGTH);
            broken(bytes.slice(..half))
        }
        _ => {
            // What follows on the wire would be taken for the next answer, so there is none.
            head.headers.insert(CONTENT_LENGTH, HeaderValue::from(half));
            head.headers.insert(CONNECTION, HeaderValue::from_static("close"));
            Body::from(bytes.slice(..half))
        }
    };
    Some(Response::from_parts(head, body))
}

/// About the middle, inside of a line, so that the last line is not whole.
fn place_to_cut(bytes: &[u8]) -> usize {
    let is_at_the_end_of_a_line = |cut: usize| {
        let around = cut.saturating_sub(1)..(cut + 3).min(bytes.len());
        bytes.get(around).is_some_and(|around| around.contains(&b'\n'))
    };
    (1..=bytes.len() / 2).rev().find(|cut| !is_at_the_end_of_a_line(*cut)).unwrap_or(0)
}

/// A body in pieces, with a pause before each.
fn slowly(bytes: Bytes, pause: Duration) -> Body {
    let size = bytes.len().div_ceil(PIECES).max(1);
    let pieces: Vec<Bytes> = (0..bytes.len())
        .step_by(size)
        .map(|start| bytes.slice(start..(start + size).min(bytes.len())))
        .collect();
    Body::from_stream(stream::iter(pieces).then(move |piece| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, io::Error>(piece)
    }))
}

/// A body that ends with an error, upon which the connection is closed.
fn broken(start: Bytes) -> Body {
    let end = stream::once(async {
        tokio::time::sleep(TO_LEAVE).await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    Body::from_stream(stream::iter([Ok(start)]).chain(end))
}
