//! What was done, by whom and why.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use guestlist::ListType;
use serde::Deserialize;

use super::frame::{Frame, page};
use super::session::Visitor;
use super::time::Time;
use super::words;
use crate::api::Api;
use crate::apps::escaped;
use crate::log::{Action, LogEntry, LogQuery, page_of};
use crate::parts::Query;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "log.html")]
struct LogPage {
    frame: Frame,
    /// The app that it is about, if it is about one.
    app: String,
    /// The same in a query.
    escaped: String,
    /// Whether there are others.
    has_choice: bool,
    rows: Vec<Row>,
    /// The query of the next page.
    next: Option<String>,
    is_later: bool,
}

struct Row {
    at: Time,
    by: String,
    why: String,
    what: String,
    /// Where more is said of it.
    link: Option<String>,
    app: Option<(String, String)>,
}

impl Row {
    fn of(entry: LogEntry) -> Row {
        let LogEntry { at, by, why, app, action, .. } = entry;
        let path = app.as_deref().map(|key| format!("/apps/{}", escaped(key)));
        let (what, link) = said(&action, path.as_deref());
        Row {
            at: Time::of(at),
            by: words::shown(&by),
            why: words::shown(&why),
            what,
            link,
            app: app.as_deref().map(words::shown).zip(path),
        }
    }
}

/// In words, with where more is said of it.
fn said(action: &Action, app: Option<&str>) -> (String, Option<String>) {
    let text = match action {
        Action::AppCreated => "made the app".to_string(),
        Action::AppChanged { .. } => "changed the settings".to_string(),
        Action::AppRemoved => "removed the app".to_string(),
        Action::ListSaved { list, number, restores } => {
            let list = ListType::from(*list);
            let text = match restores {
                Some(old) => format!("brought back version {old} of the {list} list as version {number}"),
                None => format!("saved version {number} of the {list} list"),
            };
            let link = app.map(|app| format!("{app}/{}/history/{number}", list.as_str()));
            return (text, link);
        }
        Action::SecretMade { keeps_previous: true, .. } => {
            "made a new secret, and kept the old one".to_string()
        }
        Action::SecretMade { keeps_previous: false, .. } => {
            "made a new secret, which alone is taken".to_string()
        }
        Action::PreviousSecretEnded { .. } => "ended the old secret".to_string(),
        Action::TokenCreated { token } => format!("made token {token}"),
        Action::TokenRevoked { token } => format!("revoked token {token}"),
        Action::Other => "did something that this release has no word for".to_string(),
    };
    (text, None)
}

/// Which part of the log; the form says an empty key where all of it is meant.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LogPart {
    #[serde(default)]
    app: String,
    before: Option<u64>,
}

pub(super) async fn list(
    State(api): State<Api>,
    visitor: Visitor,
    Query(LogPart { app, before }): Query<LogPart>,
) -> Result<Response, Problem> {
    let query = LogQuery { app: Some(app.clone()).filter(|app| !app.is_empty()), before, limit: None };
    api.ask(move |store| {
        let log = page_of(store, &visitor.caller, &query)?;
        let next = log.next.map(|next| {
            let mut pairs = form_urlencoded::Serializer::new(String::new());
            if !app.is_empty() {
                pairs.append_pair("app", &app);
            }
            pairs.append_pair("before", &next.to_string()).finish()
        });
        page(&LogPage {
            frame: Frame::new("Log", Some(&visitor)),
            escaped: escaped(&app),
            app,
            has_choice: visitor.caller.only_app().is_none(),
            rows: log.entries.into_iter().map(Row::of).collect(),
            next,
            is_later: before.is_some(),
        })
    })
    .await
}
