//! Bodies of which it is known whether they were sent in whole.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::header::CONTENT_LENGTH;
use axum::response::Response;
use http_body::{Frame, SizeHint};

use crate::connection::Wire;
use crate::record::Answering;

/// A body that hands its [`Answering`] to the connection once all of it was taken.
pub(super) struct Tracked {
    body: Body,
    /// How many bytes are still to come, if that is known. The server asks for no more than these.
    left: Option<u64>,
    answering: Option<Answering>,
    wire: Wire,
}

impl Tracked {
    /// Tracks the body of a response. A reply to `HEAD` has none.
    pub(super) fn track(response: Response, is_head: bool, answering: Answering, wire: Wire) -> Response {
        let length =
            response.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let (head, body) = response.into_parts();
        let left = if is_head { Some(0) } else { length.or(body.size_hint().exact()) };
        let tracked = Self { body, left, answering: Some(answering), wire };
        Response::from_parts(head, Body::new(tracked))
    }

    fn is_complete(&self) -> bool {
        self.left == Some(0) || self.body.is_end_stream()
    }

    fn end(&mut self) {
        if let Some(answering) = self.answering.take() {
            self.wire.is_leaving(answering);
        }
    }
}

impl HttpBody for Tracked {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                let length = frame.data_ref().map_or(0, |data| data.len() as u64);
                self.left = self.left.map(|left| left.saturating_sub(length));
                if self.is_complete() {
                    self.end();
                }
            }
            // It was not answered in whole.
            Some(Err(_)) => self.answering = None,
            None => self.end(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        // A body without anything in it is not asked for anything.
        if self.is_complete() {
            self.end();
        }
    }
}
