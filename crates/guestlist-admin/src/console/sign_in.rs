//! Sign-in with a token, and sign-out.

use std::time::Instant;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::Console;
use super::form::Form;
use super::frame::{Frame, page};
use super::session::{COOKIE, Visitor, cookie};
use crate::apps::escaped;
use crate::caller::Caller;
use crate::parts::Query;
use crate::problem::Problem;

/// How often a sign-in may fail before it is told to wait. What is asked is no more than that a token with 256 random bits is not tried out by the thousand; the right one is let in whatever was tried, so that nobody is locked out by a stranger.
pub(super) const FAILURES_A_MINUTE: u32 = 30;
pub(super) const FAILURES_AT_ONCE: u32 = 10;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    frame: Frame,
    /// Where it goes on.
    next: String,
    /// Why it failed.
    wrong: Option<String>,
}

/// Where to go on after the sign-in.
#[derive(Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    next: String,
}

/// To what there is to see.
pub(super) async fn home(visitor: Visitor) -> Redirect {
    Redirect::to(&first_page(&visitor.caller))
}

fn first_page(caller: &Caller) -> String {
    match caller.only_app() {
        Some(key) => format!("/apps/{}", escaped(key)),
        None => "/apps".to_string(),
    }
}

pub(super) async fn show(Query(Next { next }): Query<Next>) -> Result<Response, Problem> {
    page(&SignIn { frame: Frame::new("Sign in", None), next, wrong: None })
}

/// Begins a session for whoever has a token.
pub(super) async fn sign_in(
    State(console): State<Console>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Problem> {
    let secret = form.text("token").trim().to_string();
    let now = Instant::now();
    let Some(caller) = Caller::known_by(secret.clone(), &console.api).await? else {
        return failed(&console, form.text("next"), now);
    };
    if let Some(old) = cookie(&headers) {
        console.sessions.end(old);
    }
    let value = console.sessions.begin(caller.number, secret, now)?;
    let next = Some(form.text("next"))
        .filter(|next| is_ours(next))
        .map_or_else(|| first_page(&caller), str::to_string);
    Ok(([(header::SET_COOKIE, set_cookie(&value, is_https(&headers)))], Redirect::to(&next)).into_response())
}

fn failed(console: &Console, next: &str, now: Instant) -> Result<Response, Problem> {
    let pace = console.failures.take(0, now);
    let (status, wrong) = match pace {
        Ok(()) => (StatusCode::UNAUTHORIZED, "This is no token, or one that was revoked.".to_string()),
        Err(wait) => {
            tracing::warn!("many sign-ins to the console fail");
            let seconds = wait.as_secs() + 1;
            (
                StatusCode::TOO_MANY_REQUESTS,
                format!("This is no token, and too many were none. Wait {seconds} s."),
            )
        }
    };
    let body =
        page(&SignIn { frame: Frame::new("Sign in", None), next: next.to_string(), wrong: Some(wrong) })?;
    let mut response = (status, body).into_response();
    if let Err(wait) = pace {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs() + 1));
    }
    Ok(response)
}

/// Ends the session.
pub(super) async fn sign_out(State(console): State<Console>, headers: HeaderMap) -> Response {
    if let Some(cookie) = cookie(&headers) {
        console.sessions.end(cookie);
    }
    let over = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    ([(header::SET_COOKIE, over)], Redirect::to("/sign-in")).into_response()
}

/// No script reads it, no other site's page sends it, and where pages come by TLS it goes by TLS alone.
fn set_cookie(value: &str, is_https: bool) -> String {
    let secure = if is_https { "; Secure" } else { "" };
    format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict{secure}")
}

/// Whether the page of the sign-in came by TLS: its browser says so.
fn is_https(headers: &HeaderMap) -> bool {
    headers.get_all(header::ORIGIN).iter().any(|origin| origin.as_bytes().starts_with(b"https://"))
}

/// Whether it is a page of the console: nobody is sent elsewhere by a link to the sign-in.
fn is_ours(next: &str) -> bool {
    next.len() <= 2048
        && ["/apps", "/log", "/tokens", "/new-app"].iter().any(|page| next.starts_with(page))
        && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}
