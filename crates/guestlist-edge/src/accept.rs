//! Listener → connections, up to the limit.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::time::sleep;

use crate::check::Checker;
use crate::connection::{Check, Phase, Serving};
use crate::files;
use crate::listen::{Listener, Stream};
use crate::metrics::{Metrics, TimedOut};
use crate::spop::{self, End, Times};

/// What a client is told that is one too many.
const TOO_MANY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nretry-after: 1\r\nconnection: close\r\n\r\n";

/// What is spoken on a listener.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Spoken {
    Http,
    Spop,
}

/// The connections of all listeners for checks.
#[derive(Clone)]
pub(crate) struct Connections {
    checker: Arc<Checker>,
    open: Arc<AtomicUsize>,
    /// What the system has files for.
    most: usize,
    phase: watch::Receiver<Phase>,
}

/// One connection, counted until it is dropped.
pub(crate) struct Permit {
    open: Arc<AtomicUsize>,
    metrics: Metrics,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Relaxed);
        self.metrics.disconnected();
    }
}

impl Connections {
    pub(crate) fn new(checker: Arc<Checker>, phase: watch::Receiver<Phase>) -> Connections {
        let most = files::for_connections();
        let limit = checker.version().limits.connections;
        if limit > most {
            tracing::warn!(
                limit,
                most,
                "the system lets this process have fewer files than `connections` needs; the lower number holds"
            );
        }
        Connections { checker, open: Arc::default(), most, phase }
    }

    /// Takes connections in, each with a permit, until the server ends.
    pub(crate) async fn accept(self, listener: Listener, spoken: Spoken) {
        let take = |stream| match self.permit() {
            Some(permit) => match spoken {
                Spoken::Http => self.serve_http(stream, permit),
                Spoken::Spop => self.serve_spop(stream, permit),
            },
            None => {
                self.checker.metrics.refused();
                match spoken {
                    // In TLS it would be no word at all.
                    Spoken::Http if self.checker.version().tls.is_some() && stream.is_tcp() => {}
                    Spoken::Http => stream.try_write(TOO_MANY),
                    Spoken::Spop => stream.try_write(&spop::too_many()),
                }
            }
        };
        accept(listener, self.phase.clone(), take).await;
    }

    /// Serves checks by HTTP.
    fn serve_http(&self, stream: Stream, permit: Permit) {
        let version = self.checker.version();
        let serving = Serving {
            limits: version.limits,
            tls: version.tls.clone().filter(|_| stream.is_tcp()),
            metrics: self.checker.metrics.clone(),
            phase: self.phase.clone(),
        };
        let check = Check { checker: self.checker.clone(), message_timeout: version.limits.header_timeout };
        tokio::spawn(async move {
            serving.run(stream, check).await;
            drop(permit);
        });
    }

    /// Serves checks by HAProxy's SPOE.
    fn serve_spop(&self, stream: Stream, permit: Permit) {
        let checker = self.checker.clone();
        let limits = checker.version().limits;
        let times = Times { frame: limits.header_timeout, idle: limits.idle_timeout };
        let (mut draining, mut cutting) = (self.phase.clone(), self.phase.clone());
        tokio::spawn(async move {
            let drain = async {
                draining.wait_for(|phase| *phase != Phase::Serve).await.ok();
            };
            tokio::select! {
                end = spop::serve(stream, &checker, times, drain) => match end {
                    End::FrameTimeout => checker.metrics.timed_out(TimedOut::Header),
                    End::IdleTimeout => checker.metrics.timed_out(TimedOut::Idle),
                    End::Closed | End::Drained => {}
                },
                _ = cutting.wait_for(|phase| *phase == Phase::Cut) => {}
            }
            drop(permit);
        });
    }

    fn permit(&self) -> Option<Permit> {
        let limit = self.checker.version().limits.connections.min(self.most);
        let add = |open: usize| (open < limit).then_some(open + 1);
        self.open.fetch_update(Relaxed, Relaxed, add).ok()?;
        let metrics = self.checker.metrics.clone();
        metrics.connected();
        Some(Permit { open: self.open.clone(), metrics })
    }
}

/// Hands over each connection of a listener, until the server ends.
pub(crate) async fn accept(listener: Listener, mut phase: watch::Receiver<Phase>, take: impl Fn(Stream)) {
    let mut failures = Failures::default();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = phase.wait_for(|phase| *phase != Phase::Serve) => return,
        };
        match accepted {
            Ok(stream) => take(stream),
            Err(error) => failures.wait_after(&error).await,
        }
    }
}

/// What is done when the system gives us no connection.
#[derive(Debug, Default)]
struct Failures {
    told: Option<Instant>,
}

impl Failures {
    /// Says so, now and then, and waits a little where trying at once would end the same way.
    async fn wait_after(&mut self, error: &io::Error) {
        use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
        // The client is gone already.
        if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
            return;
        }
        // The system has no more files or memory for us: others may end, and then it goes on.
        if self.told.is_none_or(|told| told.elapsed() >= TELL_AGAIN) {
            self.told = Some(Instant::now());
            tracing::warn!(%error, "a connection was not accepted");
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// A line for each failure would fill the disk as well.
const TELL_AGAIN: Duration = Duration::from_secs(10);
