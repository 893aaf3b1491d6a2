//! The console: web pages over the same store, for people. What goes in is forms, what goes out is HTML that works without a script and a bit better with the small one that is served beside it.
//!
//! ```text
//!  request ──► guard ────────────────────────────────► page ──► as for the API: store, Live, limits
//!              │ pages and names of others: 403
//!              │ unknown paths and actions: 404, 405
//!              │ no session: to the sign-in
//!              │ token revoked, or not enough: as the API answers it, as a page
//!              └ forms of nobody of this session: 403
//! ```
//!
//! # Invariants
//!
//! - Who may ask for what is in one table (`pages::PAGES`); what is not in it is not answered.
//! - Nothing is done by a form that does not have the secret of its session; a handler gets no form otherwise.
//! - A token that is revoked ends its sessions with the next request: it is looked up for each.
//! - No page has a style or a script inside, or anything from elsewhere, and its policy says so to browsers.
//! - Text of strangers is written by templates that escape it; the only markup that is passed on is that of `guestlist_proof::railroad`.
//!
//! # In reading order
//!
//! `pages` and `session` (who may), `form`, `frame` (what is around every page), `sign_in`, `apps`, then the editor: `draft`, `editor`, `rows`, `effects`, `merge`, `conflict`, `app`, with `tester` and `activity` in them; and `history`, `version`, `settings`, `policies` with `policy_form`, `tokens`, `log`.

mod activity;
mod app;
mod apps;
mod assets;
mod conflict;
mod draft;
mod editor;
mod effects;
mod form;
mod frame;
mod history;
mod log;
mod merge;
mod pages;
mod policies;
mod policy_form;
mod rows;
mod session;
mod settings;
mod sign_in;
mod tester;
mod time;
mod tokens;
mod version;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get, post};

use self::session::Sessions;
use crate::api::Api;
use crate::pace::Pace;
use crate::problem::{Kind, Problem};

/// What every page works on.
#[derive(Clone)]
pub(crate) struct Console {
    api: Api,
    sessions: Arc<Sessions>,
    /// Of sign-ins that fail.
    failures: Arc<Pace>,
}

impl FromRef<Console> for Api {
    fn from_ref(console: &Console) -> Api {
        console.api.clone()
    }
}

/// Everything but `/api/v1`.
pub(crate) fn router(api: Api) -> Router {
    let failures = Arc::new(Pace::new(sign_in::FAILURES_A_MINUTE, sign_in::FAILURES_AT_ONCE));
    let console = Console { api, sessions: Arc::default(), failures };
    // The guard has answered; it is here so that it is asked whatever the path.
    let nothing = any(async || Problem::new(Kind::NoSuchResource, "there is nothing at this path"));
    Router::new()
        .route("/", get(sign_in::home))
        .route("/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/assets/{name}", get(assets::get))
        .route("/apps", get(apps::list))
        .route("/apps/{key}", get(app::show))
        .route("/apps/{key}/{list}", post(app::act))
        .route("/apps/{key}/{list}/history", get(history::list))
        .route("/apps/{key}/{list}/history/{number}", get(version::show).post(version::restore))
        .route("/apps/{key}/settings", get(settings::show).post(settings::act))
        .route("/apps/{key}/policies", get(policies::show).post(policies::act))
        .route("/new-app", get(settings::new).post(settings::create))
        .route("/log", get(log::list))
        .route("/tokens", get(tokens::list).post(tokens::act))
        .route("/{*nothing}", nothing)
        .layer(from_fn_with_state(console.clone(), pages::guard))
        .with_state(console)
}
