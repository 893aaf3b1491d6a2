//! Sends spans to a collector: a request of HTTP/1.1, on a connection of its own, by the hyper and the rustls that the server has anyway.
//!
//! A batch goes out every few seconds at most: there is no connection worth keeping. Proxies and redirects are not followed.

use core::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{HOST, HeaderValue};
use http::uri::{PathAndQuery, Scheme};
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use opentelemetry_http::{HttpClient, HttpError};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

/// A collector says `ok`, or in a few words why not.
const ANSWER_BYTES: usize = 1 << 20;

/// Where spans are sent.
pub(super) struct Collector {
    tls: Option<TlsConnector>,
    timeout: Duration,
    /// The thread that exports is none of its own.
    runtime: Handle,
    /// Whether it failed the last time, so that the log says what has changed and not what is so.
    is_failing: AtomicBool,
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

impl Collector {
    /// # Errors
    ///
    /// If the authorities are not to be had from the file.
    pub(super) fn new(
        authorities: Option<&Path>,
        timeout: Duration,
        runtime: Handle,
    ) -> Result<Collector, String> {
        let tls = authorities.map(connector).transpose()?;
        Ok(Collector { tls, timeout, runtime, is_failing: AtomicBool::new(false) })
    }

    fn tell(&self, sent: &Result<Response<Bytes>, HttpError>) {
        let error = match sent {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some(format!("it answers {}", response.status())),
            Err(error) => Some(error.to_string()),
        };
        let was_failing = self.is_failing.swap(error.is_some(), Relaxed);
        match error {
            Some(error) if !was_failing => tracing::warn!(error, "spans do not reach the collector"),
            None if was_failing => tracing::info!("spans reach the collector again"),
            _ => {}
        }
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (tls, limit) = (self.tls.clone(), self.timeout);
        // There is no clock but on the runtime.
        let sent = match self.runtime.spawn(async move { timeout(limit, send(tls, request)).await }).await {
            Ok(Ok(sent)) => sent,
            Ok(Err(_)) => Err(format!("no answer within {limit:?}").into()),
            Err(error) => Err(error.into()),
        };
        self.tell(&sent);
        sent
    }
}

async fn send(tls: Option<TlsConnector>, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let uri = request.uri().clone();
    let host = uri.host().ok_or("its URL has no host")?;
    // Brackets are for URLs.
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let is_https = uri.scheme() == Some(&Scheme::HTTPS);
    let port = uri.port_u16().unwrap_or(if is_https { 443 } else { 80 });
    let stream = TcpStream::connect((host, port)).await?;
    match tls {
        Some(tls) if is_https => {
            let name = ServerName::try_from(host.to_string())?;
            exchange(tls.connect(name, stream).await?, &uri, request).await
        }
        None if is_https => Err("its URL begins with https, and no authority is known".into()),
        _ => exchange(stream, &uri, request).await,
    }
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    uri: &Uri,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, HttpError> {
    let mut request = request.map(Full::new);
    let path = uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    *request.uri_mut() = Uri::from(path);
    let host = match uri.port() {
        Some(port) => HeaderValue::try_from(format!("{}:{port}", uri.host().unwrap_or_default()))?,
        None => HeaderValue::try_from(uri.host().unwrap_or_default())?,
    };
    request.headers_mut().insert(HOST, host);
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // The connection ends when its sender is gone.
    let ask = async move {
        let (head, body) = sender.send_request(request).await?.into_parts();
        let body = Limited::new(body, ANSWER_BYTES).collect().await?.to_bytes();
        Ok(Response::from_parts(head, body))
    };
    let (answer, _) = tokio::join!(ask, connection);
    answer
}

fn connector(authorities: &Path) -> Result<TlsConnector, String> {
    let file = authorities.display();
    let certificates = CertificateDer::pem_file_iter(authorities)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| format!("cannot read {file}: {error}; it is to be a PEM file of authorities"))?;
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(certificates);
    if added == 0 {
        return Err(format!(
            "{file} has no authority that can be used; it is to be a PEM file of certificates"
        ));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
