//! The secrets that an app's policies are signed with: shown, made, ended.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use guestlist_store::{self as kept, Store};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::{Api, known_app};
use crate::body::{Body, Reason, Why};
use crate::caller::Caller;
use crate::parts::{Key, Seen};
use crate::problem::Problem;
use crate::words::{etag, is_configured};

/// The secrets of an app that are live.
// No `Debug`, here and below: what is shown to those who may know it is for no log.
#[derive(Serialize, ToSchema)]
pub(crate) struct AppSecrets {
    /// Grows with each change of them; 0 where there is none. It is the `ETag` too, and a change names it in `If-Match`.
    pub(crate) version: u64,
    /// Whether the app is of the server's configuration file, which names a file with its secrets: they are not shown, and not changed here.
    pub(crate) read_only: bool,
    /// What signs now; `null` if there is none.
    pub(crate) current: Option<AppSecret>,
    /// What signed before, and is still taken; `null` if there is none.
    pub(crate) previous: Option<AppSecret>,
}

/// A secret. Whoever has it can sign what is let in.
#[derive(Serialize, ToSchema)]
pub(crate) struct AppSecret {
    /// The secret itself: the bytes of this text are the key of the HMAC.
    #[schema(example = "MZXW6YTBOI…")]
    pub(crate) secret: String,
    /// When it was made (RFC 3339).
    pub(crate) created: String,
    /// Who had it made.
    pub(crate) by: String,
}

/// A new secret, in front of the one that there is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSecret {
    /// Whether what the newest secret until now has signed is still taken: `false` ends all that there are at once. One that is older than it ends anyway.
    pub(crate) keep_previous: bool,
    /// Why it is made, for the log; 2,000 bytes at most.
    #[serde(default)]
    pub(crate) why: String,
}

impl AppSecrets {
    fn none(read_only: bool) -> AppSecrets {
        AppSecrets { version: 0, read_only, current: None, previous: None }
    }
}

impl From<kept::AppSecrets> for AppSecrets {
    fn from(secrets: kept::AppSecrets) -> AppSecrets {
        let kept::AppSecrets { version, current, previous, .. } = secrets;
        let one = |kept::AppSecret { secret, created, by, .. }: kept::AppSecret| AppSecret {
            // Those of a store are letters and digits.
            secret: String::from_utf8_lossy(secret.expose()).into_owned(),
            created: created.to_string(),
            by,
        };
        AppSecrets { version, read_only: false, current: Some(one(current)), previous: previous.map(one) }
    }
}

/// With its `ETag`.
impl IntoResponse for AppSecrets {
    fn into_response(self) -> Response {
        ([(header::ETAG, etag(self.version))], Json(self)).into_response()
    }
}

/// Those of an app that there is.
pub(crate) fn of_app(store: &dyn Store, key: &str) -> Result<AppSecrets, Problem> {
    let read_only = is_configured(known_app(store, key)?.version);
    Ok(store.secrets(key)?.map_or(AppSecrets::none(read_only), AppSecrets::from))
}

/// An app's secrets. They take a token that may save its lists.
#[utoipa::path(
    get, path = "/api/v1/apps/{key}/secrets", operation_id = "get_secrets", tag = "policies",
    params(("key" = String, Path, description = "The key of the app")),
    responses((status = 200, description = "Those that are live", body = AppSecrets, headers(("ETag" = String, description = "Their version, for `If-Match`")))),
)]
pub(crate) async fn get(State(api): State<Api>, Key(key): Key) -> Result<AppSecrets, Problem> {
    api.ask(move |store| of_app(store, &key)).await
}

/// Makes a new secret, from 256 random bits, if the secrets are as they were seen. When the answer comes it is in force.
#[utoipa::path(
    post, path = "/api/v1/apps/{key}/secrets", operation_id = "rotate_secret", tag = "policies",
    params(
        ("key" = String, Path, description = "The key of the app"),
        ("If-Match" = String, Header, description = "The `ETag` of the secrets that were seen", pattern = "^\"[0-9]+\"$", example = "\"7\""),
    ),
    request_body = NewSecret,
    responses((status = 201, description = "Those that are live now", body = AppSecrets, headers(("ETag" = String, description = "Their version, for `If-Match`")))),
)]
pub(crate) async fn rotate(
    State(api): State<Api>,
    caller: Caller,
    Key(key): Key,
    Seen(seen): Seen,
    Body(new): Body<NewSecret>,
) -> Result<Response, Problem> {
    let secrets = make(&api, &caller, key, seen, new).await?;
    Ok((StatusCode::CREATED, secrets).into_response())
}

/// Makes a new secret: for the API and the console alike.
pub(crate) async fn make(
    api: &Api,
    caller: &Caller,
    key: String,
    seen: u64,
    new: NewSecret,
) -> Result<AppSecrets, Problem> {
    let NewSecret { keep_previous, why } = new;
    let change = caller.change(why);
    api.change(key, move |store, key| Ok(store.rotate_secret(key, seen, keep_previous, &change)?.into()))
        .await
}

/// From now on what the secret before the newest has signed is not taken, if the secrets are as they were seen.
#[utoipa::path(
    delete, path = "/api/v1/apps/{key}/secrets/previous", operation_id = "end_previous_secret", tag = "policies",
    params(
        ("key" = String, Path, description = "The key of the app"),
        ("If-Match" = String, Header, description = "The `ETag` of the secrets that were seen", pattern = "^\"[0-9]+\"$", example = "\"7\""),
    ),
    request_body = Option<Reason>,
    responses((status = 200, description = "Those that are live now", body = AppSecrets, headers(("ETag" = String, description = "Their version, for `If-Match`")))),
)]
pub(crate) async fn end_previous(
    State(api): State<Api>,
    caller: Caller,
    Key(key): Key,
    Seen(seen): Seen,
    Why(why): Why,
) -> Result<AppSecrets, Problem> {
    end(&api, &caller, key, seen, why).await
}

/// Ends the secret before the newest: for the API and the console alike.
pub(crate) async fn end(
    api: &Api,
    caller: &Caller,
    key: String,
    seen: u64,
    why: String,
) -> Result<AppSecrets, Problem> {
    let change = caller.change(why);
    api.change(key, move |store, key| Ok(store.drop_previous_secret(key, seen, &change)?.into())).await
}
