//! What an app requires beside its lists, its secrets, and policies that are built with them.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use guestlist::ListType;
use guestlist_store::{App, Store};

use super::app::Head;
use super::form::Form;
use super::frame::{Frame, page};
use super::policy_form::{Builder, Built};
use super::session::Visitor;
use super::settings::said;
use super::time::Time;
use super::words::{self, Piece};
use crate::api::{Api, known_app};
use crate::apps::require;
use crate::parts::Key;
use crate::policies::signed;
use crate::problem::{Kind, Problem};
use crate::secrets::{AppSecret, AppSecrets, NewSecret, end, make, of_app};
use crate::words::{Requirement, is_configured};

#[derive(Template)]
#[template(path = "policies.html")]
struct PoliciesPage {
    frame: Frame,
    head: Head,
    action: String,
    csrf: String,
    /// Whether it is of the configuration file.
    is_read_only: bool,
    /// Whether they may change what is required.
    may_set: bool,
    settings_seen: u64,
    lists: Vec<ListPolicy>,
    secrets_seen: u64,
    secrets: Vec<SecretRow>,
    has_previous: bool,
    builder: Builder,
    built: Option<Built>,
    /// What was done.
    message: Option<&'static str>,
    wrong_requirement: Option<Vec<Piece>>,
    wrong_secret: Option<Vec<Piece>>,
    wrong_policy: Option<Vec<Piece>>,
}

/// What the requests to a list must carry.
struct ListPolicy {
    name: &'static str,
    title: &'static str,
    is_required: bool,
}

/// A secret, which the page shows to who asks to see it.
struct SecretRow {
    id: &'static str,
    title: &'static str,
    hint: &'static str,
    text: String,
    created: Time,
    by: String,
}

impl SecretRow {
    fn all(secrets: AppSecrets) -> Vec<SecretRow> {
        let row = |id, title, hint, secret: AppSecret| SecretRow {
            id,
            title,
            hint,
            text: secret.secret,
            created: Time::of(secret.created),
            by: words::shown(&secret.by),
        };
        let newest =
            secrets.current.map(|one| row("newest", "The newest", "It signs what is built here.", one));
        let old =
            secrets.previous.map(|one| row("old", "The old one", "What it has signed is still taken.", one));
        newest.into_iter().chain(old).collect()
    }
}

/// What came of a form.
#[derive(Default)]
struct Outcome {
    status: StatusCode,
    message: Option<&'static str>,
    wrong_requirement: Option<Vec<Piece>>,
    wrong_secret: Option<Vec<Piece>>,
    wrong_policy: Option<Vec<Piece>>,
    /// What was chosen of what is required, where it was not saved.
    chosen: Option<[Requirement; 2]>,
    builder: Builder,
    built: Option<Built>,
}

pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    Key(key): Key,
) -> Result<Response, Problem> {
    shown(&api, visitor, key, Outcome::default()).await
}

async fn shown(api: &Api, visitor: Visitor, key: String, outcome: Outcome) -> Result<Response, Problem> {
    let status = outcome.status;
    let shown = api.ask(move |store| page(&page_of(store, &visitor, &key, outcome)?));
    Ok((status, shown.await?).into_response())
}

fn page_of(
    store: &dyn Store,
    visitor: &Visitor,
    key: &str,
    outcome: Outcome,
) -> Result<PoliciesPage, Problem> {
    let app = known_app(store, key)?;
    let secrets = of_app(store, key)?;
    let head = Head::of(&app);
    let is_read_only = is_configured(app.version);
    Ok(PoliciesPage {
        frame: Frame::new(format!("{}, policies", head.title()), Some(visitor)),
        action: format!("{}/policies", head.path),
        head,
        csrf: visitor.csrf.clone(),
        is_read_only,
        may_set: visitor.is_admin() && !is_read_only,
        settings_seen: app.version,
        lists: lists(&app, outcome.chosen),
        secrets_seen: secrets.version,
        has_previous: secrets.previous.is_some(),
        secrets: SecretRow::all(secrets),
        builder: outcome.builder,
        built: outcome.built,
        message: outcome.message,
        wrong_requirement: outcome.wrong_requirement,
        wrong_secret: outcome.wrong_secret,
        wrong_policy: outcome.wrong_policy,
    })
}

fn lists(app: &App, chosen: Option<[Requirement; 2]>) -> Vec<ListPolicy> {
    let kept = ListType::ALL.map(|list_type| app.settings.policy(list_type).into());
    let list = |(list_type, requirement): (ListType, Requirement)| ListPolicy {
        name: list_type.as_str(),
        title: words::title(list_type),
        is_required: requirement == Requirement::Required,
    };
    ListType::ALL.into_iter().zip(chosen.unwrap_or(kept)).map(list).collect()
}

