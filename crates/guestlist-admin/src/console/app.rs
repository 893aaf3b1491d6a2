//! The page of an app, with the editors of its two lists, and what their buttons do.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use guestlist::ListType;
use guestlist_store::{Access, App, Store};
use serde::Deserialize;

use super::activity::ActivityView;
use super::conflict::{Conflict, on_top};
use super::draft::{Draft, Focus};
use super::editor::{Editor, Message};
use super::form::Form;
use super::frame::{Frame, is_fragment, page};
use super::merge::Said;
use super::session::Visitor;
use super::words;
use crate::activity::Activity;
use crate::api::{Api, known_app};
use crate::apps::escaped;
use crate::guard::take_change;
use crate::lists::{refused, save_list};
use crate::parts::{Key, Query, Which};
use crate::problem::{Kind, Problem};
use crate::words::is_configured;

#[derive(Template)]
#[template(path = "app.html")]
struct AppPage {
    frame: Frame,
    head: Head,
    /// Whether it is of the configuration file.
    is_read_only: bool,
    /// Whether they may change its settings.
    may_set: bool,
    /// Whether they may see its secrets, and sign.
    may_sign: bool,
    /// Its key, in a query.
    log_of: String,
    editors: Vec<Editor>,
}

/// What is said of an app above everything.
pub(crate) struct Head {
    pub(crate) key: String,
    pub(crate) name: String,
    /// The path of its page.
    pub(crate) path: String,
}

impl Head {
    pub(crate) fn of(app: &App) -> Head {
        Head { name: words::shown(&app.settings.name), ..Head::removed(&app.key) }
    }

    /// Of an app that was removed.
    pub(crate) fn removed(key: &str) -> Head {
        let path = format!("/apps/{}", escaped(key));
        Head { key: words::shown(key), name: String::new(), path }
    }

    /// What people call it: its name, if it has one.
    pub(crate) fn title(&self) -> &str {
        if self.name.is_empty() { &self.key } else { &self.name }
    }
}

/// The editor of one list, for our script; after a save with what is below it.
#[derive(Template)]
#[template(path = "column.html")]
struct Fragment {
    list: Editor,
}

/// What was saved before this page was asked for.
#[derive(Deserialize)]
pub(super) struct Saved {
    /// A list and the number of its version.
    #[serde(default)]
    saved: String,
}

pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    Key(key): Key,
    Query(Saved { saved }): Query<Saved>,
) -> Result<Response, Problem> {
    let asked = api.clone();
    api.think(visitor.caller.number, move |store| {
        let app = known_app(store, &key)?;
        let editors = ListType::ALL.map(|list_type| {
            let current = app.list(list_type);
            let mut editor = Editor::of(&app, list_type, &Draft::from(current), None, &visitor);
            if saved == format!("{}-{}", list_type.as_str(), current.number) {
                editor.message = Some(Message { text: saved_as(current.number), class: "done" });
            }
            editor
        });
        whole_page(&app, &visitor, editors.into(), asked.activity())
    })
    .await
}

fn whole_page(
    app: &App,
    visitor: &Visitor,
    mut editors: Vec<Editor>,
    activity: &dyn Activity,
) -> Result<Response, Problem> {
    for (editor, list_type) in editors.iter_mut().zip(ListType::ALL) {
        editor.activity = Some(ActivityView::of(app, list_type, activity));
    }
    let head = Head::of(app);
    page(&AppPage {
        frame: Frame::new(head.title(), Some(visitor)),
        head,
        is_read_only: is_configured(app.version),
        may_set: visitor.is_admin() && !is_configured(app.version),
        may_sign: visitor.caller.can(Access::Write, &app.key),
        log_of: escaped(&app.key),
        editors,
    })
}

fn saved_as(number: u64) -> String {
    format!("Saved as version {number}. It is in force.")
}

