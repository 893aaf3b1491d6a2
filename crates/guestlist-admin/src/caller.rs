//! [`Caller`]: who asks, by their token.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use guestlist_store::{Access, Change, Grant, Scope, Token};

use crate::api::Api;
use crate::problem::{Kind, Problem};

/// Who asks. The guard has found that they may.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) number: u64,
    name: String,
    grant: Grant,
}

/// No secret is longer than this.
const LONGEST: usize = 128;

impl Caller {
    /// Whose token the request has.
    pub(crate) async fn of(headers: &HeaderMap, api: &Api) -> Result<Caller, Problem> {
        Caller::known_by(secret(headers)?, api).await?.ok_or_else(|| {
            unauthorized("the token is unknown or was revoked", r#"Bearer error="invalid_token""#)
        })
    }

    /// Whose token this is the secret of; `None` if it is of none, or of one that was revoked.
    pub(crate) async fn known_by(secret: String, api: &Api) -> Result<Option<Caller>, Problem> {
        if secret.len() > LONGEST {
            return Ok(None);
        }
        let token = api.ask(move |store| Ok(store.token(&secret)?)).await?;
        Ok(token.map(|Token { number, name, grant, .. }| Caller { number, name, grant }))
    }

    /// What people call the token.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether they may do this to this app.
    pub(crate) fn can(&self, access: Access, app: &str) -> bool {
        self.grant.allows(access, app)
    }

    /// Whether they may do this to this app; who may not know of the app is told that there is none.
    pub(crate) fn may(&self, access: Access, app: &str) -> Result<(), Problem> {
        match self.grant.scope() {
            Scope::App(key) if key != app => Err(Problem::unknown_app()),
            _ if self.grant.allows(access, app) => Ok(()),
            _ => Err(self.forbidden(access)),
        }
    }

    /// Whether they may do this to all apps.
    pub(crate) fn may_everywhere(&self, access: Access) -> Result<(), Problem> {
        if self.grant.allows_everywhere(access) { Ok(()) } else { Err(self.forbidden(access)) }
    }

    /// The only app that they see, where it is not all.
    pub(crate) fn only_app(&self) -> Option<&str> {
        match self.grant.scope() {
            Scope::AllApps => None,
            Scope::App(key) => Some(key),
        }
    }

    /// A change of theirs.
    pub(crate) fn change(&self, why: String) -> Change {
        Change::by(self.name.clone()).why(why)
    }

    fn forbidden(&self, needed: Access) -> Problem {
        let name = |access| match access {
            Access::Read => "read",
            Access::Write => "write",
            Access::Admin => "admin",
        };
        let of = if self.only_app().is_some() { " one app" } else { " all apps" };
        let has = name(self.grant.access());
        Problem::new(
            Kind::Forbidden,
            format!("this takes `{}`, and the token has `{has}` of{of}", name(needed)),
        )
    }
}

/// The guard leaves the caller in the request.
impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Caller, Problem> {
        let caller = parts.extensions.get::<Caller>();
        caller.cloned().ok_or_else(|| Problem::internal(&"an endpoint without a guard"))
    }
}

fn secret(headers: &HeaderMap) -> Result<String, Problem> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let none = |detail| unauthorized(detail, "Bearer");
    let one = match (all.next(), all.next()) {
        (Some(one), None) => one.to_str().unwrap_or_default(),
        (None, _) => return Err(none("there is no `Authorization`")),
        _ => return Err(none("there is more than one `Authorization`")),
    };
    let (scheme, secret) = one.split_once(' ').unwrap_or((one, ""));
    let secret = secret.trim_matches(' ');
    if !scheme.eq_ignore_ascii_case("bearer") || secret.is_empty() || secret.len() > LONGEST {
        return Err(none("`Authorization` is not `Bearer` and a token"));
    }
    Ok(secret.to_string())
}

fn unauthorized(detail: &str, challenge: &'static str) -> Problem {
    Problem::new(Kind::Unauthorized, detail)
        .header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
}
