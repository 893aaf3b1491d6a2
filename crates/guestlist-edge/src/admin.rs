//! The admin listener: `/metrics`, `/healthz`, `/readyz`, `POST /reload`.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::SystemTime;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use humantime::format_rfc3339_seconds;
use serde_json::{Value, json};

use crate::check::Checker;
use crate::reload::Reloads;

/// What it tells of.
#[derive(Clone)]
pub(crate) struct Admin {
    pub(crate) checker: Arc<Checker>,
    pub(crate) reloads: Reloads,
    /// The server takes no more connections.
    pub(crate) is_ending: Arc<AtomicBool>,
}

pub(crate) fn router(admin: Admin) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/reload", post(reload))
        .fallback(|| async {
            (StatusCode::NOT_FOUND, "There are /metrics, /healthz, /readyz and POST /reload.\n")
        })
        .layer(from_fn(no_browsers))
        .with_state(admin)
}

/// A page on the web can make a browser send requests to this machine. It cannot keep it from saying so.
async fn no_browsers(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let is_from_a_page = headers.contains_key(header::ORIGIN)
        || headers.get_all("sec-fetch-site").iter().any(|site| site != "none" && site != "same-origin");
    if is_from_a_page {
        return (StatusCode::FORBIDDEN, "This address is not for web pages.\n").into_response();
    }
    next.run(request).await
}

async fn metrics(State(admin): State<Admin>) -> Response {
    const TYPE: HeaderValue =
        HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    match admin.checker.metrics.text() {
        Ok(text) => ([(header::CONTENT_TYPE, TYPE)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn ready(State(admin): State<Admin>) -> Response {
    let is_ready = !admin.is_ending.load(Relaxed);
    let time = |time: SystemTime| Value::from(format_rfc3339_seconds(time).to_string());
    let version = admin.checker.version();
    let mut state = json!({
        "ready": is_ready,
        "version": version.number,
        "apps": version.gates.len(),
        "loaded_at": time(version.loaded_at),
    });
    if let Some(last) = admin.reloads.last() {
        let mut reload = json!({ "ok": last.error.is_none(), "at": time(last.at) });
        if let Some(error) = &last.error {
            reload["error"] = error.to_string().into();
        }
        if !last.needs_restart.is_empty() {
            reload["needs_restart"] = json!(last.needs_restart);
        }
        state["last_reload"] = reload;
    }
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(state)).into_response()
}

async fn reload(State(admin): State<Admin>) -> Response {
    match admin.reloads.now().await {
        Ok(in_force) => Json(json!({ "version": in_force.version, "apps": in_force.apps })).into_response(),
        Err(error) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": error.to_string() }))).into_response()
        }
    }
}
