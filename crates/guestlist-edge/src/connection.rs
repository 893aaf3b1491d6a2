//! One connection, from its first byte to its end: TLS, what is spoken, the limits, the time-outs, the end of the server.

use core::convert::Infallible;
use core::pin::{Pin, pin};
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use guestlist_config::ServerLimits;
use http::{Request, Response, Version};
use hyper::body::{Body as HttpBody, Incoming};
use hyper::server::conn::{http1, http2};
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use crate::answer::{self, Body};
use crate::check::Checker;
use crate::listen::Stream;
use crate::metrics::{Metrics, TimedOut};
use crate::pace::{Ahead, Pace, Paced, Spoken};
use crate::{endpoint, grpc};

/// What the server is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Serve,
    /// Requests that are under way are answered, and then it ends.
    Drain,
    /// It ends.
    Cut,
}

/// Answers checks.
pub(crate) struct Check {
    pub(crate) checker: Arc<Checker>,
    /// How long the message of a gRPC request may take to come.
    pub(crate) message_timeout: Duration,
}

impl Service<Request<Incoming>> for Check {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    #[inline]
    fn call(&self, request: Request<Incoming>) -> Self::Future {
        if grpc::is_asked(&request) {
            return Answering::Grpc(grpc::respond(self.checker.clone(), request, self.message_timeout));
        }
        // HTTP/1 has counted them while it read.
        let is_counted = request.version() < Version::HTTP_2;
        if !is_counted && request.headers().len() > self.checker.version().limits.headers {
            return Answering::Ready(ready(Ok(answer::too_many_headers())));
        }
        let answer = endpoint::respond(&self.checker, request.method(), request.uri(), request.headers());
        Answering::Ready(ready(Ok(answer)))
    }
}

/// An answer: there at once, but for gRPC, where the question is in the request's body.
pub(crate) enum Answering {
    Ready(Ready<Result<Response<Body>, Infallible>>),
    Grpc(grpc::Answering),
}

impl Future for Answering {
    type Output = Result<Response<Body>, Infallible>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Answering::Ready(answer) => Pin::new(answer).poll(cx),
            Answering::Grpc(answer) => Pin::new(answer).poll(cx),
        }
    }
}

/// A service whose requests are known to the [`Pace`] of their connection.
struct AtPace<S> {
    service: S,
    pace: Arc<Pace>,
}

impl<S: Service<Request<Incoming>>> Service<Request<Incoming>> for AtPace<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    #[inline]
    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let has_no_body = request.body().is_end_stream();
        self.pace.requested(has_no_body);
        if !has_no_body && request.version() < Version::HTTP_2 {
            // For those who take their time over a body.
            request.extensions_mut().insert(self.pace.clone());
        }
        self.service.call(request)
    }
}

/// What a connection is served with.
pub(crate) struct Serving {
    pub(crate) limits: ServerLimits,
    pub(crate) tls: Option<Arc<ServerConfig>>,
    pub(crate) metrics: Metrics,
    pub(crate) phase: watch::Receiver<Phase>,
}

impl Serving {
    /// Serves a connection to its end. What goes wrong is the client's affair: nobody else hears of it.
    pub(crate) async fn run<S, B>(mut self, stream: Stream, service: S)
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
        S::Future: Send + 'static,
        B: HttpBody<Error: Into<Box<dyn std::error::Error + Send + Sync>>, Data: Send> + Send + 'static,
    {
        match self.tls.clone() {
            Some(tls) => {
                let begun = tokio::select! {
                    begun = timeout(self.limits.header_timeout, TlsAcceptor::from(tls).accept(stream)) => begun,
                    // Nothing is under way.
                    _ = self.phase.wait_for(|phase| *phase != Phase::Serve) => return,
                };
                match begun {
                    Ok(Ok(stream)) => self.speak(stream, service).await,
                    Ok(Err(_)) => {}
                    Err(_) => self.metrics.timed_out(TimedOut::Header),
                }
            }
            None => self.speak(stream, service).await,
        }
    }