/// What a button of the page does.
pub(super) async fn act(
    State(api): State<Api>,
    visitor: Visitor,
    Key(key): Key,
    form: Form,
) -> Result<Response, Problem> {
    let outcome = match form.action() {
        ("require", "") => set_required(&api, &visitor, &key, &form).await?,
        ("build", "") => build(&api, &key, &form).await?,
        (action @ ("rotate" | "regenerate" | "end"), "") => {
            change_secrets(&api, &visitor, &key, &form, action).await?
        }
        // What cannot be taken back is not guessed.
        _ => return Err(Problem::new(Kind::BadRequest, "the form does not say what is to be done")),
    };
    shown(&api, visitor, key, outcome).await
}

async fn set_required(api: &Api, visitor: &Visitor, key: &str, form: &Form) -> Result<Outcome, Problem> {
    let chosen = ListType::ALL.map(|list_type| match form.text(list_type.as_str()) {
        "required" => Some(Requirement::Required),
        "off" => Some(Requirement::Off),
        _ => None,
    });
    // A form that leaves one out is none of ours, and turns nothing off.
    let [Some(upload), Some(delivery)] = chosen else {
        return Err(Problem::new(Kind::BadRequest, "the form does not say what both lists require"));
    };
    let chosen = [upload, delivery];
    let (seen, why) = (form.number("seen"), form.text("why").to_string());
    match require(api, &visitor.caller, key.to_string(), seen, chosen, why).await {
        Ok(_) => {
            let message = Some("What is required is saved, and in force.");
            Ok(Outcome { message, ..Outcome::default() })
        }
        Err(problem) if may_be_told(&problem) => Ok(Outcome {
            status: problem.told().status,
            wrong_requirement: Some(said(&problem)),
            chosen: Some(chosen),
            ..Outcome::default()
        }),
        Err(problem) => Err(problem),
    }
}

async fn change_secrets(
    api: &Api,
    visitor: &Visitor,
    key: &str,
    form: &Form,
    action: &str,
) -> Result<Outcome, Problem> {
    let (seen, why) = (form.number("seen"), form.text("why").to_string());
    let (caller, key) = (&visitor.caller, key.to_string());
    let changed = match action {
        "end" => end(api, caller, key, seen, why).await,
        _ => {
            let new = NewSecret { keep_previous: action == "rotate", why };
            make(api, caller, key, seen, new).await
        }
    };
    match changed {
        Ok(secrets) => {
            let message = match (action, secrets.previous.is_some()) {
                ("end", _) => "What the old secret has signed is no longer taken.",
                ("rotate", true) => "There is a new secret. What the old one has signed is still taken.",
                ("rotate", false) => "There is a secret now.",
                _ => "There is a new secret. What others have signed is no longer taken.",
            };
            Ok(Outcome { message: Some(message), ..Outcome::default() })
        }
        Err(problem) if may_be_told(&problem) => Ok(Outcome {
            status: problem.told().status,
            wrong_secret: Some(said(&problem)),
            ..Outcome::default()
        }),
        Err(problem) => Err(problem),
    }
}

async fn build(api: &Api, key: &str, form: &Form) -> Result<Outcome, Problem> {
    let mut builder = Builder::given(form);
    let refusal = StatusCode::UNPROCESSABLE_ENTITY;
    let Some(new) = builder.read() else {
        return Ok(Outcome { status: refusal, builder, ..Outcome::default() });
    };
    let key = key.to_string();
    match api.ask(move |store| Ok(signed(store, &key, new))).await? {
        Ok(signed) => Ok(Outcome { builder, built: Some(Built::of(signed)), ..Outcome::default() }),
        Err(refused) if may_be_told(&refused.problem) => {
            let is_at_field = refused.field.is_some_and(|field| builder.is_wrong(field, &refused.problem));
            let wrong_policy = (!is_at_field).then(|| said(&refused.problem));
            Ok(Outcome { status: refused.problem.told().status, wrong_policy, builder, ..Outcome::default() })
        }
        Err(refused) => Err(refused.problem),
    }
}

/// Whether it is told on the page itself, beside what was chosen.
fn may_be_told(problem: &Problem) -> bool {
    use Kind::{InvalidValue, NoSecret, SecretsConflict, SettingsConflict, StoreExposed};
    matches!(problem.kind(), InvalidValue | NoSecret | SecretsConflict | SettingsConflict | StoreExposed)
}
