//! Listeners for people and their tools, beside those for checks: few connections, and limits of their own.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use guestlist_config::ServerLimits;
use hyper_util::service::TowerToHyperService;
use serde_json::json;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use crate::accept::accept;
use crate::connection::{Phase, Serving};
use crate::listen::Listener;
use crate::metrics::Metrics;
use crate::pace::Pace;

/// Serves a listener until the server ends. `most` connections at a time, so that they take no files from those for checks.
pub(crate) async fn serve(
    router: Router,
    listener: Listener,
    most: usize,
    limits: ServerLimits,
    metrics: Metrics,
    phase: watch::Receiver<Phase>,
) {
    let places = Arc::new(Semaphore::new(most));
    let take = |stream| {
        // Whoever is one too many finds the connection closed.
        let Ok(place) = places.clone().try_acquire_owned() else { return };
        let serving = Serving { limits, tls: None, metrics: metrics.clone(), phase: phase.clone() };
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            serving.run(stream, service).await;
            drop(place);
        });
    };
    accept(listener, phase.clone(), take).await;
}

/// What a request may take, its body and waiting for others included.
const LONGEST: Duration = Duration::from_secs(60);

/// Gives up on requests that take too long.
pub(crate) async fn in_time(mut request: Request, next: Next) -> Response {
    let pace = request.extensions_mut().remove::<Arc<Pace>>();
    let _answering = pace.map(Pace::answering);
    match timeout(LONGEST, next.run(request)).await {
        Ok(response) => response,
        // Problem details (RFC 9457), as whoever answers there has them.
        Err(_) => {
            let headers = [
                (header::CONTENT_TYPE, "application/problem+json"),
                (header::CACHE_CONTROL, "no-store"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            let problem = json!({
                "type": "/problems/timeout",
                "title": "The request took too long",
                "status": 408,
                "detail": "it was not read and answered within a minute",
                "help": "look whether it was done before you send it again",
            });
            (StatusCode::REQUEST_TIMEOUT, headers, problem.to_string()).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::post;
    use guestlist_config::Address;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::time::sleep;

    use super::*;

    /// Slower than heads may be: a body, and the thinking about it.
    #[tokio::test]
    async fn a_body_and_its_answer_have_the_time_of_a_request_and_not_that_of_a_head() {
        let listener = Listener::bind(&Address::loopback(0), 0).await.unwrap();
        let Address::Tcp(address) = listener.address() else { panic!("a port") };
        let slow = async |body: String| {
            sleep(Duration::from_millis(700)).await;
            body
        };
        let router = Router::new().route("/", post(slow)).layer(axum::middleware::from_fn(in_time));
        let (_phases, phase) = watch::channel(Phase::Serve);
        let limits = ServerLimits {
            header_timeout: Duration::from_millis(300),
            idle_timeout: Duration::from_millis(900),
            ..ServerLimits::default()
        };
        tokio::spawn(serve(router, listener, 1, limits, Metrics::new(), phase));
        let mut stream = TcpStream::connect(address).await.unwrap();
        // Twice, since a connection is as it was before.
        for _ in 0..2 {
            stream.write_all(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n").await.unwrap();
            for byte in *b"slow" {
                sleep(Duration::from_millis(150)).await;
                stream.write_all(&[byte]).await.unwrap();
            }
            let mut answer = Vec::new();
            while !answer.ends_with(b"slow") {
                assert!(stream.read_buf(&mut answer).await.unwrap() > 0, "cut off");
            }
            assert!(answer.starts_with(b"HTTP/1.1 200 "));
        }
        // And a head has its own.
        stream.write_all(b"POST / HTTP").await.unwrap();
        assert_eq!(stream.read(&mut [0; 100]).await.unwrap_or(0), 0);
    }
}
