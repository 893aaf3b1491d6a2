//! Envoy's gRPC check: `envoy.service.auth.v3.Authorization/Check`.
//!
//! In: the attributes of an HTTP request, of which method, path (with query) and headers are read; of the headers the
//! raw ones (`encode_raw_headers: true`), where each value of a repeated header is by itself, or else the map, where Envoy
//! has joined them with commas, which no origin has. Out: OK with the `X-Guestlist-*` headers for the application and
//! `Vary` for the client, or a 403 with both and a body, for the client.
//!
//! A request without attributes is denied, not an error: Envoy may be told to let a request through on an error
//! (`failure_mode_allow`), on a denial never. What is no `CheckRequest` at all, or larger than [`MAX_MESSAGE`], is
//! answered with a gRPC error.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use envoy_types::pb::envoy::config::core::v3::header_value_option::HeaderAppendAction;
use envoy_types::pb::envoy::config::core::v3::{HeaderValue, HeaderValueOption};
use envoy_types::pb::envoy::service::auth::v3::attribute_context::HttpRequest;
use envoy_types::pb::envoy::service::auth::v3::authorization_server::{Authorization, AuthorizationServer};
use envoy_types::pb::envoy::service::auth::v3::check_response::HttpResponse;
use envoy_types::pb::envoy::service::auth::v3::{
    CheckRequest, CheckResponse, DeniedHttpResponse, OkHttpResponse,
};
use envoy_types::pb::envoy::r#type::v3::HttpStatus;
use envoy_types::pb::google::rpc;
use http::header::{CONTENT_TYPE, HeaderName, VARY};
use hyper::body::Incoming;
use tokio::time::timeout;
use tonic::codegen::Service as _;
use tonic::{Code, Request, Response, Status, async_trait};

use crate::answer::{self, Body, DECISION, REASON, RULE, WOULD_DENY};
use crate::check::{Asked, Checker, Count, HeaderValues, Reason, Verdict};
use crate::endpoint::Endpoint;

#[cfg(test)]
mod tests;

/// The largest message that is read. Envoy takes heads of at most 60 kB unless told otherwise, and sends no bodies unless
/// told to.
const MAX_MESSAGE: usize = 256 * 1024;

/// An answer that is under way.
pub(crate) type Answering = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

/// Whether a request asks by gRPC.
#[inline]
pub(crate) fn is_asked(request: &http::Request<Incoming>) -> bool {
    request.uri().path() == "/envoy.service.auth.v3.Authorization/Check"
        && request.method() == http::Method::POST
        && matches!(request.headers().one(&CONTENT_TYPE), Count::One(value) if value.starts_with(b"application/grpc"))
}

/// Answers a request that asks by gRPC, whose message may take so long to come.
pub(crate) fn respond(
    checker: Arc<Checker>,
    request: http::Request<Incoming>,
    message_timeout: Duration,
) -> Answering {
    let mut service = AuthorizationServer::from_arc(checker).max_decoding_message_size(MAX_MESSAGE);
    Box::pin(async move {
        let response = match timeout(message_timeout, service.call(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(never)) => match never {},
            Err(_) => Status::deadline_exceeded("the message took too long to come").into_http(),
        };
        Ok(response.map(Body::Grpc))
    })
}

#[async_trait]
impl Authorization for Checker {
    async fn check(&self, request: Request<CheckRequest>) -> Result<Response<CheckResponse>, Status> {
        // The trace is that of the call: Envoy continues its own there. What the client sent is among the attributes.
        let (call, _, CheckRequest { attributes }) = request.into_parts();
        let http = attributes.and_then(|attributes| attributes.request).and_then(|request| request.http);
        let http = http.unwrap_or_default();
        let asked = Asked { method: http.method.as_bytes(), target: http.path.as_bytes() };
        let verdict = self.traces.check(Endpoint::Grpc, call.as_ref(), || {
            if asked.method.is_empty() || asked.target.is_empty() {
                self.refuse(Reason::NoRoute, &http)
            } else {
                Checker::check(self, asked, &http)
            }
        });
        Ok(Response::new(response(&verdict)))
    }
}

impl HeaderValues for HttpRequest {
    fn values<'a>(&'a self, name: &HeaderName) -> impl Iterator<Item = &'a [u8]> {
        let is_named = |key: &str| key.eq_ignore_ascii_case(name.as_str());
        let raw = self.header_map.iter().flat_map(|map| &map.headers);
        let raw = raw.filter(move |header| is_named(&header.key)).map(|header| {
            if header.raw_value.is_empty() { header.value.as_bytes() } else { &header.raw_value }
        });
        // Envoy sends the one or the other. Whoever sends both is not to show a header in one of them alone.
        let joined = self.headers.iter().filter(move |(key, _)| is_named(key));
        raw.chain(joined.map(|(_, value)| value.as_bytes()))
    }
}

/// What Envoy is to do.
fn response(verdict: &Verdict) -> CheckResponse {
    let mut headers = Vec::with_capacity(5);
    // All that is set is ASCII.
    answer::set_headers(verdict, |name, value| {
        headers.push(header(&name, value.to_str().unwrap_or_default()));
    });
    let (code, response) = if verdict.lets_through() {
        let response = OkHttpResponse {
            // What is not said now is not to be said by the client.
            headers_to_remove: [DECISION, REASON, RULE, WOULD_DENY]
                .into_iter()
                .filter(|name| !headers.iter().any(|option| is_of(option, name)))
                .map(|name| name.as_str().to_owned())
                .collect(),
            headers,
            response_headers_to_add: vec![added(&VARY, verdict.vary())],
            ..OkHttpResponse::default()
        };
        (Code::Ok, HttpResponse::OkResponse(response))
    } else {
        headers.extend([header(&VARY, verdict.vary()), header(&CONTENT_TYPE, "application/json")]);
        let status = Some(HttpStatus { code: 403 });
        let body = String::from_utf8_lossy(&answer::denial_body(verdict)).into_owned();
        (Code::PermissionDenied, HttpResponse::DeniedResponse(DeniedHttpResponse { status, headers, body }))
    };
    CheckResponse {
        status: Some(rpc::Status { code: code.into(), ..rpc::Status::default() }),
        http_response: Some(response),
        ..CheckResponse::default()
    }
}

fn is_of(option: &HeaderValueOption, name: &HeaderName) -> bool {
    option.header.as_ref().is_some_and(|header| header.key == name.as_str())
}

/// A header that takes the place of those of the same name.
fn header(name: &HeaderName, value: &str) -> HeaderValueOption {
    option(name, value, HeaderAppendAction::OverwriteIfExistsOrAdd)
}

/// A header beside those of the same name.
fn added(name: &HeaderName, value: &str) -> HeaderValueOption {
    option(name, value, HeaderAppendAction::AppendIfExistsOrAdd)
}

fn option(name: &HeaderName, value: &str, action: HeaderAppendAction) -> HeaderValueOption {
    // `value` is known to every Envoy, `raw_value` to newer ones.
    let header =
        HeaderValue { key: name.as_str().to_owned(), value: value.to_owned(), raw_value: Vec::new() };
    HeaderValueOption { header: Some(header), append_action: action.into(), ..HeaderValueOption::default() }
}
