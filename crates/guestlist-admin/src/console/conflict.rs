//! [`Conflict`]: somebody saved in between. Who did, what they changed, what the reader changed, and both together.

use guestlist::ListType;
use guestlist_store::{App, Content, Revision, Store};

use super::draft::Draft;
use super::effects::Line;
use super::merge::Said;
use super::time::Time;
use super::words;
use crate::problem::Problem;

/// What stands between a draft and its save.
pub(crate) struct Conflict {
    /// What was saved since, the newest first.
    pub(crate) saved: Vec<Save>,
    /// The number that is in force.
    pub(crate) number: u64,
    /// What they changed of what was seen.
    pub(crate) theirs: Vec<Line>,
    /// What the draft changes of it.
    pub(crate) yours: Vec<Line>,
    /// What both together change of what is in force.
    pub(crate) together: Vec<Line>,
    /// Whether both changed the mode, each to something else.
    pub(crate) is_torn: bool,
}

/// A version that somebody saved.
pub(crate) struct Save {
    pub(crate) number: u64,
    pub(crate) at: Time,
    pub(crate) by: String,
    pub(crate) why: String,
}

impl From<&Revision> for Save {
    fn from(revision: &Revision) -> Save {
        Save {
            number: revision.number,
            at: Time::of(revision.at.to_string()),
            by: words::shown(&revision.by),
            why: words::shown(&revision.why),
        }
    }
}

/// So many saves are told of.
const MOST: usize = 5;

impl Conflict {
    /// What was saved since the draft was begun.
    pub(super) fn of(
        store: &dyn Store,
        app: &App,
        list_type: ListType,
        draft: &Draft,
    ) -> Result<Conflict, Problem> {
        let current = app.list(list_type);
        let [base, theirs, yours] =
            [base(store, app, list_type, draft)?, Said::from(&current.content), draft.into()];
        let merged = base.merged(&theirs, &yours);
        let saved = store.history(&app.key, list_type, None, MOST)?;
        // A box has two states: who both changed it agree.
        let is_torn = base.mode != theirs.mode && base.mode != yours.mode && theirs.mode != yours.mode;
        Ok(Conflict {
            saved: saved.iter().filter(|revision| revision.number > draft.seen).map(Save::from).collect(),
            number: current.number,
            theirs: base.lines_to(&theirs),
            yours: base.lines_to(&yours),
            together: theirs.lines_to(&merged),
            is_torn,
        })
    }
}

/// What the draft was begun with. Of a version that there never was nothing is known: then it is as if it had been empty.
fn base(store: &dyn Store, app: &App, list_type: ListType, draft: &Draft) -> Result<Said, Problem> {
    let seen = store.revision(&app.key, list_type, draft.seen)?;
    Ok(seen.map_or_else(|| Said::from(&Content::off(list_type)), |seen| Said::from(&seen.content)))
}

/// The draft on top of what is in force, yet to be saved.
pub(super) fn on_top(
    store: &dyn Store,
    app: &App,
    list_type: ListType,
    draft: &Draft,
) -> Result<Draft, Problem> {
    let current = app.list(list_type);
    let merged = base(store, app, list_type, draft)?.merged(&Said::from(&current.content), &draft.into());
    Ok(Draft {
        rows: merged.patterns,
        mode: merged.mode.into(),
        block_missing: merged.block_missing,
        why: draft.why.clone(),
        trial: draft.trial.clone(),
        seen: current.number,
    })
}
