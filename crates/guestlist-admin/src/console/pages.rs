//! [`PAGES`]: who may ask for which page and do what there, in one place, and [`guard`], which every request passes.

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use guestlist_store::Access::{Admin, Read, Write};

use self::Needs::{Everything, Nothing, OfApp, OwnView};
use super::form::Form;
use super::frame::{self, Refusal};
use super::session::Visitor;
use super::{Console, assets};
use crate::browsers::refuse_foreign;
use crate::guard::{Needs, take_change};
use crate::parts;
use crate::problem::{Kind, Problem};

/// Something that can be asked.
pub(crate) struct Page {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    /// Which button of a form; none where there is one thing to do alone.
    pub(crate) action: Option<&'static str>,
    pub(crate) needs: Needs,
    /// Whether it changes something, which a token may do only so often.
    pub(crate) changes: bool,
}

/// A form that is sent to have something else shown, and changes nothing, is as a page that is looked at.
pub(crate) static PAGES: [Page; 36] = [
    page("/", OwnView),
    page("/sign-in", Nothing),
    form("/sign-in", Nothing),
    form("/sign-out", OwnView),
    page("/assets/{name}", Nothing),
    page("/apps", OwnView),
    page("/apps/{key}", OfApp(Read)),
    draft("check"),
    draft("add"),
    draft("remove"),
    draft("up"),
    draft("down"),
    draft("use"),
    draft("append"),
    draft("theirs"),
    draft("merge"),
    // Counted as a change once it is known to be one.
    act("save", OfApp(Write), false),
    draft("test"),
    page("/apps/{key}/{list}/history", OfApp(Read)),
    page("/apps/{key}/{list}/history/{number}", OfApp(Read)),
    change("/apps/{key}/{list}/history/{number}", None, OfApp(Write)),
    page("/apps/{key}/settings", OfApp(Admin)),
    change("/apps/{key}/settings", Some("save"), OfApp(Admin)),
    change("/apps/{key}/settings", Some("remove"), OfApp(Admin)),
    // It shows secrets, which let their reader sign.
    page("/apps/{key}/policies", OfApp(Write)),
    change("/apps/{key}/policies", Some("require"), OfApp(Admin)),
    change("/apps/{key}/policies", Some("rotate"), OfApp(Write)),
    change("/apps/{key}/policies", Some("regenerate"), OfApp(Write)),
    change("/apps/{key}/policies", Some("end"), OfApp(Write)),
    Page {
        method: Method::POST,
        path: "/apps/{key}/policies",
        action: Some("build"),
        needs: OfApp(Write),
        changes: false,
    },
    page("/new-app", Everything(Admin)),
    change("/new-app", None, Everything(Admin)),
    page("/log", OwnView),
    page("/tokens", Everything(Admin)),
    change("/tokens", Some("make"), Everything(Admin)),
    change("/tokens", Some("revoke"), Everything(Admin)),
];

const fn page(path: &'static str, needs: Needs) -> Page {
    Page { method: Method::GET, path, action: None, needs, changes: false }
}

const fn form(path: &'static str, needs: Needs) -> Page {
    Page { method: Method::POST, path, action: None, needs, changes: false }
}

/// A form that changes something, or a button of one.
const fn change(path: &'static str, action: Option<&'static str>, needs: Needs) -> Page {
    Page { method: Method::POST, path, action, needs, changes: true }
}

/// A button of a list's form.
const fn act(action: &'static str, needs: Needs, changes: bool) -> Page {
    Page { method: Method::POST, path: "/apps/{key}/{list}", action: Some(action), needs, changes }
}

/// One that does something to the draft, which is in its form alone.
const fn draft(action: &'static str) -> Page {
    act(action, OfApp(Read), false)
}

