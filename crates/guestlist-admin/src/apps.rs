//! Apps and their settings: found, made, changed, removed.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use guestlist::ListType;
use guestlist_policy::Requirement::Required;
use guestlist_store::{self as kept, AppQuery, AppSettings, Store};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::{Api, known_app};
use crate::body::{Body, Reason, Why};
use crate::caller::Caller;
use crate::guard::BASE;
use crate::parts::{Key, Query, Seen, cut, page};
use crate::policies::no_secret;
use crate::problem::{Kind, Problem};
use crate::words::{Mode, Requirement, etag, is_configured, kept_at};

/// Which apps.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AppsQuery {
    /// Only those in whose key or name this stands, in capitals or not.
    #[serde(default)]
    pub(crate) q: String,
    /// Only those behind this key: `next` of the page before.
    pub(crate) after: Option<String>,
    /// How many at most, up to 200; 50 if it is left out.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) limit: Option<usize>,
}

/// A page of apps, in the order of their keys.
#[derive(Serialize, ToSchema)]
pub(crate) struct AppPage {
    pub(crate) apps: Vec<AppSummary>,
    /// `after` of the next page; `null` if this is the last.
    pub(crate) next: Option<String>,
}

/// What a list of apps shows of one.
#[derive(Serialize, ToSchema)]
pub(crate) struct AppSummary {
    /// The key that requests name it by.
    pub(crate) key: String,
    /// What people call it.
    pub(crate) name: String,
    /// Whether it is of the server's configuration file, and cannot be changed here.
    pub(crate) read_only: bool,
    pub(crate) upload: ListSummary,
    pub(crate) delivery: ListSummary,
}

/// What a list of apps shows of a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct ListSummary {
    /// Whether it is enforced.
    pub(crate) mode: Mode,
    /// How many patterns it has.
    pub(crate) patterns: usize,
    /// The number of the version that is in force; 0 where the configuration file says it.
    pub(crate) number: u64,
}

/// An app without its lists.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct App {
    /// The key that requests name it by.
    pub(crate) key: String,
    /// What people call it; may be empty.
    pub(crate) name: String,
    /// How many distinct patterns the upload list may have.
    pub(crate) upload_limit: usize,
    /// How many distinct patterns the delivery list may have.
    pub(crate) delivery_limit: usize,
    /// Schemes other than `http` and `https` whose origins may be matched; anyone can make a client that sends one.
    pub(crate) dangerously_supported_schemes: Vec<String>,
    /// Whether requests to the upload list must carry a signed policy.
    pub(crate) upload_policy: Requirement,
    /// Whether requests to the delivery list must carry a signed policy.
    pub(crate) delivery_policy: Requirement,
    /// Whether it is of the server's configuration file, and cannot be changed here.
    pub(crate) read_only: bool,
    /// Counted up from 1 with each change of the settings; 0 where the configuration file says them. It is the `ETag` too, and a change names it in `If-Match`.
    pub(crate) version: u64,
    /// When it was made (RFC 3339); `null` for one of the configuration file.
    pub(crate) created: Option<String>,
}

/// A new app. What is left out is as for an ordinary app; both its lists begin with nothing enforced.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewApp {
    /// The key that requests name it by, 128 bytes at most; it never changes.
    #[schema(example = "AbCd1234")]
    pub(crate) key: String,
    /// What people call it, 200 bytes at most.
    #[serde(default)]
    pub(crate) name: String,
    /// How many distinct patterns the upload list may have, 10,000 at most.
    #[schema(maximum = 10_000)]
    pub(crate) upload_limit: Option<usize>,
    /// How many distinct patterns the delivery list may have, 10,000 at most.
    #[schema(maximum = 10_000)]
    pub(crate) delivery_limit: Option<usize>,
    /// Schemes other than `http` and `https` whose origins may be matched, 16 at most.
    #[serde(default)]
    pub(crate) dangerously_supported_schemes: Vec<String>,
    /// Why it is made, for the log; 2,000 bytes at most.
    #[serde(default)]
    pub(crate) why: String,
}

/// Settings in place of those that there are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSettings {
    /// What people call it, 200 bytes at most.
    pub(crate) name: String,
    /// How many distinct patterns the upload list may have, 10,000 at most. A list that has more stays as it is until it is saved.
    #[schema(maximum = 10_000)]
    pub(crate) upload_limit: usize,
    /// How many distinct patterns the delivery list may have.
    #[schema(maximum = 10_000)]
    pub(crate) delivery_limit: usize,
    /// Schemes other than `http` and `https` whose origins may be matched, 16 at most.
    pub(crate) dangerously_supported_schemes: Vec<String>,
    /// Whether requests to the upload list must carry a signed policy; as it is if it is left out. It takes a secret to require one.
    pub(crate) upload_policy: Option<Requirement>,
    /// Whether requests to the delivery list must carry a signed policy; as it is if it is left out.
    pub(crate) delivery_policy: Option<Requirement>,
    /// Why it is changed, for the log; 2,000 bytes at most.
    #[serde(default)]
    pub(crate) why: String,
}