/// What a button of a list's form does.
pub(super) async fn act(
    State(api): State<Api>,
    visitor: Visitor,
    Key(key): Key,
    Which(list_type): Which,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Problem> {
    let mut draft = Draft::of(&form)?;
    let is_fragment = is_fragment(&headers);
    let (mut focus, mut then) = (None, Then::Show);
    match form.action() {
        ("theirs", _) => then = Then::TakeTheirs,
        ("merge", _) => then = Then::Merge,
        ("save", _) => match save(&api, &visitor, &key, list_type, &draft).await {
            Ok(None) => then = Then::Same,
            Ok(Some(number)) if is_fragment => then = Then::Saved(number),
            Ok(Some(number)) => {
                let list = list_type.as_str();
                let path = format!("/apps/{}?saved={list}-{number}#{list}", escaped(&key));
                return Ok(Redirect::to(&path).into_response());
            }
            Err(problem) if problem.kind() == Kind::InvalidList => then = Then::NotSaved,
            Err(problem) if problem.kind() == Kind::Conflict => then = Then::Conflict,
            // The script has the draft, and says what is told; without it, it would be lost.
            Err(problem) if !is_fragment && keeps_draft(problem.kind()) => then = Then::Failed(problem),
            Err(problem) => return Err(problem),
        },
        action => focus = draft.act(action),
    }
    let asked = api.clone();
    api.think(visitor.caller.number, move |store| {
        let app = known_app(store, &key)?;
        let is_saved = matches!(then, Then::Saved(_));
        let (mut editor, status) = then.editor(store, &app, list_type, draft, focus, &visitor)?;
        let response = if is_fragment {
            if is_saved {
                editor.activity = Some(ActivityView::of(&app, list_type, asked.activity()));
            }
            page(&Fragment { list: editor })?
        } else {
            let mut this = Some(editor);
            let editors = ListType::ALL.map(|other| {
                this.take_if(|_| other == list_type)
                    .unwrap_or_else(|| Editor::of(&app, other, &Draft::from(app.list(other)), None, &visitor))
            });
            whole_page(&app, &visitor, editors.into(), asked.activity())?
        };
        Ok((status, response).into_response())
    })
    .await
}

/// Whether a save that is refused for this may be tried again as it is, or with little changed.
fn keeps_draft(kind: Kind) -> bool {
    use Kind::{Internal, InvalidValue, StoreFull, TooManyRequests};
    matches!(kind, InvalidValue | TooManyRequests | StoreFull | Internal)
}

/// Saves a draft; the number of its version. One that says what is in force already makes no version, and is none.
async fn save(
    api: &Api,
    visitor: &Visitor,
    key: &str,
    list_type: ListType,
    draft: &Draft,
) -> Result<Option<u64>, Problem> {
    let (new, _) = draft.list();
    let (of, seen, said) = (key.to_string(), draft.seen, Said::from(draft));
    let asked = api.ask(move |store| {
        let app = known_app(store, &of)?;
        let current = app.list(list_type);
        let is_same = current.number == seen && Said::from(&current.content) == said;
        let list = new.builder(list_type, app.settings.limit_of(list_type)).build();
        list.map_err(|error| refused(&error, new.patterns()))?;
        Ok((is_same, new))
    });
    let (is_same, new) = asked.await?;
    if is_same {
        return Ok(None);
    }
    // Not before: what cannot be saved changes nothing, and may be tried as often as somebody likes.
    take_change(api, &visitor.caller)?;
    let saved = save_list(api, &visitor.caller, key.to_string(), list_type, seen, new).await?;
    Ok(Some(saved.number))
}

/// What is shown after a button was pressed.
enum Then {
    /// The draft.
    Show,
    /// What is in force, in place of the draft.
    TakeTheirs,
    /// The draft on top of what is in force.
    Merge,
    /// What was saved.
    Saved(u64),
    /// What is in force, which is what was to be saved.
    Same,
    /// The draft, which is not saved: of patterns that cannot be read.
    NotSaved,
    /// The draft, which is not saved: somebody else did in between.
    Conflict,
    /// The draft, which is not saved, or not known to be: for another reason.
    Failed(Problem),
}

impl Then {
    fn editor(
        self,
        store: &dyn Store,
        app: &App,
        list_type: ListType,
        draft: Draft,
        focus: Option<Focus>,
        visitor: &Visitor,
    ) -> Result<(Editor, StatusCode), Problem> {
        let current = app.list(list_type);
        let edit = |draft: &Draft| Editor::of(app, list_type, draft, focus, visitor);
        let (mut editor, status, text, class) = match self {
            Then::Show => return Ok((edit(&draft), StatusCode::OK)),
            Then::Saved(number) => {
                let saved = Draft { trial: draft.trial, ..Draft::from(current) };
                (edit(&saved), StatusCode::OK, saved_as(number), "done")
            }
            Then::Same => (
                edit(&draft),
                StatusCode::OK,
                "Nothing was changed, so nothing was saved.".to_string(),
                "note",
            ),
            Then::TakeTheirs => {
                let theirs = Draft { why: draft.why, trial: draft.trial, ..Draft::from(current) };
                (
                    edit(&theirs),
                    StatusCode::OK,
                    format!("This is version {} as it is in force.", current.number),
                    "note",
                )
            }
            Then::Merge => {
                let merged = on_top(store, app, list_type, &draft)?;
                let text = format!(
                    "Your changes are on top of version {} now. Look at them, and save.",
                    current.number
                );
                (edit(&merged), StatusCode::OK, text, "note")
            }
            Then::NotSaved => {
                let text = "Nothing was saved: see below what is wrong.".to_string();
                (edit(&draft), StatusCode::UNPROCESSABLE_ENTITY, text, "error")
            }
            Then::Conflict => {
                let text = "Nothing was saved: somebody else saved this list in between.".to_string();
                let mut editor = edit(&draft);
                editor.conflict = Some(Conflict::of(store, app, list_type, &draft)?);
                (editor, StatusCode::CONFLICT, text, "error")
            }
            Then::Failed(problem) => {
                let told = problem.told();
                let text = match problem.kind() {
                    Kind::Internal => "It is not known whether this was saved, since the server has a problem. Look at the history before you save again.".to_string(),
                    Kind::TooManyRequests => "Nothing was saved: your token has changed as much as it may in this time. Wait a little, and save again.".to_string(),
                    _ => format!("Nothing was saved: {}; {}.", told.detail, told.help),
                };
                (edit(&draft), problem.kind().status(), text, "error")
            }
        };
        editor.message = Some(Message { text, class });
        Ok((editor, status))
    }
}
