//! The list of apps: found by a part of their key or name, a page at a time.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::frame::{Frame, page};
use super::session::Visitor;
use super::words;
use crate::api::Api;
use crate::apps::{AppSummary, AppsQuery, ListSummary, escaped, page_of};
use crate::parts::Query;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "apps.html")]
struct Apps {
    frame: Frame,
    /// What is looked for.
    q: String,
    rows: Vec<Row>,
    /// The query of the first page, where this is another.
    first: Option<String>,
    /// The query of the next page.
    next: Option<String>,
}

struct Row {
    key: String,
    name: String,
    is_read_only: bool,
    /// `None` where no address leads to it.
    link: Option<String>,
    lists: [Cell; 2],
}

struct Cell {
    mode: &'static str,
    /// The name of its style.
    class: &'static str,
    patterns: String,
}

impl From<AppSummary> for Row {
    fn from(app: AppSummary) -> Row {
        Row {
            link: link(&app.key),
            key: words::shown(&app.key),
            name: words::shown(&app.name),
            is_read_only: app.read_only,
            lists: [app.upload, app.delivery].map(Cell::from),
        }
    }
}

impl From<ListSummary> for Cell {
    fn from(list: ListSummary) -> Cell {
        let (mode, class) = words::mode(list.mode.into());
        Cell { mode, class, patterns: words::counted(list.patterns, "pattern") }
    }
}

/// The page of an app. There is no address for a key that is a step of a path.
pub(super) fn link(key: &str) -> Option<String> {
    (![".", ".."].contains(&key)).then(|| format!("/apps/{}", escaped(key)))
}

pub(super) async fn list(
    State(api): State<Api>,
    visitor: Visitor,
    Query(query): Query<AppsQuery>,
) -> Result<Response, Problem> {
    let caller = visitor.caller.clone();
    let (q, is_later) = (query.q.clone(), query.after.is_some());
    let found = api.ask(move |store| page_of(store, &caller, &query)).await?;
    let query = |after: Option<&str>| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("q", &q).extend_pairs(after.map(|after| ("after", after))).finish()
    };
    let (first, next) =
        (is_later.then(|| query(None)), found.next.as_deref().map(|after| query(Some(after))));
    let rows = found.apps.into_iter().map(Row::from).collect();
    page(&Apps { frame: Frame::new("Apps", Some(&visitor)), q, rows, first, next })
}