/// What every request passes. It leaves the [`Visitor`] and the [`Form`] in the request.
pub(crate) async fn guard(State(console): State<Console>, request: Request, next: Next) -> Response {
    let is_asset = request.uri().path().starts_with(assets::FOLDER);
    let asked = frame::Asked::of(&request);
    let (response, visitor) = match admit(&console, request).await {
        Ok(request) => {
            let visitor = request.extensions().get::<Visitor>().cloned();
            (next.run(request).await, visitor)
        }
        Err((refusal, visitor)) => (refusal.into_response(), visitor),
    };
    // Whatever is no success is told as a page.
    let mut response = frame::told(response, &asked, visitor.as_ref());
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !(is_asset && headers.contains_key(header::CACHE_CONTROL)) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Pages have nothing inside that runs or comes from elsewhere, and are inside of nothing.
///
/// Of where somebody comes from nothing is told but to this very address: with less than that (`no-referrer`) browsers say `Origin: null` of a form, as of one of a stranger's.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

type Refused = (Refusal, Option<Visitor>);

fn refused(problem: impl Into<Refusal>) -> Refused {
    (problem.into(), None)
}

async fn admit(console: &Console, request: Request) -> Result<Request, Refused> {
    let api = &console.api;
    refuse_foreign(request.headers(), request.uri(), api.hosts()).map_err(refused)?;
    let pages = pages(&request).map_err(refused)?;
    // All forms of a path, or none, can be sent without a session.
    let is_open = pages.iter().all(|page| page.needs == Nothing);
    let (mut parts, body) = request.into_parts();
    if is_open && parts.method != Method::POST {
        return Ok(Request::from_parts(parts, body));
    }
    let visitor = match is_open {
        true => None,
        false => {
            let visitor = Visitor::of(&parts.headers, console).await.map_err(refused)?;
            Some(visitor.ok_or_else(|| refused(Refusal::signed_out(&parts)))?)
        }
    };
    let known = |problem: Problem| (Refusal::from(problem), visitor.clone());
    let form = match parts.method == Method::POST {
        true => Some(Form::read(&parts.headers, body, visitor.is_some()).await.map_err(known)?),
        false => None,
    };
    let page = pages
        .into_iter()
        .find(|page| page.action.is_none() || page.action == form.as_ref().map(|form| form.action().0))
        .ok_or_else(|| known(Problem::new(Kind::BadRequest, "the form has no such button")))?;
    if let Some(visitor) = &visitor {
        if let Some(form) = &form
            && !visitor.sent(form)
        {
            return Err((Refusal::stale_form(), Some(visitor.clone())));
        }
        match page.needs {
            Nothing | OwnView => {}
            Everything(access) => visitor.caller.may_everywhere(access).map_err(known)?,
            OfApp(access) => {
                let key = parts::part(&mut parts, "key").await.map_err(known)?.unwrap_or_default();
                visitor.caller.may(access, &key).map_err(known)?;
            }
        }
        if page.changes {
            take_change(api, &visitor.caller).map_err(known)?;
        }
        parts.extensions.insert(visitor.clone());
    }
    if let Some(form) = form {
        parts.extensions.insert(form);
    }
    Ok(Request::from_parts(parts, Body::empty()))
}

/// What is asked: everything that can be done by this method at this path.
fn pages(request: &Request) -> Result<Vec<&'static Page>, Problem> {
    let matched = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let here: Vec<&Page> = PAGES.iter().filter(|page| Some(page.path) == matched).collect();
    if here.is_empty() {
        return Err(Problem::new(Kind::NoSuchResource, "there is nothing at this path"));
    }
    // A head is that of what is there.
    let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
    let found: Vec<&Page> = here.iter().copied().filter(|page| page.method == *method).collect();
    if found.is_empty() {
        let is_page = here.iter().any(|page| page.method == Method::GET);
        let is_form = here.iter().any(|page| page.method == Method::POST);
        let allowed = match (is_page, is_form) {
            (true, true) => "GET, HEAD, POST",
            (true, false) => "GET, HEAD",
            (false, _) => "POST",
        };
        let problem = Problem::new(Kind::MethodNotAllowed, "this is not for typing into the address bar");
        return Err(problem.header(header::ALLOW, HeaderValue::from_static(allowed)));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_has_every_path_that_there_is() {
        let routes = include_str!("mod.rs");
        let routed: BTreeSet<(&Method, &str)> = routes
            .split(".route(")
            .skip(1)
            .filter_map(|route| {
                let (path, rest) = route.trim_start().strip_prefix('"')?.split_once('"')?;
                Some((path, rest.split(".route(").next()?.split(".layer(").next()?))
            })
            .flat_map(|(path, handlers)| {
                let methods = [(&Method::GET, "get("), (&Method::POST, "post(")];
                methods
                    .into_iter()
                    .filter(move |(_, name)| handlers.contains(name))
                    .map(move |(method, _)| (method, path))
            })
            .collect();
        let table: BTreeSet<(&Method, &str)> = PAGES.iter().map(|page| (&page.method, page.path)).collect();
        let names = |set: &BTreeSet<(&Method, &str)>| {
            set.iter().map(|(method, path)| format!("{method} {path}")).collect::<Vec<_>>()
        };
        assert_eq!(names(&routed), names(&table));
        assert!(routed.len() > 10);
    }

    #[test]
    fn what_changes_something_takes_more_than_looking() {
        for page in &PAGES {
            assert!(!page.changes || page.method == Method::POST, "{}", page.path);
            let looks = matches!(page.needs, Nothing | OwnView | OfApp(Read));
            assert!(!(page.changes && looks), "{} {:?}", page.path, page.action);
        }
    }
}
