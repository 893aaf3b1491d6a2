//! HTTP request → which check it asks for → the answer.
//!
//! | path | asks about |
//! | --- | --- |
//! | `/check/{upload,delivery}/{app}` | itself |
//! | `/api/authz/auth-request` | `X-Original-URL`, `X-Original-Method` (nginx) |
//! | `/api/authz/forward-auth` | `X-Forwarded-Uri`, `X-Forwarded-Method` (Caddy, Traefik) |
//! | `/api/authz/ext-authz/…` | the rest of its path, its method (Envoy) |

use guestlist::ListType;
use http::header::{HeaderMap, HeaderName};
use http::{Method, Response, StatusCode, Uri};

use crate::answer::{self, Body};
use crate::check::{Asked, Checker, Count, HeaderValues, Reason, Verdict};

const ORIGINAL_URL: HeaderName = HeaderName::from_static("x-original-url");
const ORIGINAL_METHOD: HeaderName = HeaderName::from_static("x-original-method");
const FORWARDED_URI: HeaderName = HeaderName::from_static("x-forwarded-uri");
const FORWARDED_METHOD: HeaderName = HeaderName::from_static("x-forwarded-method");

/// By which way a check was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Endpoint {
    Check,
    AuthRequest,
    ForwardAuth,
    ExtAuthz,
    Grpc,
    Spoe,
}

/// Answers a request.
pub(crate) fn respond(checker: &Checker, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response<Body> {
    let response = check(checker, method, uri, headers);
    if *method == Method::HEAD { answer::without_body(response) } else { response }
}

fn check(checker: &Checker, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response<Body> {
    let path = uri.path();
    let (verdict, allowed) = if let Some(rest) = path.strip_prefix("/check/") {
        let Some((list_type, app)) = list_and_app(rest) else { return answer::not_found() };
        let check = || {
            let query = uri.query().unwrap_or_default();
            checker.check_list(list_type, app.as_bytes(), query.as_bytes(), headers)
        };
        (checker.traces.check(Endpoint::Check, headers, check), StatusCode::NO_CONTENT)
    } else {
        match path.strip_prefix("/api/authz/") {
            Some("auth-request") => {
                let check = || forwarded(checker, headers, &ORIGINAL_METHOD, &ORIGINAL_URL);
                (checker.traces.check(Endpoint::AuthRequest, headers, check), StatusCode::NO_CONTENT)
            }
            Some("forward-auth") => {
                let check = || forwarded(checker, headers, &FORWARDED_METHOD, &FORWARDED_URI);
                (checker.traces.check(Endpoint::ForwardAuth, headers, check), StatusCode::NO_CONTENT)
            }
            Some(rest) if rest.starts_with("ext-authz/") => {
                let target = uri.path_and_query().map_or("", |target| target.as_str());
                let target = target.get("/api/authz/ext-authz".len()..).unwrap_or_default();
                let asked = Asked { method: method.as_str().as_bytes(), target: target.as_bytes() };
                // Envoy lets nothing but 200 pass.
                let check = || checker.check(asked, headers);
                (checker.traces.check(Endpoint::ExtAuthz, headers, check), StatusCode::OK)
            }
            _ => return answer::not_found(),
        }
    };
    answer::answer(&verdict, allowed)
}

fn list_and_app(rest: &str) -> Option<(ListType, &str)> {
    let (list_type, app) = rest.split_once('/')?;
    let list_type = ListType::ALL.into_iter().find(|known| known.as_str() == list_type)?;
    Some((list_type, app))
}

/// A check of the request that these headers tell of, each exactly once: a proxy sets them, and what a client sent beside it shows by being there twice.
fn forwarded(checker: &Checker, headers: &HeaderMap, method: &HeaderName, target: &HeaderName) -> Verdict {
    match (headers.one(method), headers.one(target)) {
        (Count::One(method), Count::One(target)) => checker.check(Asked { method, target }, headers),
        (Count::Several, _) | (_, Count::Several) => checker.refuse(Reason::Ambiguous, headers),
        _ => checker.refuse(Reason::NoRoute, headers),
    }
}
