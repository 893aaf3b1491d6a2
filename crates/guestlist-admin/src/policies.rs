//! Policies, built and signed with an app's secret: for people who try, and for programs that would rather not sign themselves.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::Json;
use axum::extract::State;
use guestlist_policy::{InvalidPolicy, Key as PolicyKey, MalformedKind, Policy};
use guestlist_store::Store;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::{Api, known_app};
use crate::body::Body;
use crate::parts::Key;
use crate::problem::{Kind, Problem};
use crate::words::{Call, is_configured};

/// What a policy is to say. What is left out it does not restrict.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPolicy {
    /// When it ends, in seconds since 1970. This or `expires_in`.
    #[schema(example = json!(null))]
    pub(crate) expiry: Option<u64>,
    /// In how many seconds it ends. This or `expiry`.
    #[schema(minimum = 1, example = 3600)]
    pub(crate) expires_in: Option<u64>,
    /// What it allows: every call but `exif` if it is left out.
    #[schema(min_items = 1, example = json!(["read", "stat"]))]
    pub(crate) call: Option<Vec<Call>>,
    /// The only file that it is for.
    pub(crate) handle: Option<String>,
    /// A regular expression that the whole URL matches that a file is taken from.
    pub(crate) url: Option<String>,
    /// A regular expression that the whole path matches that a file is stored under.
    pub(crate) path: Option<String>,
    /// A regular expression that the whole name of the container matches that a file is stored in.
    pub(crate) container: Option<String>,
    /// How many bytes a file has at least.
    #[serde(rename = "minSize")]
    pub(crate) min_size: Option<u64>,
    /// How many bytes a file has at most; more than `minSize`.
    #[serde(rename = "maxSize")]
    pub(crate) max_size: Option<u64>,
}

/// A policy, signed with the newest secret of the app.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedPolicy {
    /// The policy as requests carry it: `json` in Base64 for URLs.
    pub(crate) policy: String,
    /// The HMAC-SHA256 of `policy`, as 64 hexadecimal digits.
    pub(crate) signature: String,
    /// Both as parameters of a query.
    #[schema(example = "policy=eyJl…&signature=4f9a…")]
    pub(crate) query: String,
    /// What the policy says.
    #[schema(example = "{\"expiry\":1523595600,\"call\":[\"read\",\"stat\"]}")]
    pub(crate) json: String,
    /// When it ends, in seconds since 1970.
    pub(crate) expiry: u64,
}

/// A policy that is not signed.
pub(crate) struct Refused {
    /// The field that is at fault, where one is.
    pub(crate) field: Option<&'static str>,
    pub(crate) problem: Problem,
}

impl Refused {
    fn at(field: &'static str, detail: &str, help: &str) -> Refused {
        Refused { field: Some(field), problem: Problem::new(Kind::InvalidValue, detail).help(help) }
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Refused {
        Refused { field: None, problem }
    }
}

impl From<InvalidPolicy> for Refused {
    fn from(invalid: InvalidPolicy) -> Refused {
        let (text, help) = (invalid.to_string(), invalid.help());
        let detail = text.strip_suffix(help).and_then(|text| text.strip_suffix("; ")).unwrap_or(&text);
        let detail = detail.strip_prefix("this is no policy: ").unwrap_or(detail);
        let field = match invalid.malformed().kind {
            MalformedKind::Pattern(PolicyKey::Url) => Some("url"),
            MalformedKind::Pattern(PolicyKey::Path) => Some("path"),
            MalformedKind::Pattern(PolicyKey::Container) => Some("container"),
            MalformedKind::Sizes => Some("minSize"),
            _ => None,
        };
        Refused { field, problem: Problem::new(Kind::InvalidValue, detail).help(help) }
    }
}

impl NewPolicy {
    fn build(self, now: u64) -> Result<Policy, Refused> {
        let help = "say when it ends by `expiry`, a time, or by `expires_in`, seconds from now";
        let expiry = match (self.expiry, self.expires_in) {
            (Some(expiry), None) if expiry > now => expiry,
            (Some(_), None) => return Err(Refused::at("expiry", "this time has passed already", help)),
            (None, Some(0)) => return Err(Refused::at("expires_in", "it would end at once", help)),
            (None, Some(seconds)) => now
                .checked_add(seconds)
                .ok_or_else(|| Refused::at("expires_in", "it would end later than there are times", help))?,
            (None, None) => return Err(Refused::at("expiry", "it is not said when the policy ends", help)),
            (Some(_), Some(_)) => {
                return Err(Refused::at("expiry", "it is said twice when the policy ends", help));
            }
        };
        let mut policy = Policy::expires_at(expiry);
        if let Some(calls) = self.call {
            if calls.is_empty() {
                let help = "name what it allows, or leave `call` out";
                return Err(Refused::at("call", "it would allow nothing", help));
            }
            policy = policy.calls(calls.into_iter().map(Into::into));
        }
        let text = |policy: Policy, text: Option<String>, set: fn(Policy, String) -> Policy| match text {
            Some(text) => set(policy, text),
            None => policy,
        };
        policy = text(policy, self.handle, Policy::handle);
        policy = text(policy, self.url, Policy::url);
        policy = text(policy, self.path, Policy::path);
        policy = text(policy, self.container, Policy::container);
        policy = self.min_size.into_iter().fold(policy, Policy::min_size);
        Ok(self.max_size.into_iter().fold(policy, Policy::max_size))
    }
}

/// Builds a policy, and signs it with the newest secret of an app.
#[utoipa::path(
    post, path = "/api/v1/apps/{key}/policies", operation_id = "sign_policy", tag = "policies",
    params(("key" = String, Path, description = "The key of the app")),
    request_body = NewPolicy,
    responses((status = 200, description = "The policy, signed", body = SignedPolicy)),
)]
pub(crate) async fn sign(
    State(api): State<Api>,
    Key(key): Key,
    Body(new): Body<NewPolicy>,
) -> Result<Json<SignedPolicy>, Problem> {
    let signed = api.ask(move |store| signed(store, &key, new).map_err(|refused| refused.problem));
    signed.await.map(Json)
}

/// Builds and signs: for the API and the console alike.
pub(crate) fn signed(store: &dyn Store, key: &str, new: NewPolicy) -> Result<SignedPolicy, Refused> {
    if is_configured(known_app(store, key)?.version) {
        let problem = Problem::new(Kind::InConfiguration, "the app is in the configuration file");
        return Err(problem.help("sign with `guestlist policy sign` and the file of its secrets").into());
    }
    let policy = new.build(now())?;
    let secrets = store.secrets(key).map_err(Problem::from)?.ok_or_else(no_secret)?;
    let signed = policy.sign(&secrets.current.secret)?;
    Ok(SignedPolicy {
        policy: signed.policy().to_string(),
        signature: signed.signature().to_string(),
        query: signed.to_string(),
        json: policy.to_json(),
        expiry: policy.expiry(),
    })
}

/// Nothing can be signed, and nothing may be required.
pub(crate) fn no_secret() -> Problem {
    Problem::new(Kind::NoSecret, "this app has no secret")
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
