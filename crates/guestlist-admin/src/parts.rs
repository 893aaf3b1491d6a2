//! What requests say beside their bodies: parts of the path, the query, and what was seen.

use axum::extract::{FromRequestParts, Query as AxumQuery, RawPathParams};
use axum::http::header;
use axum::http::request::Parts;
use guestlist::ListType;
use serde::de::DeserializeOwned;

use crate::problem::{Kind, Problem};

/// The `{key}` of an app.
pub(crate) struct Key(pub(crate) String);

/// The `{list}`.
pub(crate) struct Which(pub(crate) ListType);

/// The `{number}` of a version or a token; one that no number can be is 0, which is the number of none.
pub(crate) struct Number(pub(crate) u64);

/// The query, with known parameters alone and each once.
pub(crate) struct Query<T>(pub(crate) T);

/// The number in `If-Match`: which version was seen. A tag that is no number of ours is 0, which never was.
pub(crate) struct Seen(pub(crate) u64);

/// This part of the path, without its escapes; `None` if the path has no such part.
pub(crate) async fn part(parts: &mut Parts, name: &str) -> Result<Option<String>, Problem> {
    let all = RawPathParams::from_request_parts(parts, &())
        .await
        .map_err(|_| Problem::new(Kind::BadRequest, "the path is not UTF-8 behind its escapes"))?;
    Ok(all.iter().find(|(part, _)| *part == name).map(|(_, text)| text.to_string()))
}

impl<S: Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Key, Problem> {
        Ok(Key(part(parts, "key").await?.unwrap_or_default()))
    }
}

impl<S: Sync> FromRequestParts<S> for Which {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Which, Problem> {
        let name = part(parts, "list").await?;
        let list_type =
            ListType::ALL.into_iter().find(|list_type| name.as_deref() == Some(list_type.as_str()));
        list_type.map(Which).ok_or_else(|| {
            Problem::new(Kind::NoSuchResource, "an app has no such list")
                .help("the lists are `upload` and `delivery`")
        })
    }
}

impl<S: Sync> FromRequestParts<S> for Number {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Number, Problem> {
        Ok(Number(part(parts, "number").await?.map_or(0, |text| number(&text))))
    }
}

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Query<T>, Problem> {
        AxumQuery::try_from_uri(&parts.uri)
            .map(|AxumQuery(query)| Query(query))
            .map_err(|error| Problem::new(Kind::BadRequest, error.body_text()))
    }
}

impl<S: Sync> FromRequestParts<S> for Seen {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Seen, Problem> {
        let required = |detail: &str| Problem::new(Kind::PreconditionRequired, detail);
        let mut all = parts.headers.get_all(header::IF_MATCH).iter();
        let Some(one) = all.next() else { return Err(required("there is no `If-Match`")) };
        let text = one.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Err(required("`If-Match: *` would save over what nobody has seen"));
        }
        if all.next().is_some() || text.matches('"').count() > 2 {
            return Err(Problem::new(Kind::BadRequest, "`If-Match` names more than one version"));
        }
        let strong = text.strip_prefix("W/").unwrap_or(text);
        let tag = strong.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
        match tag {
            // Weak tags never match (RFC 9110, section 13.1.1).
            Some(_) if strong != text => Ok(Seen(0)),
            Some(tag) => Ok(Seen(number(tag))),
            None => Err(Problem::new(Kind::BadRequest, "`If-Match` has no tag in quotes")
                .help("send the `ETag` as it came, with its quotes: `If-Match: \"7\"`")),
        }
    }
}

/// A number as we write it; 0 for any other text.
fn number(text: &str) -> u64 {
    text.parse().ok().filter(|number: &u64| number.to_string() == text).unwrap_or(0)
}

/// A limit of a page: at least one, at most so many.
pub(crate) fn page(limit: Option<usize>, default: usize) -> Result<usize, Problem> {
    match limit.unwrap_or(default) {
        limit @ 1..=LARGEST_PAGE => Ok(limit),
        limit => {
            Err(Problem::new(Kind::BadRequest, format!("`limit` is from 1 to {LARGEST_PAGE}, not {limit}")))
        }
    }
}

/// Most entries of a page.
pub(crate) const LARGEST_PAGE: usize = 200;

/// Cuts a page off entries that were asked for with one more; the last one of the page, if there is more behind it.
pub(crate) fn cut<T>(entries: &mut Vec<T>, limit: usize) -> Option<&T> {
    if entries.len() <= limit {
        return None;
    }
    entries.truncate(limit);
    entries.last()
}
