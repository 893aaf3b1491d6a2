//! What a list said before, and bringing it back.

use axum::Json;
use axum::extract::State;
use guestlist_store::{Revision, Store};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::Api;
use crate::body::{Reason, Why};
use crate::caller::Caller;
use crate::lists::{ListVersion, not_saved};
use crate::parts::{Key, Number, Query, Seen, Which, cut, page};
use crate::problem::{Kind, Problem};
use crate::words::{ListType, Mode};

/// Which versions.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct VersionsQuery {
    /// Only those with lower numbers: `next` of the page before.
    #[param(format = "uint64", maximum = 18_446_744_073_709_551_615_u64)]
    pub(crate) before: Option<u64>,
    /// How many at most, up to 200; 50 if it is left out.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) limit: Option<usize>,
}

/// A page of a list's history, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct VersionPage {
    /// The versions, without their patterns.
    versions: Vec<VersionSummary>,
    /// `before` of the next page; `null` if this is the last.
    next: Option<u64>,
}

/// A version, without its patterns.
#[derive(Serialize, ToSchema)]
pub(crate) struct VersionSummary {
    /// Counted from 1.
    number: u64,
    /// When it was saved (RFC 3339).
    at: String,
    /// Who saved it.
    by: String,
    /// Why, in their words; may be empty.
    why: String,
    /// The version that it brings back, where it is a roll-back.
    restores: Option<u64>,
    /// Whether it is enforced.
    mode: Mode,
    /// Whether requests without the header that counts are denied.
    block_missing: bool,
    /// How many patterns it has.
    patterns: usize,
}

impl From<Revision> for VersionSummary {
    fn from(revision: Revision) -> VersionSummary {
        let Revision { number, at, by, why, restores, content, .. } = revision;
        VersionSummary {
            number,
            at: at.to_string(),
            by,
            why,
            restores,
            mode: content.mode().into(),
            block_missing: content.block_missing(),
            patterns: content.patterns().len(),
        }
    }
}

/// Versions are read so many at a time, since each comes with its patterns, a megabyte of them at worst.
const AT_ONCE: usize = 8;

/// The newest `most` versions below `before`.
fn summaries(
    store: &dyn Store,
    key: &str,
    list_type: guestlist::ListType,
    mut before: Option<u64>,
    most: usize,
) -> Result<Vec<VersionSummary>, Problem> {
    let mut all: Vec<VersionSummary> = Vec::new();
    while all.len() < most {
        let some = store.history(key, list_type, before, AT_ONCE.min(most - all.len()))?;
        let Some(last) = some.last() else { break };
        before = Some(last.number);
        all.extend(some.into_iter().map(VersionSummary::from));
    }
    Ok(all)
}

/// Whether there is or was an app of this key.
pub(crate) fn was_known(
    store: &dyn Store,
    key: &str,
    list_type: guestlist::ListType,
) -> Result<bool, Problem> {
    Ok(store.revision(key, list_type, 1)?.is_some() || store.app(key)?.is_some())
}

/// The versions of a list, the newest first; of an app that was removed too.
#[utoipa::path(
    get, path = "/api/v1/apps/{key}/lists/{list}/versions", operation_id = "list_versions", tag = "versions",
    params(("key" = String, Path, description = "The key of the app"), ("list" = ListType, Path, description = "Which list"), VersionsQuery),
    responses((status = 200, description = "A page of them", body = VersionPage)),
)]
pub(crate) async fn list(
    State(api): State<Api>,
    Key(key): Key,
    Which(list_type): Which,
    Query(query): Query<VersionsQuery>,
) -> Result<Json<VersionPage>, Problem> {
    let limit = page(query.limit, 50)?;
    let page = api.ask(move |store| {
        let mut versions = summaries(store, &key, list_type, query.before, limit + 1)?;
        // Every app that there is or was has a first version, but those of the configuration file.
        if versions.is_empty() && !was_known(store, &key, list_type)? {
            return Err(Problem::unknown_app());
        }
        let next = cut(&mut versions, limit).map(|version| version.number);
        Ok(VersionPage { versions, next })
    });
    page.await.map(Json)
}

/// A version of a list; of an app that was removed too.
#[utoipa::path(
    get, path = "/api/v1/apps/{key}/lists/{list}/versions/{number}", operation_id = "get_version", tag = "versions",
    params(
        ("key" = String, Path, description = "The key of the app"), ("list" = ListType, Path, description = "Which list"),
        ("number" = u64, Path, description = "The number of the version"),
    ),
    responses((status = 200, description = "What the list said", body = ListVersion)),
)]
pub(crate) async fn get(
    State(api): State<Api>,
    Key(key): Key,
    Which(list_type): Which,
    Number(number): Number,
) -> Result<Json<ListVersion>, Problem> {
    api.ask(move |store| match store.revision(&key, list_type, number)? {
        Some(version) => Ok(Json(version.into())),
        None if !was_known(store, &key, list_type)? => Err(Problem::unknown_app()),
        None => Err(Problem::new(Kind::UnknownVersion, "the list has no version of this number")),
    })
    .await
}

/// Saves a list as it was in an earlier version, if it is as it was seen. That is a new version, which says which one it brings back.
#[utoipa::path(
    post, path = "/api/v1/apps/{key}/lists/{list}/versions/{number}/restore", operation_id = "restore_version", tag = "versions",
    params(
        ("key" = String, Path, description = "The key of the app"), ("list" = ListType, Path, description = "Which list"),
        ("number" = u64, Path, description = "The number of the version to bring back"),
        ("If-Match" = String, Header, description = "The `ETag` of the version that is in force and was seen", pattern = "^\"[0-9]+\"$", example = "\"7\""),
    ),
    request_body = Option<Reason>,
    responses((status = 200, description = "The new version", body = ListVersion, headers(("ETag" = String, description = "The number of the version, for `If-Match`")))),
)]
pub(crate) async fn restore(
    State(api): State<Api>,
    caller: Caller,
    Key(key): Key,
    Which(list_type): Which,
    Number(number): Number,
    Seen(seen): Seen,
    Why(why): Why,
) -> Result<ListVersion, Problem> {
    Ok(restore_list(&api, &caller, key, list_type, seen, number, why).await?.into())
}

/// Saves a list as it was in an earlier version: for the API and the console alike.
pub(crate) async fn restore_list(
    api: &Api,
    caller: &Caller,
    key: String,
    list_type: guestlist::ListType,
    seen: u64,
    number: u64,
    why: String,
) -> Result<Revision, Problem> {
    let change = caller.change(why);
    api.change(key, move |store, key| match store.restore_list(key, list_type, seen, number, &change) {
        Ok(saved) => Ok(saved),
        Err(error) => Err(match store.revision(key, list_type, number)? {
            Some(old) => not_saved(error, &old.content),
            None => error.into(),
        }),
    })
    .await
}
