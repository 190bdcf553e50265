//! Connections that the server can break, and that tell when an answer has left.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use futures_util::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use crate::record::Answering;
use crate::state::lock;

/// A handle on a connection, for whoever answers its requests.
#[derive(Clone, Default)]
pub(crate) struct Wire(Arc<Inner>);

#[derive(Default)]
struct Inner {
    is_reset: AtomicBool,
    reader: AtomicWaker,
    /// Answers that are complete and may still be in a buffer.
    leaving: Mutex<Vec<Answering>>,
}

impl Wire {
    /// Resets the connection, so that the client gets no answer but a TCP RST.
    pub(crate) fn reset(&self) {
        self.0.is_reset.store(true, Ordering::SeqCst);
        self.0.reader.wake();
    }

    /// Takes note of an answer that is complete; it counts as sent when all buffers have been emptied.
    pub(crate) fn is_leaving(&self, answering: Answering) {
        lock(&self.0.leaving).push(answering);
    }

    pub(crate) fn is_reset(&self) -> bool {
        self.0.is_reset.load(Ordering::SeqCst)
    }

    fn all_sent(&self) {
        let sent = std::mem::take(&mut *lock(&self.0.leaving));
        sent.into_iter().for_each(Answering::sent);
    }
}

impl Connected<IncomingStream<'_, Connections>> for Wire {
    fn connect_info(stream: IncomingStream<'_, Connections>) -> Self {
        stream.remote_addr().wire.clone()
    }
}

/// All connections of a server, to break them at once.
#[derive(Clone, Default)]
pub(crate) struct Wires(Arc<Mutex<AllWires>>);

#[derive(Default)]
struct AllWires {
    is_reset: bool,
    wires: Vec<Weak<Inner>>,
}

impl Wires {
    /// Resets every connection, and every one that is accepted from now on.
    pub(crate) fn reset_all(&self) {
        let mut all = lock(&self.0);
        all.is_reset = true;
        for inner in all.wires.drain(..).filter_map(|wire| wire.upgrade()) {
            Wire(inner).reset();
        }
    }

    fn add(&self) -> Wire {
        let wire = Wire::default();
        let mut all = lock(&self.0);
        if all.is_reset {
            wire.reset();
        }
        // Forgets those that have ended.
        all.wires.retain(|wire| wire.strong_count() > 0);
        all.wires.push(Arc::downgrade(&wire.0));
        wire
    }
}

/// Accepts connections.
pub(crate) struct Connections {
    listener: TcpListener,
    wires: Wires,
}

impl Connections {
    pub(crate) fn new(listener: TcpListener, wires: Wires) -> Self {
        Self { listener, wires }
    }
}

impl Listener for Connections {
    type Io = Connection;
    type Addr = Peer;

    async fn accept(&mut self) -> (Connection, Peer) {
        // This one waits and tries again after errors.
        let (stream, address) = Listener::accept(&mut self.listener).await;
        let wire = self.wires.add();
        (Connection { stream, wire: wire.clone() }, Peer { address, wire })
    }

    fn local_addr(&self) -> io::Result<Peer> {
        Ok(Peer { address: self.listener.local_addr()?, wire: Wire::default() })
    }
}

/// Who is at the other end.
pub(crate) struct Peer {
    address: SocketAddr,
    wire: Wire,
}

impl std::fmt::Debug for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.address.fmt(f)
    }
}

/// A TCP connection that fails once it is to be reset.
pub(crate) struct Connection {
    stream: TcpStream,
    wire: Wire,
}

impl Connection {
    fn check(&self) -> io::Result<()> {
        if !self.wire.is_reset() {
            return Ok(());
        }
        // Closing the socket then sends a RST instead of a FIN.
        self.stream.set_zero_linger()?;
        Err(io::ErrorKind::ConnectionReset.into())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // What is still in a buffer never leaves. These record it when they are dropped, without the lock.
        let _stuck = std::mem::take(&mut *lock(&self.wire.0.leaving));
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.wire.0.reader.register(context.waker());
        self.check()?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        if matches!(flushed, Poll::Ready(Ok(()))) {
            self.wire.all_sent();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
