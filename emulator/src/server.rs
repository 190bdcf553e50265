//! Listening, and serving HTTP until told to stop.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::connection::{Connections, Wire, Wires};
use crate::emulator::EmulatorError;

/// How long requests that are being answered may take when the emulator stops.
const GRACE: Duration = Duration::from_secs(5);

pub(crate) async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), EmulatorError> {
    let error = |source| EmulatorError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(error)?;
    let address = listener.local_addr().map_err(error)?;
    Ok((listener, address))
}

/// An HTTP server as a task that ends with its owner: dropping `shutdown` tells it to stop listening and to close its
/// connections, which aborting the task would leave open.
pub(crate) struct Server {
    /// `None` once its end was seen.
    task: Option<JoinHandle<io::Result<()>>>,
    shutdown: Option<oneshot::Sender<()>>,
    wires: Wires,
}

impl Server {
    pub(crate) fn spawn(listener: TcpListener, router: axum::Router) -> Self {
        let (shutdown, asked) = oneshot::channel();
        let wires = Wires::default();
        let connections = Connections::new(listener, wires.clone());
        let service = router.into_make_service_with_connect_info::<Wire>();
        let serve = axum::serve(connections, service).with_graceful_shutdown(async move {
            let _ = asked.await;
        });
        Self { task: Some(tokio::spawn(serve.into_future())), shutdown: Some(shutdown), wires }
    }

    pub(crate) async fn finished(&mut self) -> Result<(), EmulatorError> {
        let Some(task) = &mut self.task else { return Ok(()) };
        let result = task.await;
        self.task = None;
        match result {
            Ok(result) => result.map_err(EmulatorError::Serve),
            Err(error) => Err(EmulatorError::Serve(io::Error::other(error))),
        }
    }

    pub(crate) async fn stop(&mut self) {
        if let Some(shutdown) = self.shutdown.take() {
            let _ = shutdown.send(());
        }
        // One that does not end in time goes on ending without us.
        let _ = tokio::time::timeout(GRACE, self.finished()).await;
    }

    /// Stops, and resets every connection, so that nothing more is answered.
    pub(crate) async fn break_off(&mut self) {
        self.wires.reset_all();
        self.stop().await;
    }
}
