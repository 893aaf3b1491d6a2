//! [`Problem`]: every answer that is no success, as problem details (RFC 9457).

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use guestlist_store::{StoreError, StoreErrorKind};
use serde::Serialize;
use utoipa::ToSchema;

use crate::apps::App;
use crate::difference::Difference;
use crate::lists::{ListVersion, PatternError};

macro_rules! kinds {
    ($($(#[$doc:meta])+ $name:ident = $slug:literal, $status:ident, $title:literal, $help:literal;)+) => {
        /// What is wrong. The names that programs go by do not change between releases.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Kind { $($(#[$doc])+ $name,)+ }

        impl Kind {
            /// All.
            pub(crate) const ALL: &'static [Kind] = &[$(Kind::$name,)+];

            /// The value of `type`.
            pub(crate) const fn uri(self) -> &'static str {
                match self { $(Kind::$name => concat!("/problems/", $slug),)+ }
            }

            pub(crate) const fn status(self) -> StatusCode {
                match self { $(Kind::$name => StatusCode::$status,)+ }
            }

            /// The same sentence for every problem of this kind.
            pub(crate) const fn title(self) -> &'static str {
                match self { $(Kind::$name => $title,)+ }
            }

            /// What to do where there is nothing more particular to say.
            const fn help(self) -> &'static str {
                match self { $(Kind::$name => $help,)+ }
            }
        }
    };
}

kinds! {
    /// A path, a query or a header that cannot be read.
    BadRequest = "bad-request", BAD_REQUEST, "The request cannot be read", "/api/v1/openapi.json describes every request";
    /// The body.
    InvalidJson = "invalid-json", BAD_REQUEST, "The body is not the JSON that is expected here", "/api/v1/openapi.json describes what is expected; each field stands once, and no others";
    /// No token, or one that is none.
    Unauthorized = "unauthorized", UNAUTHORIZED, "A token is needed", "send `Authorization: Bearer gl_…` with a token that was not revoked";
    /// A token that may do less.
    Forbidden = "forbidden", FORBIDDEN, "The token may not do this", "ask with a token that may, or have one made";
    /// A web page of somebody else's, or another name.
    ForeignRequest = "foreign-request", FORBIDDEN, "This address is not for other web pages", "ask by a name that the server was told it has, from a page of this address or from no page";
    /// No such path.
    NoSuchResource = "no-such-resource", NOT_FOUND, "There is nothing at this path", "/api/v1/openapi.json has every path that there is";
    /// No app of this key that the token may see.
    UnknownApp = "unknown-app", NOT_FOUND, "There is no such app", "check the key; it is written exactly as it was made";
    /// No version of this number.
    UnknownVersion = "unknown-version", NOT_FOUND, "There is no such version", "look at the history for the numbers that there are";
    /// No token of this number.
    UnknownToken = "unknown-token", NOT_FOUND, "There is no such token", "look at the list of tokens for the numbers that there are";
    /// No such method here.
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED, "This path has no such method", "the header `Allow` has those that there are";
    /// The key is taken.
    AppExists = "app-exists", CONFLICT, "An app has this key already", "choose another key, or change the app that there is";
    /// An app of the configuration file.
    InConfiguration = "in-configuration", CONFLICT, "The app is in the configuration file", "change it in the server's configuration file, or take it out there and make it here";
    /// Somebody saved the list in between.
    Conflict = "conflict", PRECONDITION_FAILED, "Somebody saved this list in between", "look at what they saved, and save again with its number in `If-Match`";
    /// Somebody changed the settings in between.
    SettingsConflict = "settings-conflict", PRECONDITION_FAILED, "Somebody changed this app in between", "look at what its settings are now, and change them again with their version in `If-Match`";
    /// Somebody changed the secrets in between.
    SecretsConflict = "secrets-conflict", PRECONDITION_FAILED, "Somebody changed these secrets in between", "look at what they are now, and change them again with their version in `If-Match`";
    /// No secret to sign with.
    NoSecret = "no-secret", CONFLICT, "The app has no secret", "make a secret first, and sign with it before policies are required: until then every request would be denied";
    /// More than is taken.
    BodyTooLarge = "body-too-large", PAYLOAD_TOO_LARGE, "The body is too large", "a body has at most 1 MiB, of patterns as of all else";
    /// No JSON.
    UnsupportedMediaType = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE, "The body is not marked as JSON", "send `Content-Type: application/json`";
    /// Patterns that cannot be saved.
    InvalidList = "invalid-list", UNPROCESSABLE_ENTITY, "The list cannot be saved", "`errors` says of each pattern that is at fault what to write instead";
    /// Something else that cannot be saved.
    InvalidValue = "invalid-value", UNPROCESSABLE_ENTITY, "A value cannot be taken", "/api/v1/openapi.json describes the values that can be";
    /// No `If-Match`.
    PreconditionRequired = "precondition-required", PRECONDITION_REQUIRED, "It has to be said which version was seen", "send `If-Match` with the `ETag` of what you have seen, so that nobody's change is lost";
    /// Too often.
    TooManyRequests = "too-many-requests", TOO_MANY_REQUESTS, "The token changes too much in too little time", "wait as long as `Retry-After` says";
    /// Too much at once.
    TooManyQuestions = "too-many-questions", TOO_MANY_REQUESTS, "The token asks too much at once", "wait until some of its questions are answered, and ask again";
    /// The store, or this program.
    Internal = "internal", INTERNAL_SERVER_ERROR, "The server has a problem", "whoever runs the server finds more in its log";
    /// The permissions of the file.
    StoreExposed = "store-exposed", INTERNAL_SERVER_ERROR, "The server's store can be read by others", "have the file of the store taken away from others with `chmod 600`: secrets are not put where others read them";
    /// The disk.
    StoreFull = "store-full", INSUFFICIENT_STORAGE, "There is no room on the server's disk", "have room made on the disk; the store goes on by itself";
}