impl From<kept::App> for App {
    fn from(app: kept::App) -> App {
        let kept::App { key, settings, version, created, .. } = app;
        App {
            key,
            name: settings.name,
            upload_limit: settings.upload_limit,
            delivery_limit: settings.delivery_limit,
            dangerously_supported_schemes: settings.dangerously_supported_schemes,
            upload_policy: settings.upload_policy.into(),
            delivery_policy: settings.delivery_policy.into(),
            read_only: is_configured(version),
            version,
            created: kept_at(version, created),
        }
    }
}

/// With its `ETag`.
impl IntoResponse for App {
    fn into_response(self) -> Response {
        ([(header::ETAG, etag(self.version))], Json(self)).into_response()
    }
}

impl From<kept::AppSummary> for AppSummary {
    fn from(app: kept::AppSummary) -> AppSummary {
        let list = |list: kept::ListSummary| ListSummary {
            mode: list.mode.into(),
            patterns: list.patterns,
            number: list.number,
        };
        let read_only = is_configured(app.upload.number);
        let (upload, delivery) = (list(app.upload), list(app.delivery));
        AppSummary { key: app.key, name: app.name, read_only, upload, delivery }
    }
}

/// The one app that a token sees, if it is among those that are asked for.
fn of_one(store: &dyn Store, key: &str, query: &AppsQuery) -> Result<Vec<AppSummary>, Problem> {
    let Some(app) = store.app(key)? else { return Ok(Vec::new()) };
    // As the store looks for it among all.
    let is_in = |text: &str| text.to_lowercase().contains(&query.q.to_lowercase());
    let is_behind = query.after.as_deref().is_none_or(|after| after < key);
    if !is_behind || !(is_in(key) || is_in(&app.settings.name)) {
        return Ok(Vec::new());
    }
    Ok(vec![app.summary().into()])
}

/// The apps that the token may see, in the order of their keys.
#[utoipa::path(
    get, path = "/api/v1/apps", operation_id = "list_apps", tag = "apps",
    params(AppsQuery),
    responses((status = 200, description = "A page of them", body = AppPage)),
)]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<AppsQuery>,
) -> Result<Json<AppPage>, Problem> {
    api.ask(move |store| page_of(store, &caller, &query).map(Json)).await
}

/// The page that is asked for, of the apps that they may see.
pub(crate) fn page_of(store: &dyn Store, caller: &Caller, query: &AppsQuery) -> Result<AppPage, Problem> {
    let limit = page(query.limit, 50)?;
    let mut apps = match caller.only_app() {
        Some(key) => of_one(store, key, query)?,
        None => {
            let asked = AppQuery::new().containing(&query.q);
            let asked = query.after.iter().fold(asked, AppQuery::after);
            store.apps(&asked, limit + 1)?.into_iter().map(AppSummary::from).collect()
        }
    };
    let next = cut(&mut apps, limit).map(|app| app.key.clone());
    Ok(AppPage { apps, next })
}

/// Makes an app.
#[utoipa::path(
    post, path = "/api/v1/apps", operation_id = "create_app", tag = "apps",
    request_body = NewApp,
    responses((
        status = 201, description = "The app", body = App,
        headers(("Location" = String, description = "Where it is"), ("ETag" = String, description = "The version of its settings, for `If-Match`")),
    )),
)]
pub(crate) async fn create(
    State(api): State<Api>,
    caller: Caller,
    Body(new): Body<NewApp>,
) -> Result<Response, Problem> {
    let app = make(&api, &caller, new).await?;
    let location = format!("{BASE}/apps/{}", escaped(&app.key));
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], app).into_response())
}

/// Makes an app: for the API and the console alike.
pub(crate) async fn make(api: &Api, caller: &Caller, new: NewApp) -> Result<App, Problem> {
    let NewApp { key, name, upload_limit, delivery_limit, dangerously_supported_schemes, why } = new;
    // No address can lead to these: whoever follows it removes them as steps of a path, however they are escaped.
    if [".", ".."].contains(&&*key) {
        return Err(Problem::new(Kind::InvalidValue, "an app with this key would have no address")
            .help("choose a key, such as `AbCd1234`"));
    }
    let mut settings = AppSettings::named(name);
    settings.upload_limit = upload_limit.unwrap_or(settings.upload_limit);
    settings.delivery_limit = delivery_limit.unwrap_or(settings.delivery_limit);
    settings.dangerously_supported_schemes = dangerously_supported_schemes;
    let change = caller.change(why);
    let app = api.change(key, move |store, key| Ok(store.create_app(key, settings, &change)?)).await?;
    Ok(app.into())
}

