//! What would become of a save: a dry run, with everything that is wrong, what is probably not meant, and who would get in or no longer.

use axum::Json;
use axum::extract::State;
use guestlist::{Gate, List};
use guestlist_store::App;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::{Api, known_app};
use crate::body::Body;
use crate::caller::Caller;
use crate::changes::Changes;
use crate::findings::Findings;
use crate::lists::{NewList, PatternError, pattern_errors};
use crate::parts::{Key, Which};
use crate::problem::Problem;
use crate::words::ListType;

/// What would become of a save. Nothing is saved.
#[derive(Serialize, ToSchema)]
pub(crate) struct Preview {
    /// Whether the list could be saved.
    pub(crate) can_be_saved: bool,
    /// The number of the version that it is held against: the one in force.
    pub(crate) against: u64,
    /// How many distinct patterns the list may have.
    pub(crate) limit: usize,
    /// Each pattern that is at fault, the first thousand of them.
    pub(crate) errors: Vec<PatternError>,
    /// The rules that the list would have: the patterns that can be read, in canonical form, each once.
    pub(crate) rules: Vec<Rule>,
    /// Patterns that are there twice, and are kept once.
    pub(crate) duplicates: Vec<Duplicate>,
    /// What is probably not meant, among the patterns that can be read.
    pub(crate) lint: Findings,
    /// Who would newly get in, and who no longer; `null` if the list cannot be saved.
    pub(crate) changes: Option<Changes>,
}

/// A rule that the list would have.
#[derive(Serialize, ToSchema)]
pub(crate) struct Rule {
    /// Its number, from 1.
    pub(crate) number: usize,
    /// The place of its pattern among those that were given, from 0.
    pub(crate) position: usize,
    /// The pattern in canonical form.
    pub(crate) pattern: String,
}

/// A pattern that is there twice.
#[derive(Serialize, ToSchema)]
pub(crate) struct Duplicate {
    /// Its place among those that were given, from 0.
    pub(crate) position: usize,
    /// The number of the rule that says the same.
    pub(crate) rule: usize,
}

impl Preview {
    /// What would become of saving this in place of what the app has.
    pub(crate) fn of(app: &App, list_type: guestlist::ListType, new: &NewList) -> Preview {
        let limit = app.settings.limit_of(list_type);
        let builder = new.builder(list_type, limit);
        let (list, errors, can_be_saved) = match builder.clone().build() {
            Ok(list) => (list, Vec::new(), true),
            Err(error) => (builder.restore(), pattern_errors(&error, new.patterns()), false),
        };
        let current = app.list(list_type);
        let rules = list.rules().iter().enumerate().map(|(index, rule)| Rule {
            number: index + 1,
            position: rule.position(),
            pattern: rule.pattern().canonical().to_string(),
        });
        let duplicates = list
            .duplicates()
            .iter()
            .map(|duplicate| Duplicate { position: duplicate.position, rule: duplicate.of.index() + 1 });
        Preview {
            can_be_saved,
            against: current.number,
            limit,
            errors,
            rules: rules.collect(),
            duplicates: duplicates.collect(),
            lint: Findings::of(&list),
            changes: can_be_saved.then(|| {
                let gate = |list: List| Gate::new().with_list(list);
                Changes::between(&gate(current.content.to_list(list_type)), &gate(list), list_type)
            }),
        }
    }
}

/// Says what would become of a save, and saves nothing.
///
/// Takes what a save takes, and answers with everything that is wrong with it at once. What takes too much work is said to be undecided.
#[utoipa::path(
    post, path = "/api/v1/apps/{key}/lists/{list}/preview", operation_id = "preview_list", tag = "lists",
    params(("key" = String, Path, description = "The key of the app"), ("list" = ListType, Path, description = "Which list")),
    request_body = NewList,
    responses((status = 200, description = "What would become of it, whether or not it could be saved", body = Preview)),
)]
pub(crate) async fn preview(
    State(api): State<Api>,
    caller: Caller,
    Key(key): Key,
    Which(list_type): Which,
    Body(new): Body<NewList>,
) -> Result<Json<Preview>, Problem> {
    api.think(caller.number, move |store| {
        let app = known_app(store, &key)?;
        Ok(Json(Preview::of(&app, list_type, &new)))
    })
    .await
}
