//! An app's settings, new apps, and apps that are removed.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use guestlist_store::{self as kept, AppSettings};

use super::app::Head;
use super::form::Form;
use super::frame::{Frame, page};
use super::session::Visitor;
use super::words::{self, Piece};
use crate::api::{Api, known_app};
use crate::apps::{NewApp, NewSettings, end, escaped, make, set};
use crate::parts::Key;
use crate::problem::{Kind, Problem, Told};
use crate::words::is_configured;

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    frame: Frame,
    head: Head,
    action: String,
    csrf: String,
    /// Whether it is of the configuration file.
    is_read_only: bool,
    fields: Fields,
    /// What was done.
    message: Option<&'static str>,
    wrong: Option<Vec<Piece>>,
    /// What the settings are now, where somebody changed them in between.
    theirs: Option<Fields>,
    /// Why the app was not removed.
    not_removed: Option<String>,
}

/// What stands in the form.
#[derive(Clone)]
struct Fields {
    name: String,
    upload_limit: String,
    delivery_limit: String,
    /// One on a line.
    schemes: String,
    why: String,
    seen: u64,
}

impl Fields {
    fn kept(app: &kept::App) -> Fields {
        let AppSettings { name, upload_limit, delivery_limit, dangerously_supported_schemes, .. } =
            &app.settings;
        Fields {
            name: name.clone(),
            upload_limit: upload_limit.to_string(),
            delivery_limit: delivery_limit.to_string(),
            schemes: dangerously_supported_schemes.join("\n"),
            why: String::new(),
            seen: app.version,
        }
    }

    fn given(form: &Form) -> Fields {
        let text = |name| form.text(name).to_string();
        Fields {
            name: text("name"),
            upload_limit: text("upload_limit"),
            delivery_limit: text("delivery_limit"),
            schemes: text("schemes"),
            why: text("why"),
            seen: form.number("seen"),
        }
    }

    fn read(&self) -> Result<NewSettings, Problem> {
        Ok(NewSettings {
            name: self.name.clone(),
            upload_limit: limit(&self.upload_limit, "upload")?,
            delivery_limit: limit(&self.delivery_limit, "delivery")?,
            dangerously_supported_schemes: self.schemes.split_whitespace().map(str::to_string).collect(),
            // They have a page of their own.
            upload_policy: None,
            delivery_policy: None,
            why: self.why.clone(),
        })
    }
}

fn limit(text: &str, list: &str) -> Result<usize, Problem> {
    text.trim().parse().map_err(|_| {
        Problem::new(Kind::InvalidValue, format!("the limit of the {list} list is not a whole number"))
            .help("write a number from 0 to 10,000, such as 20")
    })
}

/// What was wrong with a form, above the form.
#[derive(Default)]
struct Outcome {
    status: StatusCode,
    fields: Option<Fields>,
    message: Option<&'static str>,
    wrong: Option<Vec<Piece>>,
    is_conflict: bool,
    not_removed: Option<String>,
}

pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    Key(key): Key,
) -> Result<Response, Problem> {
    shown(&api, visitor, key, Outcome::default()).await
}

async fn shown(api: &Api, visitor: Visitor, key: String, outcome: Outcome) -> Result<Response, Problem> {
    let Outcome { status, fields, message, wrong, is_conflict, not_removed } = outcome;
    let page = api.ask(move |store| {
        let app = known_app(store, &key)?;
        let head = Head::of(&app);
        let current = Fields::kept(&app);
        page(&SettingsPage {
            frame: Frame::new(format!("{}, settings", head.title()), Some(&visitor)),
            action: format!("{}/settings", head.path),
            head,
            csrf: visitor.csrf.clone(),
            is_read_only: is_configured(app.version),
            // What was typed in is kept; saved again it counts as a change of what is there now.
            fields: fields.map_or(current.clone(), |fields| Fields { seen: current.seen, ..fields }),
            message,
            wrong,
            theirs: is_conflict.then_some(current),
            not_removed,
        })
    });
    Ok((status, page.await?).into_response())
}

/// Changes the settings, or removes the app.
pub(super) async fn act(
    State(api): State<Api>,
    visitor: Visitor,
    Key(key): Key,
    form: Form,
) -> Result<Response, Problem> {
    if form.action().0 == "remove" {
        return remove(&api, visitor, key, &form).await;
    }
    let fields = Fields::given(&form);
    let changed = match fields.read() {
        Ok(new) => set(&api, &visitor.caller, key.clone(), fields.seen, new).await.map(drop),
        Err(problem) => Err(problem),
    };
    let outcome = match changed {
        Ok(()) => Outcome { message: Some("The settings are saved."), ..Outcome::default() },
        Err(problem) if matches!(problem.kind(), Kind::InvalidValue | Kind::SettingsConflict) => Outcome {
            status: problem.told().status,
            fields: Some(fields),
            is_conflict: problem.kind() == Kind::SettingsConflict,
            wrong: Some(said(&problem)),
            ..Outcome::default()
        },
        Err(problem) => return Err(problem),
    };
    shown(&api, visitor, key, outcome).await
}

/// What is wrong and what to do about it.
pub(super) fn said(problem: &Problem) -> Vec<Piece> {
    let Told { title, detail, help, .. } = problem.told();
    words::sentence(&format!("{title}: {detail}. What to do: {help}."))
}

async fn remove(api: &Api, visitor: Visitor, key: String, form: &Form) -> Result<Response, Problem> {
    if form.text("confirm") != key {
        let not_removed = "This is not the key of the app: nothing was removed.".to_string();
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let outcome = Outcome { status, not_removed: Some(not_removed), ..Outcome::default() };
        return shown(api, visitor, key, outcome).await;
    }
    end(api, &visitor.caller, key.clone(), form.text("why").to_string()).await?;
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("app", &key).finish();
    Ok(Redirect::to(&format!("/log?{query}")).into_response())
}

#[derive(Template)]
#[template(path = "new_app.html")]
struct NewAppPage {
    frame: Frame,
    csrf: String,
    key: String,
    name: String,
    why: String,
    wrong: Option<Vec<Piece>>,
}

pub(super) async fn new(visitor: Visitor) -> Result<Response, Problem> {
    let nothing = String::new;
    new_page(&visitor, nothing(), nothing(), nothing(), None)
}

fn new_page(
    visitor: &Visitor,
    key: String,
    name: String,
    why: String,
    wrong: Option<Vec<Piece>>,
) -> Result<Response, Problem> {
    let frame = Frame::new("New app", Some(visitor));
    page(&NewAppPage { frame, csrf: visitor.csrf.clone(), key, name, why, wrong })
}

/// Makes an app, and goes to its page.
pub(super) async fn create(
    State(api): State<Api>,
    visitor: Visitor,
    form: Form,
) -> Result<Response, Problem> {
    let text = |name| form.text(name).to_string();
    let (key, name, why) = (text("key").trim().to_string(), text("name"), text("why"));
    let new = NewApp {
        key: key.clone(),
        name: name.clone(),
        upload_limit: None,
        delivery_limit: None,
        dangerously_supported_schemes: Vec::new(),
        why: why.clone(),
    };
    match make(&api, &visitor.caller, new).await {
        Ok(app) => Ok(Redirect::to(&format!("/apps/{}", escaped(&app.key))).into_response()),
        Err(problem)
            if matches!(problem.kind(), Kind::InvalidValue | Kind::AppExists | Kind::InConfiguration) =>
        {
            let body = new_page(&visitor, key, name, why, Some(said(&problem)))?;
            Ok((problem.told().status, body).into_response())
        }
        Err(problem) => Err(problem),
    }
}
