//! A version of a list, and bringing it back.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use guestlist::ListType;
use guestlist_store::{Access, App, Revision, Store};

use super::app::Head;
use super::draft::Draft;
use super::effects::Effects;
use super::form::Form;
use super::frame::{Frame, page};
use super::history::{Place, Version, head};
use super::session::Visitor;
use crate::api::Api;
use crate::lists::NewList;
use crate::parts::{Key, Number, Which};
use crate::preview::Preview;
use crate::problem::{Kind, Problem};
use crate::versions::restore_list;

#[derive(Template)]
#[template(path = "version.html")]
struct VersionPage {
    frame: Frame,
    head: Head,
    list: Place,
    version: Version,
    /// The version that it is held against.
    before: Option<u64>,
    block_missing: bool,
    rules: Vec<String>,
    is_in_force: bool,
    restore: Option<Restore>,
}

/// What bringing a version back would do.
struct Restore {
    action: String,
    csrf: String,
    /// The version that is in force.
    seen: u64,
    why: String,
    effects: Effects,
    /// Why it cannot be done, or was not.
    wrong: Option<String>,
}

/// What somebody wants to bring back, and could not.
#[derive(Default)]
struct Tried {
    why: String,
    wrong: Option<String>,
}

pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    Key(key): Key,
    Which(list_type): Which,
    Number(number): Number,
) -> Result<Response, Problem> {
    let tried = Tried::default();
    api.think(visitor.caller.number, move |store| {
        version_page(store, &visitor, &key, list_type, number, tried)
    })
    .await
}

fn version_page(
    store: &dyn Store,
    visitor: &Visitor,
    key: &str,
    list_type: ListType,
    number: u64,
    tried: Tried,
) -> Result<Response, Problem> {
    let head = head(store, key, list_type)?;
    let Some(revision) = store.revision(key, list_type, number)? else {
        return Err(Problem::new(Kind::UnknownVersion, "the list has no version of this number"));
    };
    let older = store.revision(key, list_type, number.saturating_sub(1))?;
    let app = store.app(key)?;
    let is_in_force = app.as_ref().is_some_and(|app| app.list(list_type).number == number);
    let may_restore = !is_in_force && visitor.caller.can(Access::Write, key);
    let restore =
        app.filter(|_| may_restore).map(|app| Restore::of(&app, list_type, &revision, visitor, tried));
    let list = Place::of(key, list_type);
    page(&VersionPage {
        frame: Frame::new(format!("{}, version {number}", list.title), Some(visitor)),
        head,
        list,
        version: Version::of(&revision, older.as_ref().map(|older| &older.content), usize::MAX),
        before: older.map(|older| older.number),
        block_missing: revision.content.block_missing(),
        rules: revision.content.patterns().to_vec(),
        is_in_force,
        restore,
    })
}

impl Restore {
    fn of(app: &App, list_type: ListType, revision: &Revision, visitor: &Visitor, tried: Tried) -> Restore {
        let preview = Preview::of(app, list_type, &NewList::of(&revision.content));
        let cannot = (!preview.can_be_saved).then(|| {
            format!("It has more patterns than the {} that the list may have now, or one that is not read any more.", preview.limit)
        });
        let is_changed = app.list(list_type).content != revision.content;
        let place = Place::of(&app.key, list_type);
        Restore {
            action: format!("{}/{}", place.path, revision.number),
            csrf: visitor.csrf.clone(),
            seen: preview.against,
            why: tried.why,
            effects: Effects::of(app, list_type, &preview, &Draft::from(revision), is_changed),
            wrong: tried.wrong.or(cannot),
        }
    }
}

/// Brings a version back, if the list is as it was seen; else what that would change now is shown.
pub(super) async fn restore(
    State(api): State<Api>,
    visitor: Visitor,
    Key(key): Key,
    Which(list_type): Which,
    Number(number): Number,
    form: Form,
) -> Result<Response, Problem> {
    let (seen, why) = (form.number("seen"), form.text("why").to_string());
    let restored =
        restore_list(&api, &visitor.caller, key.clone(), list_type, seen, number, why.clone()).await;
    let (status, wrong) = match restored {
        Ok(saved) => {
            let path = format!("{}?restored={}", Place::of(&key, list_type).path, saved.number);
            return Ok(Redirect::to(&path).into_response());
        }
        Err(problem) if problem.kind() == Kind::Conflict => (
            StatusCode::CONFLICT,
            "Somebody saved this list in between, and nothing was changed. Below is what bringing this version back would change of what they saved.",
        ),
        Err(problem) => return Err(problem),
    };
    let tried = Tried { why, wrong: Some(wrong.to_string()) };
    let shown = api
        .think(visitor.caller.number, move |store| {
            version_page(store, &visitor, &key, list_type, number, tried)
        })
        .await?;
    Ok((status, shown).into_response())
}
