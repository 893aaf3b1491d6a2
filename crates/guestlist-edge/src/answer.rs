//! [`Verdict`] → an HTTP answer. The only place that knows status codes.

use std::pin::Pin;
use std::sync::{LazyLock, OnceLock};
use std::task::{Context, Poll};

use bytes::Bytes;
use guestlist::ListType;
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
    let (status, body) = if verdict.lets_through() {
        (allowed, Bytes::new())
    } else {
        (StatusCode::FORBIDDEN, denial_body(verdict))
    };
    let mut response = Response::new(Body::new(body));
    *response.status_mut() = status;
    *response.headers_mut() = match ready(verdict) {
        Some(ready) => ready.get_or_init(|| headers(verdict)).clone(),
        None => headers(verdict),
    };
    response
}

/// All headers of an answer.
fn headers(verdict: &Verdict) -> HeaderMap {
    // Each name has its place: this never grows.
    let mut headers = HeaderMap::with_capacity(6);
    set_headers(verdict, |name, value| {
        headers.insert(name, value);
    });
    headers.insert(VARY, HeaderValue::from_static(verdict.vary()));
    if !verdict.lets_through() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    headers
}

/// Rules whose answers are kept.
const READY_RULES: usize = 64;

/// Answers without a rule: by reason, whether they let through, whether they would not, and `Vary`.
const WITHOUT_RULE: usize = Reason::ALL.len() * VARIES * 4;

/// How many values of `Vary` there are: by list, and whether policies may stand in headers.
const VARIES: usize = 4;

/// Headers that were made before: to copy them takes a quarter of hashing their names, which is more than the check takes.
static READY: [OnceLock<HeaderMap>; WITHOUT_RULE + READY_RULES * VARIES] =
    [const { OnceLock::new() }; WITHOUT_RULE + READY_RULES * VARIES];

/// The place for the headers of such an answer. Everything that [`headers`] looks at says which.
fn ready(verdict: &Verdict) -> Option<&'static OnceLock<HeaderMap>> {
    let (lets_through, would_deny) = (verdict.lets_through(), verdict.would_deny());
    let is_upload = usize::from(verdict.list() == Some(ListType::Upload));
    let vary = is_upload * 2 + usize::from(verdict.is_by_policy_header());
    let index = match verdict.rule() {
        None => {
            let kind = (usize::from(lets_through) * 2 + usize::from(would_deny)) * VARIES + vary;
            verdict.reason() as usize * VARIES * 4 + kind
        }
        Some(rule) if lets_through && !would_deny && verdict.reason() == Reason::Matched => {
            let rule = usize::try_from(rule.get() - 1).ok().filter(|rule| *rule < READY_RULES)?;
            WITHOUT_RULE + rule * VARIES + vary
        }
        Some(_) => return None,
    };
    READY.get(index)
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

#[cfg(test)]
mod tests {
    use guestlist::{Gate, List, Mode, RequestHeaders};

    use super::*;

    /// Verdicts of every list in every mode on every kind of header, and those that no list was asked about.
    fn verdicts() -> Vec<Verdict> {
        let patterns: Vec<String> = (0..70).map(|rule| format!("r{rule}.example")).collect();
        let mut origins: Vec<Vec<u8>> =
            (0..70).map(|rule| format!("https://r{rule}.example").into_bytes()).collect();
        origins.extend(
            ["https://other.example", "null", "x", "app://x", ""].map(|text| text.as_bytes().to_vec()),
        );
        let mut verdicts: Vec<Verdict> = Reason::ALL.map(Verdict::refused).to_vec();
        for list_type in ListType::ALL {
            for mode in [Mode::Off, Mode::Report, Mode::Enforce] {
                for block_missing in [false, true] {
                    let limits = guestlist::Limits::default().patterns(100);
                    let list = List::builder(list_type).limits(limits).patterns(&patterns).mode(mode);
                    let gate = Gate::new().with_list(list.block_missing(block_missing).build().unwrap());
                    verdicts.extend(origins.iter().map(|origin| {
                        let request = RequestHeaders::new().origin(origin);
                        Verdict::of(gate.decide(list_type, &request))
                    }));
                }
            }
        }
        let by_header: Vec<Verdict> = verdicts.iter().map(|verdict| verdict.varying_by_policy()).collect();
        verdicts.extend(by_header);
        verdicts
    }

    #[test]
    fn what_is_kept_is_what_would_be_made() {
        let verdicts = verdicts();
        // The second time all of them are there.
        for verdict in verdicts.iter().chain(&verdicts) {
            let answer = answer(verdict, StatusCode::NO_CONTENT);
            assert_eq!(answer.headers(), &headers(verdict), "{verdict:?}");
        }
        let kept = READY.iter().filter(|ready| ready.get().is_some()).count();
        assert!(kept > 2 * READY_RULES + 20, "{kept}");
    }
}
