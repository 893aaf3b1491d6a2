//! Lists: what they say now, and saves that nobody's save is lost by.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use guestlist::{Limits, List, ListBuilder, ListError};
use guestlist_store::{Content, Revision, StoreError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::{Api, known_app};
use crate::body::Body;
use crate::caller::Caller;
use crate::difference::Difference;
use crate::parts::{Key, Seen, Which};
use crate::problem::{Kind, Problem};
use crate::words::{ListType, Mode, etag, is_configured, kept_at};

/// A version of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListVersion {
    /// Counted from 1; 0 where the configuration file says it. It is the `ETag` too, and a save names it in `If-Match`.
    number: u64,
    /// Whether it is of the server's configuration file, and cannot be changed here.
    read_only: bool,
    /// When it was saved (RFC 3339); `null` for what the configuration file says.
    #[schema(example = "2026-04-13T05:00:00.123Z")]
    at: Option<String>,
    /// Who saved it: the name of their token. Empty for what the configuration file says.
    by: String,
    /// Why, in their words; may be empty.
    why: String,
    /// The version that it brings back, where it is a roll-back.
    restores: Option<u64>,
    /// Whether it is enforced.
    mode: Mode,
    /// Whether requests without the header that counts are denied.
    block_missing: bool,
    /// The patterns in canonical form, in the order of their rules.
    patterns: Vec<String>,
}

impl From<Revision> for ListVersion {
    fn from(revision: Revision) -> ListVersion {
        let Revision { number, at, by, why, restores, content, .. } = revision;
        ListVersion {
            number,
            read_only: is_configured(number),
            at: kept_at(number, at),
            by,
            why,
            restores,
            mode: content.mode().into(),
            block_missing: content.block_missing(),
            patterns: content.patterns().to_vec(),
        }
    }
}

/// With its `ETag`.
impl IntoResponse for ListVersion {
    fn into_response(self) -> Response {
        ([(header::ETAG, etag(self.number))], Json(self)).into_response()
    }
}

/// What a list is to say. All of it is said, so that nothing is turned off by being left out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewList {
    /// The patterns as people write them, in order. Those that are there twice are kept once.
    #[schema(example = json!(["*.example.com", "localhost:3000"]))]
    pub(crate) patterns: Vec<String>,
    /// Whether it is enforced.
    pub(crate) mode: Mode,
    /// Whether requests without the header that counts are denied.
    pub(crate) block_missing: bool,
    /// Why it is saved, for the history; 2,000 bytes at most.
    #[serde(default)]
    pub(crate) why: String,
}

impl NewList {
    /// What this says already.
    pub(crate) fn of(content: &Content) -> NewList {
        NewList {
            patterns: content.patterns().to_vec(),
            mode: content.mode().into(),
            block_missing: content.block_missing(),
            why: String::new(),
        }
    }

    /// A list of this type with so many patterns at most, yet to be read.
    pub(crate) fn builder(&self, list_type: guestlist::ListType, limit: usize) -> ListBuilder {
        List::builder(list_type)
            .patterns(&self.patterns)
            .mode(self.mode.into())
            .block_missing(self.block_missing)
            .limits(Limits::default().patterns(limit))
    }

    /// The patterns as they were given.
    pub(crate) fn patterns(&self) -> &[String] {
        &self.patterns
    }
}

/// A pattern that is at fault.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PatternError {
    /// The pattern as it was given, its first 4,096 bytes.
    pub(crate) pattern: String,
    /// Its place among the patterns that were given, from 0.
    pub(crate) position: usize,
    /// Where in it.
    pub(crate) span: Span,
    /// The kind of error, for programs: does not change between releases.
    code: &'static str,
    /// What is wrong.
    pub(crate) message: String,
    /// What to write instead.
    pub(crate) help: String,
    /// The pattern on a line and `^` below what is wrong, for pages; none where all of it is.
    #[serde(skip)]
    pub(crate) excerpt: Option<[String; 2]>,
}

/// A range of bytes (of UTF-8) in the text of a pattern as it was given; empty for a place between two characters.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Span {
    /// The first byte.
    pub(crate) start: usize,
    /// The one behind the last.
    pub(crate) end: usize,
}

impl From<guestlist::Span> for Span {
    fn from(guestlist::Span { start, end }: guestlist::Span) -> Span {
        Span { start, end }
    }
}

/// Most errors that are told of one by one: a body of nothing but mistakes is not to have an answer of many times its size.
const MOST_ERRORS: usize = 1000;

const TOO_MANY: &str =
    "join patterns with braces, such as `{app,www}.example.com`, remove some, or have the app's limit raised";