/// An app's settings.
#[utoipa::path(
    get, path = "/api/v1/apps/{key}", operation_id = "get_app", tag = "apps",
    params(("key" = String, Path, description = "The key of the app")),
    responses((status = 200, description = "The app", body = App, headers(("ETag" = String, description = "The version of its settings, for `If-Match`")))),
)]
pub(crate) async fn get(State(api): State<Api>, Key(key): Key) -> Result<App, Problem> {
    api.ask(move |store| known_app(store, &key).map(App::from)).await
}

/// Changes an app's settings, if they are as they were seen.
#[utoipa::path(
    put, path = "/api/v1/apps/{key}", operation_id = "change_app", tag = "apps",
    params(
        ("key" = String, Path, description = "The key of the app"),
        ("If-Match" = String, Header, description = "The `ETag` of the settings that were seen", pattern = "^\"[0-9]+\"$", example = "\"7\""),
    ),
    request_body = NewSettings,
    responses((status = 200, description = "The app", body = App, headers(("ETag" = String, description = "The version of its settings, for `If-Match`")))),
)]
pub(crate) async fn change(
    State(api): State<Api>,
    caller: Caller,
    Key(key): Key,
    Seen(seen): Seen,
    Body(new): Body<NewSettings>,
) -> Result<App, Problem> {
    set(&api, &caller, key, seen, new).await
}

/// Changes an app's settings: for the API and the console alike.
pub(crate) async fn set(
    api: &Api,
    caller: &Caller,
    key: String,
    seen: u64,
    new: NewSettings,
) -> Result<App, Problem> {
    let NewSettings { name, upload_limit, delivery_limit, dangerously_supported_schemes, .. } = new;
    let policies = [(ListType::Upload, new.upload_policy), (ListType::Delivery, new.delivery_policy)];
    change_to(api, caller, key, seen, new.why, move |old| {
        let mut settings = AppSettings::named(name);
        settings.upload_limit = upload_limit;
        settings.delivery_limit = delivery_limit;
        settings.dangerously_supported_schemes = dangerously_supported_schemes;
        policies.into_iter().fold(settings, |settings, (list_type, policy)| {
            settings.require(list_type, policy.map_or(old.policy(list_type), Into::into))
        })
    })
    .await
}

/// Changes what the requests of an app must carry, and nothing else.
pub(crate) async fn require(
    api: &Api,
    caller: &Caller,
    key: String,
    seen: u64,
    [upload, delivery]: [Requirement; 2],
    why: String,
) -> Result<App, Problem> {
    change_to(api, caller, key, seen, why, move |old| {
        old.clone().require(ListType::Upload, upload.into()).require(ListType::Delivery, delivery.into())
    })
    .await
}

/// Changes an app's settings to what is made of those that there are.
async fn change_to(
    api: &Api,
    caller: &Caller,
    key: String,
    seen: u64,
    why: String,
    make: impl FnOnce(&AppSettings) -> AppSettings + Send + 'static,
) -> Result<App, Problem> {
    let change = caller.change(why);
    let app = api.change(key, move |store, key| {
        let current = known_app(store, key)?;
        let settings = make(&current.settings);
        // Where policies are required already they may stay so. Of another version than was seen nothing is changed anyway.
        let is_newly_required = ListType::ALL.into_iter().any(|list_type| {
            settings.policy(list_type) == Required && current.settings.policy(list_type) != Required
        });
        if is_newly_required && current.version == seen && store.secrets(key)?.is_none() {
            return Err(no_secret());
        }
        store.change_app(key, seen, settings, &change).map_err(|error| {
            let is_conflict = matches!(error.kind(), kept::StoreErrorKind::SettingsConflict { .. });
            let problem = Problem::from(error);
            match store.app(key) {
                Ok(Some(current)) if is_conflict => problem.current(current.into()),
                _ => problem,
            }
        })
    });
    app.await.map(App::from)
}

/// Removes an app: its key is unknown from then on. What its lists said stays in their history.
#[utoipa::path(
    delete, path = "/api/v1/apps/{key}", operation_id = "remove_app", tag = "apps",
    params(("key" = String, Path, description = "The key of the app")),
    request_body = Option<Reason>,
    responses((status = 204, description = "It is removed")),
)]
pub(crate) async fn remove(
    State(api): State<Api>,
    caller: Caller,
    Key(key): Key,
    Why(why): Why,
) -> Result<StatusCode, Problem> {
    end(&api, &caller, key, why).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes an app: for the API and the console alike.
pub(crate) async fn end(api: &Api, caller: &Caller, key: String, why: String) -> Result<(), Problem> {
    let change = caller.change(why);
    api.change(key, move |store, key| Ok(store.remove_app(key, &change)?)).await
}

/// A text as one part of a path.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                escaped.push(char::from(byte));
            }
            _ => escaped += &format!("%{byte:02X}"),
        }
    }
    escaped
}