/// What is wrong and what to do about it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemDetails {
    /// The kind of problem, for programs: does not change between releases.
    #[serde(rename = "type")]
    #[schema(example = "/problems/conflict")]
    uri: &'static str,
    /// The kind of problem, for people.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// What is wrong this time.
    detail: String,
    /// What to do about it.
    help: String,
    /// Of a list that cannot be saved: each pattern that is at fault, the first thousand of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<PatternError>,
    /// Of a list that somebody saved in between: what they saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    theirs: Option<ListVersion>,
    /// Of a list that somebody saved in between: what saving yours would change of theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<Difference>,
    /// Of an app that somebody changed in between: what it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<App>,
}

/// What an answer says that is no success, for those who put it in other words: it goes along with the answer.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) status: StatusCode,
    pub(crate) title: &'static str,
    pub(crate) detail: String,
    pub(crate) help: String,
}

/// An answer that is no success.
#[derive(Debug)]
pub(crate) struct Problem(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: Kind,
    details: ProblemDetails,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// A detail beyond this is cut off: it may repeat what was sent.
const LONGEST_DETAIL: usize = 400;

impl Problem {
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Problem {
        let mut detail: String = detail.into();
        if let Some((end, _)) = detail.char_indices().nth(LONGEST_DETAIL) {
            detail.truncate(end);
            detail.push('…');
        }
        let details = ProblemDetails {
            uri: kind.uri(),
            title: kind.title(),
            status: kind.status().as_u16(),
            detail,
            help: kind.help().to_string(),
            errors: Vec::new(),
            theirs: None,
            difference: None,
            current: None,
        };
        Problem(Box::new(Inner { kind, details, headers: Vec::new() }))
    }

    /// There is no such app, or the token may not know that there is: these two are told apart by nothing.
    pub(crate) fn unknown_app() -> Problem {
        Problem::new(Kind::UnknownApp, "no app has this key")
    }

    /// Something that should not happen; what it was is in the log alone, since it may tell of what the token may not see.
    pub(crate) fn internal(error: &dyn core::fmt::Display) -> Problem {
        tracing::error!(%error, "the admin API cannot answer");
        Problem::new(
            Kind::Internal,
            "the server could not answer; if something was to be changed, look whether it was",
        )
    }

    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Problem {
        self.0.details.help = help.into();
        self
    }

    #[must_use]
    pub(crate) fn errors(mut self, errors: Vec<PatternError>) -> Problem {
        self.0.details.errors = errors;
        self
    }

    #[must_use]
    pub(crate) fn conflict_with(mut self, theirs: ListVersion, difference: Difference) -> Problem {
        self.0.details.theirs = Some(theirs);
        self.0.details.difference = Some(difference);
        self
    }

    #[must_use]
    pub(crate) fn current(mut self, current: App) -> Problem {
        self.0.details.current = Some(current);
        self
    }

    #[must_use]
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Problem {
        self.0.headers.push((name, value));
        self
    }

    /// What is wrong.
    pub(crate) fn kind(&self) -> Kind {
        self.0.kind
    }

    /// What the answer says of it, for those who put it in other words.
    pub(crate) fn told(&self) -> Told {
        let Inner { kind, details, .. } = &*self.0;
        Told {
            status: kind.status(),
            title: kind.title(),
            detail: details.detail.clone(),
            help: details.help.clone(),
        }
    }

    /// Whether something may have been done all the same.
    pub(crate) fn is_uncertain(&self) -> bool {
        self.0.kind == Kind::Internal
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        let kind = match error.kind() {
            StoreErrorKind::UnknownApp => return Problem::unknown_app(),
            StoreErrorKind::AppExists => Kind::AppExists,
            StoreErrorKind::Conflict { .. } => Kind::Conflict,
            StoreErrorKind::SettingsConflict { .. } => Kind::SettingsConflict,
            StoreErrorKind::SecretsConflict { .. } => Kind::SecretsConflict,
            StoreErrorKind::NoSecret => return crate::policies::no_secret(),
            StoreErrorKind::Exposed { .. } => {
                tracing::error!(%error, "no secret is made");
                return Problem::new(Kind::StoreExposed, "no secret was made, since others could read it");
            }
            StoreErrorKind::TooManyPatterns { .. } => Kind::InvalidList,
            StoreErrorKind::EmptyKey
            | StoreErrorKind::TooLong { .. }
            | StoreErrorKind::Scheme { .. }
            | StoreErrorKind::TooMany { .. } => Kind::InvalidValue,
            StoreErrorKind::UnknownRevision => Kind::UnknownVersion,
            StoreErrorKind::UnknownToken => Kind::UnknownToken,
            StoreErrorKind::Full => Kind::StoreFull,
            _ => return Problem::internal(&error),
        };
        Problem::new(kind, error.to_string()).help(error.help())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let told = self.told();
        let Inner { kind, details, headers } = *self.0;
        let mut response = (kind.status(), Json(details)).into_response();
        response.extensions_mut().insert(told);
        let all = response.headers_mut();
        all.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        for (name, value) in headers {
            all.insert(name, value);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn kinds_have_names_of_their_own() {
        let names: HashSet<&str> = Kind::ALL.iter().map(|kind| kind.uri()).collect();
        assert_eq!(names.len(), Kind::ALL.len());
        for kind in Kind::ALL {
            assert!(kind.status().is_client_error() || kind.status().is_server_error(), "{kind:?}");
            assert!(!kind.help().is_empty() && !kind.title().ends_with('.'), "{kind:?}");
        }
    }

    #[test]
    fn what_was_sent_is_not_repeated_at_length() {
        let problem = Problem::new(Kind::InvalidJson, "é".repeat(10_000));
        assert_eq!(problem.0.details.detail.chars().count(), LONGEST_DETAIL + 1);
    }
}
