//! [`Verdict`] → an HTTP answer. The only place that knows status codes.

use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, VARY};
use http::{Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use crate::check::{Reason, Verdict};

/// The body of an answer: whole, as all of ours are, or as the gRPC library has it.
#[derive(Debug)]
pub(crate) enum Body {
    Whole(Full<Bytes>),
    Grpc(tonic::body::Body),
}

impl Body {
    fn new(bytes: Bytes) -> Body {
        Body::Whole(Full::new(bytes))
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = tonic::Status;

    #[inline]
    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, tonic::Status>>> {
        match self.get_mut() {
            Body::Whole(body) => Pin::new(body).poll_frame(cx).map_err(|never| match never {}),
            Body::Grpc(body) => Pin::new(body).poll_frame(cx),
        }
    }

    #[inline]
    fn is_end_stream(&self) -> bool {
        match self {
            Body::Whole(body) => body.is_end_stream(),
            Body::Grpc(body) => body.is_end_stream(),
        }
    }

    #[inline]
    fn size_hint(&self) -> SizeHint {
        match self {
            Body::Whole(body) => body.size_hint(),
            Body::Grpc(body) => body.size_hint(),
        }
    }
}

pub(crate) const DECISION: HeaderName = HeaderName::from_static("x-guestlist-decision");
pub(crate) const REASON: HeaderName = HeaderName::from_static("x-guestlist-reason");
pub(crate) const RULE: HeaderName = HeaderName::from_static("x-guestlist-rule");
pub(crate) const WOULD_DENY: HeaderName = HeaderName::from_static("x-guestlist-would-deny");

/// The values of `X-Guestlist-Rule` that nearly all lists have.
static RULES: LazyLock<Vec<HeaderValue>> = LazyLock::new(|| (1..=1000u32).map(HeaderValue::from).collect());

static BODIES: LazyLock<[Bytes; Reason::ALL.len()]> = LazyLock::new(|| {
    Reason::ALL.map(|reason| {
        let body =
            serde_json::json!({ "error": "forbidden", "reason": reason.code(), "message": reason.message() });
        Bytes::from(format!("{body}\n"))
    })
});

/// Makes what answers share, so that no request does.
pub(crate) fn prepare() {
    LazyLock::force(&RULES);
    LazyLock::force(&BODIES);
}

/// The answer of a check: `allowed`, or 403 with a JSON object that says why.
pub(crate) fn answer(verdict: &Verdict, allowed: StatusCode) -> Response<Body> {
    // Each name has its place: this never grows.
    let mut headers = HeaderMap::with_capacity(6);
    set_headers(verdict, |name, value| {
        headers.insert(name, value);
    });
    headers.insert(VARY, HeaderValue::from_static(verdict.vary()));
    let mut response = if verdict.lets_through() {
        Response::new(Body::new(Bytes::new()))
    } else {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Response::new(Body::new(denial_body(verdict)))
    };
    *response.status_mut() = if verdict.lets_through() { allowed } else { StatusCode::FORBIDDEN };
    *response.headers_mut() = headers;
    response
}

/// The answer to `HEAD`: that to `GET`, without its body. HTTP/1 would leave it out by itself, HTTP/2 sends what it is given.
pub(crate) fn without_body(mut response: Response<Body>) -> Response<Body> {
    if let Some(length @ 1..) = HttpBody::size_hint(response.body()).exact() {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
        *response.body_mut() = Body::new(Bytes::new());
    }
    response
}

/// The answer to a request with more headers than are taken (RFC 6585, section 5).
pub(crate) fn too_many_headers() -> Response<Body> {
    let mut response = Response::new(Body::new(Bytes::new()));
    *response.status_mut() = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    response
}

/// The headers that say what was decided.
pub(crate) fn set_headers(verdict: &Verdict, mut set: impl FnMut(HeaderName, HeaderValue)) {
    set(DECISION, HeaderValue::from_static(verdict.decision()));
    set(REASON, HeaderValue::from_static(verdict.reason().code()));
    if let Some(rule) = verdict.rule() {
        let ready = usize::try_from(rule.get() - 1).ok().and_then(|index| RULES.get(index));
        set(RULE, ready.cloned().unwrap_or_else(|| HeaderValue::from(rule.get())));
    }
    if verdict.would_deny() {
        set(WOULD_DENY, HeaderValue::from_static(verdict.reason().code()));
    }
}

/// The body of a denial, a JSON object.
pub(crate) fn denial_body(verdict: &Verdict) -> Bytes {
    BODIES[verdict.reason() as usize].clone()
}

/// The answer where there is no endpoint.
pub(crate) fn not_found() -> Response<Body> {
    const TEXT: &str = "There is nothing here. Ask /check/upload/APP, /check/delivery/APP or one of the endpoints for proxies, /api/authz/...\n";
    let mut response = Response::new(Body::new(Bytes::from_static(TEXT.as_bytes())));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
