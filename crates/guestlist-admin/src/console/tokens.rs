//! Tokens: listed, made, revoked.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::form::Form;
use super::frame::{Frame, page};
use super::session::Visitor;
use super::settings::said;
use super::time::Time;
use super::words::{self, Piece};
use crate::api::Api;
use crate::apps::escaped;
use crate::parts::Query;
use crate::problem::{Kind, Problem};
use crate::tokens::{NewToken, Token, TokensQuery, end, make, page_of};
use crate::words::Access;

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    frame: Frame,
    csrf: String,
    rows: Vec<Row>,
    /// `after` of the next page.
    next: Option<u64>,
    is_later: bool,
    /// What was done.
    message: Option<String>,
    made: Option<Made>,
    fields: Fields,
    wrong: Option<Vec<Piece>>,
}

struct Row {
    number: u64,
    name: String,
    access: &'static str,
    app: Option<(String, String)>,
    created: Time,
    revoked: Option<Time>,
    /// Whether it is the one that they are signed in with.
    is_own: bool,
}

/// A token that was made just now.
struct Made {
    name: String,
    secret: String,
}

/// What stands in the form for a new one.
#[derive(Default)]
struct Fields {
    name: String,
    access: String,
    app: String,
    why: String,
}

impl Fields {
    fn given(form: &Form) -> Fields {
        let text = |name| form.text(name).to_string();
        Fields { name: text("name"), access: text("access"), app: text("app"), why: text("why") }
    }

    fn read(&self) -> Result<NewToken, Problem> {
        let access = match &*self.access {
            "read" => Access::Read,
            "write" => Access::Write,
            "admin" => Access::Admin,
            _ => {
                return Err(Problem::new(Kind::InvalidValue, "it is not said what the token may do")
                    .help("choose what it may do"));
            }
        };
        let app = Some(self.app.trim().to_string()).filter(|app| !app.is_empty());
        Ok(NewToken { name: self.name.trim().to_string(), access, app, why: self.why.clone() })
    }
}

impl Row {
    fn of(token: Token, visitor: &Visitor) -> Row {
        Row {
            number: token.number,
            name: words::shown(&token.name),
            access: match token.access {
                Access::Read => "read",
                Access::Write => "write",
                Access::Admin => "admin",
            },
            app: token.app.map(|key| (words::shown(&key), format!("/apps/{}", escaped(&key)))),
            created: Time::of(token.created),
            revoked: token.revoked.map(Time::of),
            is_own: token.number == visitor.caller.number,
        }
    }
}

/// What the page says beside the tokens.
#[derive(Default)]
struct Said {
    status: StatusCode,
    message: Option<String>,
    made: Option<Made>,
    fields: Fields,
    wrong: Option<Vec<Piece>>,
}

pub(super) async fn list(
    State(api): State<Api>,
    visitor: Visitor,
    Query(query): Query<TokensQuery>,
) -> Result<Response, Problem> {
    shown(&api, visitor, query, Said::default()).await
}

async fn shown(api: &Api, visitor: Visitor, query: TokensQuery, said: Said) -> Result<Response, Problem> {
    let Said { status, message, made, fields, wrong } = said;
    let page = api.ask(move |store| {
        let tokens = page_of(store, &query)?;
        page(&TokensPage {
            frame: Frame::new("Tokens", Some(&visitor)),
            csrf: visitor.csrf.clone(),
            rows: tokens.tokens.into_iter().map(|token| Row::of(token, &visitor)).collect(),
            next: tokens.next,
            is_later: query.after.is_some(),
            message,
            made,
            fields,
            wrong,
        })
    });
    Ok((status, page.await?).into_response())
}

/// Makes a token, whose secret is on the page that answers and nowhere else, or revokes one.
pub(super) async fn act(State(api): State<Api>, visitor: Visitor, form: Form) -> Result<Response, Problem> {
    let said = match form.action() {
        ("revoke", number) => {
            let number = number.parse().unwrap_or_default();
            let why = form.text("why").to_string();
            let token = end(&api, &visitor.caller, number, why).await?;
            let message = format!("Token {number}, {}, is revoked.", words::shown(&token.name));
            Said { message: Some(message), ..Said::default() }
        }
        _ => created(&api, &visitor, Fields::given(&form)).await?,
    };
    let query = TokensQuery { after: form.text("after").parse().ok(), limit: None };
    shown(&api, visitor, query, said).await
}

async fn created(api: &Api, visitor: &Visitor, fields: Fields) -> Result<Said, Problem> {
    let made = match fields.read() {
        Ok(new) => make(api, &visitor.caller, new).await,
        Err(problem) => Err(problem),
    };
    match made {
        Ok(made) => {
            let made = Made { name: words::shown(&made.token.name), secret: made.secret };
            Ok(Said { status: StatusCode::CREATED, made: Some(made), ..Said::default() })
        }
        Err(problem) if problem.kind() == Kind::InvalidValue => {
            let wrong = Some(said(&problem));
            Ok(Said { status: problem.told().status, fields, wrong, ..Said::default() })
        }
        Err(problem) => Err(problem),
    }
}
