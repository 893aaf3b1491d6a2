//! The admin listener: `/metrics`, `/healthz`, `/readyz`, `POST /reload`.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::SystemTime;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use guestlist_config::ServerLimits;
use humantime::format_rfc3339_seconds;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::check::Checker;
use crate::connection::Phase;
use crate::listen::Listener;
use crate::pages;
use crate::reload::Reloads;

/// What it tells of.
#[derive(Clone)]
pub(crate) struct Admin {
    pub(crate) checker: Arc<Checker>,
    pub(crate) reloads: Reloads,
    /// Whether other machines may reach it, by whatever name they have for it.
    pub(crate) is_exposed: bool,
    /// The server takes no more connections.
    pub(crate) is_ending: Arc<AtomicBool>,
}

/// More than probes, Prometheus and a person or two have.
const CONNECTIONS: usize = 32;

impl Admin {
    /// Serves the admin listener until the server ends.
    pub(crate) async fn serve(self, listener: Listener, phase: watch::Receiver<Phase>) {
        let metrics = self.checker.metrics.clone();
        // With the limits that are in force by default.
        let limits = ServerLimits::default();
        pages::serve(router(self), listener, CONNECTIONS, limits, metrics, phase).await;
    }
}

fn router(admin: Admin) -> Router {
    let checks = Checks { hosts: !admin.is_exposed };
    Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/reload", post(reload))
        .fallback(|| async {
            (StatusCode::NOT_FOUND, "There are /metrics, /healthz, /readyz and POST /reload.\n")
        })
        .layer(from_fn_with_state(checks, no_browsers))
        .with_state(admin)
}

/// A page on the web can make a browser send requests to this machine. It cannot keep it from saying so.
async fn no_browsers(State(checks): State<Checks>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let is_from_a_page = headers.contains_key(header::ORIGIN)
        || headers.get_all("sec-fetch-site").iter().any(|site| site != "none");
    // A name of the page's own may lead here, and then it need say nothing else (DNS rebinding).
    let hosts = headers.get_all(header::HOST).iter().map(|host| host.to_str().unwrap_or(""));
    let named = hosts.chain(request.uri().host()).any(|host| !is_of_this_machine(host));
    if is_from_a_page || (checks.hosts && named) {
        return (StatusCode::FORBIDDEN, "This address is not for web pages.\n").into_response();
    }
    next.run(request).await
}

/// What is looked at beside what browsers say of themselves.
#[derive(Clone, Copy)]
struct Checks {
    hosts: bool,
}

/// Whether a host, with or without a port, is `localhost` or an address: what no stranger can make a name for.
fn is_of_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.is_empty() => name,
        _ => host,
    };
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok()
}

async fn metrics(State(admin): State<Admin>) -> Response {
    const TYPE: HeaderValue =
        HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    admin.checker.metrics.show_live(admin.checker.live.len());
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
        "live_apps": admin.checker.live.len(),
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