/// What is wrong with a list, pattern by pattern.
pub(crate) fn pattern_errors(error: &ListError, given: &[String]) -> Vec<PatternError> {
    let patterns = error.patterns().iter().map(|error| PatternError {
        pattern: error.text().to_string(),
        position: error.position().unwrap_or_default(),
        span: error.span().into(),
        code: error.kind().code(),
        message: error.message(),
        help: error.help().to_string(),
        excerpt: Some(error.excerpt()),
    });
    let too_many = error.too_many().map(|too_many| {
        let pattern = given.get(too_many.position).cloned().unwrap_or_default();
        PatternError {
            position: too_many.position,
            span: Span { start: 0, end: pattern.len() },
            pattern,
            code: "too-many-patterns",
            message: counted(&too_many),
            help: TOO_MANY.to_string(),
            excerpt: None,
        }
    });
    too_many.into_iter().chain(patterns).take(MOST_ERRORS).collect()
}

fn counted(too_many: &guestlist::TooMany) -> String {
    format!("the list has {} distinct patterns, its limit is {}", too_many.count, too_many.limit)
}

/// A list that is not saved.
pub(crate) fn refused(error: &ListError, given: &[String]) -> Problem {
    let mut what = Vec::new();
    match error.patterns().len() {
        0 => {}
        1 => what.push("one pattern cannot be read".to_string()),
        count => what.push(format!("{count} patterns cannot be read")),
    }
    what.extend(error.too_many().as_ref().map(counted));
    what.extend(
        error
            .too_large()
            .map(|large| format!("the patterns have {} bytes, the limit is {}", large.bytes, large.limit)),
    );
    let problem = Problem::new(Kind::InvalidList, what.join("; ")).errors(pattern_errors(error, given));
    if error.patterns().is_empty() { problem.help(TOO_MANY) } else { problem }
}

/// Why a save was refused; if somebody saved in between, what they saved, and what this would change of it.
pub(crate) fn not_saved(error: StoreError, yours: &Content) -> Problem {
    match error.conflict().cloned() {
        Some(theirs) => {
            let difference = Difference::between(&theirs.content, yours);
            Problem::from(error).conflict_with(theirs.into(), difference)
        }
        None => error.into(),
    }
}

/// What a list says now.
#[utoipa::path(
    get, path = "/api/v1/apps/{key}/lists/{list}", operation_id = "get_list", tag = "lists",
    params(("key" = String, Path, description = "The key of the app"), ("list" = ListType, Path, description = "Which list")),
    responses((status = 200, description = "The version that is in force", body = ListVersion, headers(("ETag" = String, description = "The number of the version, for `If-Match`")))),
)]
pub(crate) async fn get(
    State(api): State<Api>,
    Key(key): Key,
    Which(list_type): Which,
) -> Result<ListVersion, Problem> {
    api.ask(move |store| Ok(known_app(store, &key)?.list(list_type).clone().into())).await
}

/// Saves a list, if it is as it was seen: all or nothing. When the answer comes it is on disk and in force.
///
/// If somebody saved it in between, the answer is 412 with what they saved, and what saving yours would change of it.
#[utoipa::path(
    put, path = "/api/v1/apps/{key}/lists/{list}", operation_id = "save_list", tag = "lists",
    params(
        ("key" = String, Path, description = "The key of the app"), ("list" = ListType, Path, description = "Which list"),
        ("If-Match" = String, Header, description = "The `ETag` of the version that was seen", pattern = "^\"[0-9]+\"$", example = "\"7\""),
    ),
    request_body = NewList,
    responses((status = 200, description = "The new version", body = ListVersion, headers(("ETag" = String, description = "The number of the version, for `If-Match`")))),
)]
pub(crate) async fn save(
    State(api): State<Api>,
    caller: Caller,
    Key(key): Key,
    Which(list_type): Which,
    Seen(seen): Seen,
    Body(new): Body<NewList>,
) -> Result<ListVersion, Problem> {
    Ok(save_list(&api, &caller, key, list_type, seen, new).await?.into())
}

/// Saves a list, if this version is in force still: for the API and the console alike.
pub(crate) async fn save_list(
    api: &Api,
    caller: &Caller,
    key: String,
    list_type: guestlist::ListType,
    seen: u64,
    new: NewList,
) -> Result<Revision, Problem> {
    let change = caller.change(new.why.clone());
    api.change(key, move |store, key| {
        let limit = known_app(store, key)?.settings.limit_of(list_type);
        let list = new.builder(list_type, limit).build().map_err(|error| refused(&error, &new.patterns))?;
        let content = Content::of(&list);
        store.save_list(key, list_type, seen, &content, &change).map_err(|error| not_saved(error, &content))
    })
    .await
}
