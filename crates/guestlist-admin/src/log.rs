//! What was done, by whom and why.

use axum::Json;
use axum::extract::State;
use guestlist_store::{self as kept, Access, Store};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::Api;
use crate::caller::Caller;
use crate::parts::{Query, cut, page};
use crate::problem::Problem;
use crate::words::ListType;

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LogQuery {
    /// Only what was done to the app of this key, whether or not it is there still.
    pub(crate) app: Option<String>,
    /// Only entries with lower numbers: `next` of the page before.
    #[param(format = "uint64", maximum = 18_446_744_073_709_551_615_u64)]
    pub(crate) before: Option<u64>,
    /// How many at most, up to 200; 50 if it is left out.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) limit: Option<usize>,
}

/// A page of the log, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct LogPage {
    pub(crate) entries: Vec<LogEntry>,
    /// `before` of the next page; `null` if this is the last.
    pub(crate) next: Option<u64>,
}

/// Something that was done.
#[derive(Serialize, ToSchema)]
pub(crate) struct LogEntry {
    /// Counted from 1, in the order in which things were done.
    pub(crate) number: u64,
    /// When (RFC 3339).
    pub(crate) at: String,
    /// By whom.
    pub(crate) by: String,
    /// Why, in their words; may be empty.
    pub(crate) why: String,
    /// The app that it was done to.
    pub(crate) app: Option<String>,
    pub(crate) action: Action,
}

/// What was done.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Action {
    /// An app was made; both its lists have a first version.
    AppCreated,
    /// Its settings were changed.
    AppChanged {
        /// Their version now.
        version: u64,
    },
    /// It was removed. What its lists said is kept.
    AppRemoved,
    /// A list was saved.
    ListSaved {
        /// Which.
        list: ListType,
        /// The number of its new version.
        number: u64,
        /// The version that it brings back, where it is a roll-back.
        restores: Option<u64>,
    },
    /// A secret for policies was made.
    SecretMade {
        /// The version of the app's secrets now.
        version: u64,
        /// Whether what the one before it has signed is still taken.
        keeps_previous: bool,
    },
    /// What the secret before the newest has signed is no longer taken.
    PreviousSecretEnded {
        /// The version of the app's secrets now.
        version: u64,
    },
    /// A token was made.
    TokenCreated {
        /// Its number.
        token: u64,
    },
    /// A token was revoked.
    TokenRevoked {
        /// Its number.
        token: u64,
    },
    /// Something that this release has no word for.
    Other,
}

impl From<kept::Action> for Action {
    fn from(action: kept::Action) -> Action {
        match action {
            kept::Action::AppCreated => Action::AppCreated,
            kept::Action::AppChanged { version } => Action::AppChanged { version },
            kept::Action::AppRemoved => Action::AppRemoved,
            kept::Action::ListSaved { list, number, restores } => {
                Action::ListSaved { list: list.into(), number, restores }
            }
            kept::Action::SecretMade { version, keeps_previous } => {
                Action::SecretMade { version, keeps_previous }
            }
            kept::Action::PreviousSecretEnded { version } => Action::PreviousSecretEnded { version },
            kept::Action::TokenCreated { token } => Action::TokenCreated { token },
            kept::Action::TokenRevoked { token } => Action::TokenRevoked { token },
            _ => Action::Other,
        }
    }
}

impl From<kept::LogEntry> for LogEntry {
    fn from(entry: kept::LogEntry) -> LogEntry {
        let kept::LogEntry { number, at, by, why, app, action, .. } = entry;
        LogEntry { number, at: at.to_string(), by, why, app, action: action.into() }
    }
}

/// What was done, the newest first: all that the token may see, or what was done to one app.
#[utoipa::path(
    get, path = "/api/v1/log", operation_id = "list_log", tag = "log",
    params(LogQuery),
    responses((status = 200, description = "A page of it", body = LogPage)),
)]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<LogQuery>,
) -> Result<Json<LogPage>, Problem> {
    api.ask(move |store| page_of(store, &caller, &query).map(Json)).await
}

/// The page that is asked for, of what they may see.
pub(crate) fn page_of(store: &dyn Store, caller: &Caller, query: &LogQuery) -> Result<LogPage, Problem> {
    let limit = page(query.limit, 50)?;
    if let Some(app) = &query.app {
        caller.may(Access::Read, app)?;
    }
    let app = query.app.as_deref().or(caller.only_app());
    let mut entries = store.log(app, query.before, limit + 1)?;
    let next = cut(&mut entries, limit).map(|entry| entry.number);
    Ok(LogPage { entries: entries.into_iter().map(LogEntry::from).collect(), next })
}
