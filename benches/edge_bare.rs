//! The server that `guestlist serve` is held against: hyper, and 204 to everything. `benches/edge` builds and starts it.
//!
//! `edge_bare --listen 127.0.0.1:0 --listen unix:/tmp/bare.sock --workers 2` says in one line of JSON where it listens, as `guestlist serve --format json` does.

#![allow(clippy::print_stdout)]

use std::convert::Infallible;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Parser;
use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};

#[derive(Parser)]
struct Options {
    /// `127.0.0.1:8080` or `unix:PATH`; may be given again
    #[arg(long, required = true)]
    listen: Vec<String>,
    /// How many threads it has
    #[arg(long, default_value_t = 2)]
    workers: usize,
}

fn main() -> io::Result<()> {
    let options = Options::parse();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(options.workers).enable_all().build()?;
    runtime.block_on(serve(options.listen))
}

async fn serve(addresses: Vec<String>) -> io::Result<()> {
    let mut check = Vec::new();
    for address in &addresses {
        if let Some(path) = address.strip_prefix("unix:") {
            let listener = UnixListener::bind(PathBuf::from(path))?;
            check.push(address.clone());
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(answer(stream));
                }
            });
        } else {
            let listener = TcpListener::bind(address).await?;
            check.push(format!("http://{}", listener.local_addr()?));
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    stream.set_nodelay(true).ok();
                    tokio::spawn(answer(stream));
                }
            });
        }
    }
    println!("{}", serde_json::json!({ "check": check }));
    io::stdout().flush()?;
    std::future::pending().await
}

async fn answer(stream: impl AsyncRead + AsyncWrite + Unpin) {
    let service = service_fn(|_: Request<Incoming>| async {
        let mut response = Response::new(Empty::<Bytes>::new());
        *response.status_mut() = StatusCode::NO_CONTENT;
        Ok::<_, Infallible>(response)
    });
    // No time-outs, no limits, no log: as bare as it gets.
    http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.ok();
}
