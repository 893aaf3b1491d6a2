//! Tokens: who may ask for what. Made, shown without their secrets, revoked.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use guestlist_store::{self as kept, Grant, Scope, Store};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::Api;
use crate::body::{Body, Reason, Why};
use crate::caller::Caller;
use crate::parts::{Number, Query, cut, page};
use crate::problem::{Kind, Problem};
use crate::words::Access;

/// Which tokens.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TokensQuery {
    /// Only those with higher numbers: `next` of the page before.
    #[param(format = "uint64", maximum = 18_446_744_073_709_551_615_u64)]
    pub(crate) after: Option<u64>,
    /// How many at most, up to 200; 50 if it is left out.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) limit: Option<usize>,
}

/// A page of tokens, the revoked ones too, in the order in which they were made.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenPage {
    pub(crate) tokens: Vec<Token>,
    /// `after` of the next page; `null` if this is the last.
    pub(crate) next: Option<u64>,
}

/// A token, without its secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct Token {
    /// Its number; it is part of the secret.
    pub(crate) number: u64,
    /// What people call it; it is who changes something in the log.
    pub(crate) name: String,
    /// What it may do.
    pub(crate) access: Access,
    /// The key of the only app that it may do so to, and that it sees; `null`: all.
    pub(crate) app: Option<String>,
    /// When it was made (RFC 3339).
    pub(crate) created: String,
    /// When it was revoked (RFC 3339).
    pub(crate) revoked: Option<String>,
}

/// A new token, with its secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenWithSecret {
    pub(crate) token: Token,
    /// What it is known by, as a bearer token. It is shown here and never again.
    #[schema(example = "gl_7_…")]
    pub(crate) secret: String,
}

/// A token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    /// What people call it, 200 bytes at most; it is who changes something in the log.
    #[schema(example = "ada")]
    pub(crate) name: String,
    /// What it may do.
    pub(crate) access: Access,
    /// The key of the only app that it may do so to, and that it sees; all if it is left out.
    pub(crate) app: Option<String>,
    /// Why it is made, for the log; 2,000 bytes at most.
    #[serde(default)]
    pub(crate) why: String,
}

impl From<kept::Token> for Token {
    fn from(token: kept::Token) -> Token {
        let kept::Token { number, name, grant, created, revoked, .. } = token;
        Token {
            number,
            name,
            access: grant.access().into(),
            app: match grant.scope() {
                Scope::AllApps => None,
                Scope::App(key) => Some(key.clone()),
            },
            created: created.to_string(),
            revoked: revoked.map(|revoked| revoked.to_string()),
        }
    }
}

/// All tokens.
#[utoipa::path(
    get, path = "/api/v1/tokens", operation_id = "list_tokens", tag = "tokens",
    params(TokensQuery),
    responses((status = 200, description = "A page of them", body = TokenPage)),
)]
pub(crate) async fn list(
    State(api): State<Api>,
    Query(query): Query<TokensQuery>,
) -> Result<Json<TokenPage>, Problem> {
    api.ask(move |store| page_of(store, &query).map(Json)).await
}

/// The page that is asked for.
pub(crate) fn page_of(store: &dyn Store, query: &TokensQuery) -> Result<TokenPage, Problem> {
    let limit = page(query.limit, 50)?;
    let after = query.after.unwrap_or(0);
    let tokens = store.tokens()?.into_iter().filter(|token| token.number > after);
    let mut tokens: Vec<Token> = tokens.take(limit + 1).map(Token::from).collect();
    let next = cut(&mut tokens, limit).map(|token| token.number);
    Ok(TokenPage { tokens, next })
}

/// Makes a token. Its secret is in the answer and nowhere else.
#[utoipa::path(
    post, path = "/api/v1/tokens", operation_id = "create_token", tag = "tokens",
    request_body = NewToken,
    responses((status = 201, description = "The token, with its secret", body = TokenWithSecret)),
)]
pub(crate) async fn create(
    State(api): State<Api>,
    caller: Caller,
    Body(new): Body<NewToken>,
) -> Result<(StatusCode, Json<TokenWithSecret>), Problem> {
    Ok((StatusCode::CREATED, Json(make(&api, &caller, new).await?)))
}

/// Makes a token: for the API and the console alike.
pub(crate) async fn make(api: &Api, caller: &Caller, new: NewToken) -> Result<TokenWithSecret, Problem> {
    let NewToken { name, access, app, why } = new;
    let invalid = |detail: &str, help: &str| Err(Problem::new(Kind::InvalidValue, detail).help(help));
    if name.trim().is_empty() {
        return invalid(
            "a token has a name",
            "name who is to have it: the name stands in the log of what it does",
        );
    }
    // The store would make it a lesser one, which is not what was asked for.
    if access == Access::Admin && app.is_some() {
        return invalid("an `admin` token is for all apps", "choose `write` for the app, or leave out `app`");
    }
    let change = caller.change(why);
    let (token, secret) = api
        .ask(move |store| {
            if let Some(key) = &app
                && store.app(key)?.is_none()
            {
                return Err(Problem::new(Kind::InvalidValue, "no app has the key that the token is for")
                    .help("check the key; it is written exactly as it was made"));
            }
            let scope = app.map_or(Scope::AllApps, Scope::App);
            Ok(store.create_token(&name, &Grant::new(access.into(), scope), &change)?)
        })
        .await?;
    Ok(TokenWithSecret { token: token.into(), secret: secret.to_string() })
}

/// Revokes a token, at once and for good.
#[utoipa::path(
    delete, path = "/api/v1/tokens/{number}", operation_id = "revoke_token", tag = "tokens",
    params(("number" = u64, Path, description = "The number of the token")),
    request_body = Option<Reason>,
    responses((status = 200, description = "The token as it is now", body = Token)),
)]
pub(crate) async fn revoke(
    State(api): State<Api>,
    caller: Caller,
    Number(number): Number,
    Why(why): Why,
) -> Result<Json<Token>, Problem> {
    end(&api, &caller, number, why).await.map(Json)
}

/// Revokes a token: for the API and the console alike.
pub(crate) async fn end(api: &Api, caller: &Caller, number: u64, why: String) -> Result<Token, Problem> {
    let change = caller.change(why);
    api.ask(move |store| Ok(store.revoke_token(number, &change)?.into())).await
}