    async fn speak<S, B>(mut self, mut stream: impl AsyncRead + AsyncWrite + Unpin, service: S)
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
        S::Future: Send + 'static,
        B: HttpBody<Error: Into<Box<dyn std::error::Error + Send + Sync>>, Data: Send> + Send + 'static,
    {
        let pace = Arc::new(Pace::new());
        let begun = tokio::select! {
            begun = timeout(self.limits.header_timeout, Ahead::read(&mut stream)) => begun,
            // Nothing is under way.
            _ = self.phase.wait_for(|phase| *phase != Phase::Serve) => return,
        };
        let service = AtPace { service, pace: pace.clone() };
        match begun {
            Ok(Ok(Some((Spoken::Http1, ahead)))) => {
                let stream = TokioIo::new(Paced::new(stream, ahead, Some(pace.clone())));
                self.drive(http1(&self.limits).serve_connection(stream, service), &pace).await;
            }
            Ok(Ok(Some((Spoken::Http2, ahead)))) => {
                // The pace knows of its first request alone: what comes later does not tell where a head begins.
                let stream = TokioIo::new(Paced::new(stream, ahead, None));
                self.drive(http2(&self.limits).serve_connection(stream, service), &pace).await;
            }
            Ok(_) => {}
            Err(_) => self.metrics.timed_out(TimedOut::Header),
        }
    }

    async fn drive<C: Connection>(&self, connection: C, pace: &Pace) {
        let ServerLimits { header_timeout, idle_timeout, .. } = self.limits;
        let mut phase = self.phase.clone();
        let mut connection = pin!(connection);
        let mut is_leaving = false;
        let mut look = pin!(sleep(header_timeout.min(idle_timeout)));
        loop {
            tokio::select! {
                // The connection last: one that always has something to read uses up what a task may do in one turn, and nothing after it would ever have one.
                biased;
                changed = phase.changed() => {
                    let phase = *phase.borrow_and_update();
                    if changed.is_err() || phase == Phase::Cut {
                        return;
                    }
                    connection.as_mut().graceful_shutdown();
                }
                () = look.as_mut() => match pace.look(header_timeout, idle_timeout) {
                    _ if is_leaving => return,
                    Ok(again) => look.as_mut().reset(Instant::now() + again),
                    Err(kind) => {
                        self.metrics.timed_out(kind);
                        if !C::SAYS_GOODBYE {
                            return;
                        }
                        connection.as_mut().graceful_shutdown();
                        look.as_mut().reset(Instant::now() + GOODBYE);
                        is_leaving = true;
                    }
                },
                _ = connection.as_mut() => return,
            }
        }
    }
}

fn http1(limits: &ServerLimits) -> http1::Builder {
    let mut http1 = http1::Builder::new();
    // Time-outs are the business of `Pace`; half-closed clients get their answer.
    http1.timer(TokioTimer::new()).header_read_timeout(None).half_close(true).max_buf_size(limits.head_bytes);
    // More than the library's own number, or fewer, makes it allocate for each request.
    if limits.headers != ServerLimits::default().headers {
        http1.max_headers(limits.headers);
    }
    // Not `pipeline_flush`: with it, the answer to a head that cannot be read is never sent.
    http1
}

fn http2(limits: &ServerLimits) -> http2::Builder<TokioExecutor> {
    let mut http2 = http2::Builder::new(TokioExecutor::new());
    http2
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(u32::try_from(limits.head_bytes).unwrap_or(u32::MAX))
        // A peer that went away without a word is found out.
        .keep_alive_interval(limits.idle_timeout)
        .keep_alive_timeout(limits.header_timeout);
    http2
}

/// How long a connection that has been idle for too long may take to end: what a far peer needs to read that it does, and to say that it has.
const GOODBYE: Duration = Duration::from_secs(1);

/// What the two kinds of connections have in common.
trait Connection: Future<Output = hyper::Result<()>> {
    /// Whether the peer is told which requests will not be answered, so that it may send them again elsewhere (GOAWAY; RFC 9113, section 6.8). In HTTP/1 nothing can be said.
    const SAYS_GOODBYE: bool;

    /// No more requests; those under way are answered.
    fn graceful_shutdown(self: Pin<&mut Self>);
}

impl<I, S, B> Connection for http1::Connection<I, S>
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    I: hyper::rt::Read + hyper::rt::Write + Unpin,
    B: HttpBody<Error: Into<Box<dyn std::error::Error + Send + Sync>>> + 'static,
{
    const SAYS_GOODBYE: bool = false;

    fn graceful_shutdown(self: Pin<&mut Self>) {
        http1::Connection::graceful_shutdown(self);
    }
}

impl<I, S, B> Connection for http2::Connection<I, S, TokioExecutor>
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S::Future: Send + 'static,
    I: hyper::rt::Read + hyper::rt::Write + Unpin,
    B: HttpBody<Error: Into<Box<dyn std::error::Error + Send + Sync>>, Data: Send> + Send + 'static,
{
    const SAYS_GOODBYE: bool = true;

    fn graceful_shutdown(self: Pin<&mut Self>) {
        http2::Connection::graceful_shutdown(self);
    }
}
