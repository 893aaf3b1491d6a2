//! [`ENDPOINTS`]: who may ask for what, in one place, and [`guard`], which every request passes.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use guestlist_store::Access::{self, Admin, Read, Write};

use self::Needs::{Everything, Nothing, OfApp, OwnView};
use crate::api::Api;
use crate::browsers::refuse_foreign;
use crate::caller::Caller;
use crate::parts;
use crate::problem::{Kind, Problem};

/// Where the API is.
pub(crate) const BASE: &str = "/api/v1";

/// Something that can be asked.
pub(crate) struct Endpoint {
    pub(crate) method: Method,
    /// Behind [`BASE`].
    pub(crate) path: &'static str,
    pub(crate) needs: Needs,
    /// Whether it changes something, which a token may do only so often.
    pub(crate) changes: bool,
    /// Whether much is computed for it, of which a token may ask only so much at once.
    pub(crate) thinks: bool,
}

/// What it takes to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing: it is the same for everybody.
    Nothing,
    /// Any token. It shows what the token may see, which is for the endpoint to see to ([`Caller::only_app`]).
    OwnView,
    /// This, to the app in the path.
    OfApp(Access),
    /// This, to all apps.
    Everything(Access),
}

/// A dry run reads, though much is computed for it: whoever may look at a list may ask what would become of it.
pub(crate) static ENDPOINTS: [Endpoint; 22] = [
    at(Method::GET, "/openapi.json", Nothing),
    at(Method::GET, "/apps", OwnView),
    change(Method::POST, "/apps", Everything(Admin)),
    at(Method::GET, "/apps/{key}", OfApp(Read)),
    change(Method::PUT, "/apps/{key}", OfApp(Admin)),
    change(Method::DELETE, "/apps/{key}", OfApp(Admin)),
    at(Method::GET, "/apps/{key}/lists/{list}", OfApp(Read)),
    change(Method::PUT, "/apps/{key}/lists/{list}", OfApp(Write)),
    thinks(Method::POST, "/apps/{key}/lists/{list}/preview", OfApp(Read)),
    thinks(Method::GET, "/apps/{key}/lists/{list}/activity", OfApp(Read)),
    at(Method::GET, "/apps/{key}/lists/{list}/versions", OfApp(Read)),
    at(Method::GET, "/apps/{key}/lists/{list}/versions/{number}", OfApp(Read)),
    change(Method::POST, "/apps/{key}/lists/{list}/versions/{number}/restore", OfApp(Write)),
    thinks(Method::POST, "/apps/{key}/test", OfApp(Read)),
    // Who has a secret can sign what is let in: that is to write, not to look.
    at(Method::GET, "/apps/{key}/secrets", OfApp(Write)),
    change(Method::POST, "/apps/{key}/secrets", OfApp(Write)),
    change(Method::DELETE, "/apps/{key}/secrets/previous", OfApp(Write)),
    at(Method::POST, "/apps/{key}/policies", OfApp(Write)),
    at(Method::GET, "/log", OwnView),
    at(Method::GET, "/tokens", Everything(Admin)),
    change(Method::POST, "/tokens", Everything(Admin)),
    change(Method::DELETE, "/tokens/{number}", Everything(Admin)),
];

const fn at(method: Method, path: &'static str, needs: Needs) -> Endpoint {
    Endpoint { method, path, needs, changes: false, thinks: false }
}

const fn change(method: Method, path: &'static str, needs: Needs) -> Endpoint {
    Endpoint { method, path, needs, changes: true, thinks: false }
}

const fn thinks(method: Method, path: &'static str, needs: Needs) -> Endpoint {
    Endpoint { method, path, needs, changes: false, thinks: true }
}

/// What every request passes, known paths or not: no pages of others, no other methods, nobody without a token that may. It leaves the [`Caller`] in the request.
pub(crate) async fn guard(State(api): State<Api>, request: Request, next: Next) -> Response {
    let mut response = match admit(&api, request).await {
        Ok(request) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Names and patterns are text of strangers, and no browser is to look for something else in them.
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

async fn admit(api: &Api, request: Request) -> Result<Request, Problem> {
    refuse_foreign(request.headers(), request.uri(), api.hosts())?;
    let endpoint = endpoint(&request)?;
    if endpoint.needs == Nothing {
        return Ok(request);
    }
    let caller = Caller::of(request.headers(), api).await?;
    let (mut parts, body) = request.into_parts();
    match endpoint.needs {
        Nothing | OwnView => {}
        Everything(access) => caller.may_everywhere(access)?,
        OfApp(access) => {
            let key = parts::part(&mut parts, "key").await?.unwrap_or_default();
            caller.may(access, &key)?;
        }
    }
    if endpoint.changes {
        take_change(api, &caller)?;
    }
    parts.extensions.insert(caller);
    Ok(Request::from_parts(parts, body))
}

/// One change less that the token may make in this time.
pub(crate) fn take_change(api: &Api, caller: &Caller) -> Result<(), Problem> {
    api.pace().take(caller.number, Instant::now()).map_err(|wait| {
        // In whole seconds, and not too early.
        let seconds = wait.as_secs() + 1;
        Problem::new(Kind::TooManyRequests, "the token has changed as much as it may in this time")
            .header(header::RETRY_AFTER, HeaderValue::from(seconds))
    })
}

/// What is asked.
fn endpoint(request: &Request) -> Result<&'static Endpoint, Problem> {
    let matched = request.extensions().get::<MatchedPath>();
    // Whoever puts the API below a path of their own finds it there.
    let path = matched.and_then(|path| path.as_str().split_once(BASE)).map(|(_, path)| path);
    let here: Vec<&Endpoint> = ENDPOINTS.iter().filter(|endpoint| Some(endpoint.path) == path).collect();
    if here.is_empty() {
        return Err(Problem::new(Kind::NoSuchResource, "there is nothing at this path"));
    }
    // A head is that of what is there.
    let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
    let found = here.iter().find(|endpoint| endpoint.method == *method);
    found.copied().ok_or_else(|| {
        let allowed: Vec<&str> = here.iter().map(|endpoint| endpoint.method.as_str()).collect();
        let head = if allowed.contains(&"GET") { ", HEAD" } else { "" };
        let allowed = format!("{}{head}", allowed.join(", "));
        let problem = Problem::new(Kind::MethodNotAllowed, format!("this path has {allowed}"));
        match HeaderValue::try_from(allowed) {
            Ok(allowed) => problem.header(header::ALLOW, allowed),
            Err(_) => problem,
        }
    })
}
