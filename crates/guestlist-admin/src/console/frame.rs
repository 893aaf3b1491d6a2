//! [`Frame`]: what is around every page, and pages that say what went wrong.

use askama::Template;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::assets::{ICON, SCRIPT, STYLE};
use super::session::Visitor;
use super::words::{self, Piece};
use crate::problem::{Problem, Told};

/// With this header only a part of a page is asked for, by our script.
pub(crate) const FRAGMENT: &str = "x-guestlist-fragment";

/// What is around every page.
pub(crate) struct Frame {
    /// Of the window.
    pub(crate) title: String,
    pub(crate) style: &'static str,
    pub(crate) script: &'static str,
    pub(crate) icon: &'static str,
    /// Who is signed in, and what they are called.
    pub(crate) visitor: Option<Visitor>,
    pub(crate) who: String,
}

impl Frame {
    pub(crate) fn new(title: impl Into<String>, visitor: Option<&Visitor>) -> Frame {
        Frame {
            title: title.into(),
            style: STYLE.path(),
            script: SCRIPT.path(),
            icon: ICON.path(),
            visitor: visitor.cloned(),
            who: visitor.map(|visitor| words::shown(visitor.caller.name())).unwrap_or_default(),
        }
    }
}

/// A page.
pub(crate) fn page(template: &impl Template) -> Result<Response, Problem> {
    let text = template.render().map_err(|error| Problem::internal(&error))?;
    Ok(Html(text).into_response())
}

/// How something is asked, as far as it matters for saying what is wrong.
pub(crate) struct Asked {
    is_fragment: bool,
}

impl Asked {
    pub(crate) fn of(request: &Request) -> Asked {
        Asked { is_fragment: is_fragment(request.headers()) }
    }
}

/// Whether only a part of the page is asked for.
pub(crate) fn is_fragment(headers: &HeaderMap) -> bool {
    headers.contains_key(FRAGMENT)
}

/// Why there is no page.
#[derive(Debug)]
pub(crate) enum Refusal {
    Problem(Problem),
    /// Nobody is signed in; after that it goes on there.
    SignIn(String),
    Said(Told),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Refusal {
        Refusal::Problem(problem)
    }
}

impl Refusal {
    /// Nobody is signed in. Who asks for a page gets it after the sign-in; who sends a form is told, and does not lose it.
    pub(super) fn signed_out(parts: &Parts) -> Refusal {
        if parts.method != Method::POST && !is_fragment(&parts.headers) {
            return Refusal::SignIn(next(&parts.uri));
        }
        Refusal::Said(Told {
            status: StatusCode::UNAUTHORIZED,
            title: "You are not signed in any more",
            detail: "the session has ended, or the token was revoked; nothing was saved".to_string(),
            help: "sign in again; to keep what you have typed, do so in another tab and copy it over"
                .to_string(),
        })
    }

    /// A form of another session.
    pub(super) fn stale_form() -> Refusal {
        Refusal::Said(Told {
            status: StatusCode::FORBIDDEN,
            title: "This form is not of your session",
            detail:
                "the page was loaded before you signed in, or another page has sent it; nothing was saved"
                    .to_string(),
            help: "load the page again; to keep what you have typed, do so in another tab and copy it over"
                .to_string(),
        })
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Refusal::Problem(problem) => problem.into_response(),
            Refusal::SignIn(next) if next == "/" => Redirect::to("/sign-in").into_response(),
            Refusal::SignIn(next) => {
                let query: String =
                    form_urlencoded::Serializer::new(String::new()).append_pair("next", &next).finish();
                Redirect::to(&format!("/sign-in?{query}")).into_response()
            }
            Refusal::Said(told) => {
                let mut response = told.status.into_response();
                response.extensions_mut().insert(told);
                response
            }
        }
    }
}

fn next(uri: &Uri) -> String {
    uri.path_and_query().map_or("/", |path| path.as_str()).to_string()
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'t> {
    frame: Frame,
    told: &'t Told,
    detail: Vec<Piece>,
    help: Vec<Piece>,
}

/// An answer that says what is wrong, as a page, or as text for our script.
pub(super) fn told(mut response: Response, asked: &Asked, visitor: Option<&Visitor>) -> Response {
    let Some(told) = response.extensions_mut().remove::<Told>() else { return response };
    let text = if asked.is_fragment {
        Ok(format!("{}: {}. What to do: {}.", told.title, told.detail, told.help))
    } else {
        let (detail, help) = (words::sentence(&told.detail), words::sentence(&told.help));
        ErrorPage { frame: Frame::new(told.title, visitor), told: &told, detail, help }.render()
    };
    let kind = if asked.is_fragment { "text/plain; charset=utf-8" } else { "text/html; charset=utf-8" };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    // A template of texts does not fail; what is wrong is said even so.
    let text = text.unwrap_or_else(|_| told.title.to_string());
    Response::from_parts(parts, text.into())
}
