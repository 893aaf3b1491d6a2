//! What a list said before: its versions, a page at a time.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use guestlist::ListType;
use guestlist_store::{Content, Revision, Store};
use serde::Deserialize;

use super::app::Head;
use super::effects::Line;
use super::frame::{Frame, page};
use super::merge::Said;
use super::session::Visitor;
use super::time::Time;
use super::words;
use crate::api::Api;
use crate::apps::escaped;
use crate::parts::{Key, Query, Which};
use crate::problem::Problem;
use crate::versions::was_known;

/// Versions of a page, and lines of what each changed.
const VERSIONS: usize = 20;
const LINES: usize = 10;

/// Versions are read so many at a time, since each comes with its patterns, a megabyte of them at worst.
const AT_ONCE: usize = 4;

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage {
    frame: Frame,
    head: Head,
    list: Place,
    versions: Vec<Version>,
    /// `before` of the next page.
    next: Option<u64>,
    is_later: bool,
    /// What was done before this page was asked for.
    message: Option<String>,
}

/// Which list it is about.
pub(super) struct Place {
    pub(super) title: &'static str,
    /// The path of its history.
    pub(super) path: String,
}

impl Place {
    pub(super) fn of(key: &str, list_type: ListType) -> Place {
        let path = format!("/apps/{}/{}/history", escaped(key), list_type.as_str());
        Place { title: words::title(list_type), path }
    }
}

/// A version, as far as the history shows it.
pub(super) struct Version {
    pub(super) number: u64,
    pub(super) at: Time,
    pub(super) by: String,
    pub(super) why: String,
    pub(super) restores: Option<u64>,
    pub(super) mode: &'static str,
    pub(super) mode_class: &'static str,
    pub(super) patterns: String,
    pub(super) lines: Vec<Line>,
    /// How many lines are left out.
    pub(super) more: usize,
}

impl Version {
    /// With what it changed, where that is known.
    pub(super) fn of(revision: &Revision, before: Option<&Content>, most: usize) -> Version {
        let now = Said::from(&revision.content);
        let mut lines = before.map(|before| Said::from(before).lines_to(&now)).unwrap_or_default();
        let more = lines.len().saturating_sub(most);
        lines.truncate(most);
        let (mode, mode_class) = words::mode(revision.content.mode());
        Version {
            number: revision.number,
            at: Time::of(revision.at.to_string()),
            by: words::shown(&revision.by),
            why: words::shown(&revision.why),
            restores: revision.restores,
            mode,
            mode_class,
            patterns: words::counted(revision.content.patterns().len(), "pattern"),
            lines,
            more,
        }
    }
}

/// The newest versions below `before`, and whether there are more.
fn versions(
    store: &dyn Store,
    key: &str,
    list_type: ListType,
    mut before: Option<u64>,
) -> Result<(Vec<Version>, bool), Problem> {
    let mut found: Vec<Version> = Vec::new();
    // It is shown once the one before it is known.
    let mut newer: Option<Revision> = None;
    loop {
        let some = store.history(key, list_type, before, AT_ONCE)?;
        if some.is_empty() {
            found.extend(newer.map(|first| Version::of(&first, None, LINES)));
            return Ok((found, false));
        }
        for revision in some {
            before = Some(revision.number);
            let version = newer.map(|newer| Version::of(&newer, Some(&revision.content), LINES));
            found.extend(version);
            newer = Some(revision);
            if found.len() == VERSIONS {
                return Ok((found, true));
            }
        }
    }
}

/// Which page of the history, and what was done before it was asked for.
#[derive(Deserialize)]
pub(super) struct HistoryQuery {
    before: Option<u64>,
    /// The number of a version that was brought back just now.
    #[serde(default)]
    restored: u64,
}

pub(super) async fn list(
    State(api): State<Api>,
    visitor: Visitor,
    Key(key): Key,
    Which(list_type): Which,
    Query(query): Query<HistoryQuery>,
) -> Result<Response, Problem> {
    api.ask(move |store| {
        let head = head(store, &key, list_type)?;
        let (versions, is_more) = versions(store, &key, list_type, query.before)?;
        let restored = versions.first().filter(|version| version.number == query.restored);
        let message = restored.and_then(|version| {
            let old = version.restores?;
            Some(format!("Version {old} is back as version {}. It is in force.", version.number))
        });
        let list = Place::of(&key, list_type);
        page(&HistoryPage {
            frame: Frame::new(format!("{}, history", list.title), Some(&visitor)),
            head,
            list,
            next: versions.last().filter(|_| is_more).map(|version| version.number),
            versions,
            is_later: query.before.is_some(),
            message,
        })
    })
    .await
}

/// What is above pages of an app that there is or was.
pub(super) fn head(store: &dyn Store, key: &str, list_type: ListType) -> Result<Head, Problem> {
    match store.app(key)? {
        Some(app) => Ok(Head::of(&app)),
        None if was_known(store, key, list_type)? => Ok(Head::removed(key)),
        None => Err(Problem::unknown_app()),
    }
}
