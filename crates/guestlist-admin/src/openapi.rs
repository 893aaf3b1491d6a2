//! The API's description of itself (OpenAPI): the endpoints with their types, and of each what may go wrong, as [`ENDPOINTS`] has it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi as Description, Ref, ResponseBuilder};
use utoipa::{Modify, OpenApi};

use crate::guard::{BASE, ENDPOINTS, Endpoint, Needs};
use crate::problem::{Kind, ProblemDetails};
use crate::{apps, lately, lists, log, policies, preview, secrets, tokens, trial, versions};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "guestlist admin API",
        description = "Apps, their domain whitelists with every version, previews of a save, the log, and tokens. Every answer that is no success is problem details (RFC 9457), with `help`: what to do about it. A list is saved with the `ETag` that was seen in `If-Match`, so that nobody's save is lost.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    paths(
        describe,
        apps::list, apps::create, apps::get, apps::change, apps::remove,
        lists::get, lists::save, preview::preview, lately::get,
        versions::list, versions::get, versions::restore,
        trial::test, secrets::get, secrets::rotate, secrets::end_previous, policies::sign,
        log::list, tokens::list, tokens::create, tokens::revoke,
    ),
    components(schemas(ProblemDetails)),
    modifiers(&Common),
    tags(
        (name = "apps", description = "Apps and their settings"),
        (name = "lists", description = "What an app's two lists say"),
        (name = "versions", description = "What they said before"),
        (name = "policies", description = "Secrets of apps, and what is signed with them"),
        (name = "log", description = "What was done, by whom and why"),
        (name = "tokens", description = "Who may ask for what"),
        (name = "description", description = "This description"),
    ),
)]
struct Api;

/// The description as JSON, with a line break at its end.
///
/// It is the file `docs/openapi.json`, and what `/api/v1/openapi.json` answers with.
pub fn openapi() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let mut text = Api::openapi().to_pretty_json().unwrap_or_default();
        text.push('\n');
        text
    });
    &TEXT
}

/// The description of this API.
#[utoipa::path(
    get, path = "/api/v1/openapi.json", operation_id = "describe", tag = "description",
    responses((status = 200, description = "The description", content_type = "application/json")),
)]
pub(crate) async fn describe() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], openapi()).into_response()
}

/// What is said of every endpoint.
struct Common;

const BEARER: &str = "token";

impl Modify for Common {
    fn modify(&self, description: &mut Description) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("gl_…")
            .description(Some("A token of the store"));
        let kinds = Kind::ALL
            .iter()
            .map(|kind| format!("- `{}`, {}: {}\n", kind.uri(), kind.status().as_u16(), kind.title()));
        let about = description.info.description.get_or_insert_default();
        *about += "\n\nThe values of `type`:\n\n";
        about.extend(kinds);
        let components = description.components.get_or_insert_default();
        components.add_security_scheme(BEARER, SecurityScheme::Http(scheme.build()));
        for endpoint in &ENDPOINTS {
            let path = format!("{BASE}{}", endpoint.path);
            let item = description.paths.paths.get_mut(&path);
            if let Some(operation) = item.and_then(|item| operation(item, &endpoint.method)) {
                add(operation, endpoint);
            }
        }
    }
}

fn operation<'i>(item: &'i mut PathItem, method: &Method) -> Option<&'i mut Operation> {
    match *method {
        Method::GET => item.get.as_mut(),
        Method::PUT => item.put.as_mut(),
        Method::POST => item.post.as_mut(),
        Method::DELETE => item.delete.as_mut(),
        _ => None,
    }
}

/// Says who may ask, and what else may be answered.
fn add(operation: &mut Operation, endpoint: &Endpoint) {
    let has_body = operation.request_body.is_some();
    let has = |name: &str| endpoint.path.contains(name);
    let is_list = has("{list}");
    let is_secret = has("/secrets");
    let takes_seen = (endpoint.changes && (is_list || is_secret)) || (endpoint.method == Method::PUT);
    let mut kinds = vec![Kind::ForeignRequest];
    if endpoint.needs != Needs::Nothing {
        operation.security = Some(vec![SecurityRequirement::new(BEARER, [] as [&str; 0])]);
        kinds.extend([Kind::BadRequest, Kind::Unauthorized, Kind::Internal]);
    }
    if !matches!(endpoint.needs, Needs::Nothing | Needs::OwnView) {
        kinds.push(Kind::Forbidden);
    }
    if has("{key}") || has("/log") {
        kinds.push(Kind::UnknownApp);
    }
    if is_list {
        kinds.push(Kind::NoSuchResource);
    }
    if has("{number}") {
        kinds.push(if is_list { Kind::UnknownVersion } else { Kind::UnknownToken });
    }
    if has_body {
        kinds.extend([Kind::InvalidJson, Kind::BodyTooLarge, Kind::UnsupportedMediaType]);
    }
    if endpoint.thinks {
        kinds.push(Kind::TooManyQuestions);
    }
    if endpoint.changes {
        kinds.extend([Kind::TooManyRequests, Kind::StoreFull, Kind::InvalidValue]);
        if is_list {
            kinds.push(Kind::InvalidList);
        }
        if has("/apps") {
            kinds.push(Kind::InConfiguration);
        }
        if endpoint.path == "/apps" {
            kinds.push(Kind::AppExists);
        }
    }
    if takes_seen {
        kinds.push(Kind::PreconditionRequired);
        kinds.push(match (is_list, is_secret) {
            (true, _) => Kind::Conflict,
            (_, true) => Kind::SecretsConflict,
            _ => Kind::SettingsConflict,
        });
    }
    if is_secret && endpoint.method == Method::POST {
        kinds.push(Kind::StoreExposed);
    }
    let signs = has("/policies");
    if signs {
        kinds.extend([Kind::InvalidValue, Kind::InConfiguration]);
    }
    let is_settings = endpoint.path == "/apps/{key}" && endpoint.method == Method::PUT;
    if signs || is_settings || (is_secret && endpoint.method == Method::DELETE) {
        kinds.push(Kind::NoSecret);
    }
    let statuses: BTreeSet<StatusCode> = kinds.iter().map(|kind| kind.status()).collect();
    for status in statuses {
        let of_status: Vec<String> = kinds
            .iter()
            .filter(|kind| kind.status() == status)
            .map(|kind| format!("{} (`{}`)", kind.title(), kind.uri()))
            .collect();
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemDetails"))).build();
        let response = ResponseBuilder::new()
            .description(of_status.join("; "))
            .content("application/problem+json", content)
            .build();
        operation.responses.responses.insert(status.as_str().to_string(), response.into());
    }
}
