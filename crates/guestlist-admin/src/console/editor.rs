//! [`Editor`]: the form of a list, with everything that is to be said of what stands in it.

use guestlist::ListType;
use guestlist_store::{Access, App};

use super::activity::ActivityView;
use super::conflict::Conflict;
use super::draft::{Draft, Focus};
use super::effects::Effects;
use super::rows::{Note, Row, rows};
use super::session::Visitor;
use super::tester::Tester;
use super::words;
use crate::apps::escaped;
use crate::preview::Preview;
use crate::words::{Mode, is_configured};

/// A form, and what is said of it.
pub(crate) struct Editor {
    /// `upload` or `delivery`: what the names of its parts begin with.
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) purpose: &'static str,
    pub(crate) missing: &'static str,
    /// Where the form goes.
    pub(crate) action: String,
    pub(crate) csrf: String,
    pub(crate) seen: u64,
    pub(crate) modes: [ModeChoice; 3],
    pub(crate) block_missing: bool,
    pub(crate) why: String,
    pub(crate) rows: Vec<Row>,
    /// How many patterns of how many.
    pub(crate) count: String,
    /// What is said of the list as a whole.
    pub(crate) whole: Vec<Note>,
    /// Why it cannot be saved by this visitor.
    pub(crate) why_not_saved: Option<&'static str>,
    /// Whether it is not what is in force.
    pub(crate) is_changed: bool,
    /// What was done.
    pub(crate) message: Option<Message>,
    pub(crate) effects: Effects,
    /// Whether somebody saved since the draft was begun.
    pub(crate) is_old: Option<String>,
    pub(crate) conflict: Option<Conflict>,
    pub(crate) tester: Tester,
    /// The path of its history.
    pub(crate) history: String,
    /// What became of requests lately; on a whole page alone.
    pub(crate) activity: Option<ActivityView>,
    /// The rows as one text, a line each, where there are very many.
    pub(crate) lines: Option<Lines>,
}

/// What was done, or not.
pub(crate) struct Message {
    pub(crate) text: String,
    /// The name of its style.
    pub(crate) class: &'static str,
}

/// Rows as one text.
pub(crate) struct Lines {
    pub(crate) text: String,
    pub(crate) is_wrong: bool,
    pub(crate) has_focus: bool,
}

pub(crate) struct ModeChoice {
    pub(crate) value: &'static str,
    pub(crate) title: &'static str,
    pub(crate) meaning: &'static str,
    pub(crate) is_chosen: bool,
}

/// With more rows than this they are one text.
pub(super) const MOST_ROWS: usize = 100;

impl Editor {
    /// The form with what stands in it. Thinks for as long as a preview.
    pub(super) fn of(
        app: &App,
        list_type: ListType,
        draft: &Draft,
        focus: Option<Focus>,
        visitor: &Visitor,
    ) -> Editor {
        let (new, places) = draft.list();
        let preview = Preview::of(app, list_type, &new);
        let current = &app.list(list_type).content;
        let is_changed = !preview.can_be_saved
            || current.mode() != draft.mode.into()
            || current.block_missing() != draft.block_missing
            || !preview.rules.iter().map(|rule| &rule.pattern).eq(current.patterns());
        let count = words::counted(preview.rules.len(), "pattern");
        let choice = |mode: Mode, value, title, meaning| ModeChoice {
            value,
            title,
            meaning,
            is_chosen: mode == draft.mode,
        };
        Editor {
            id: list_type.as_str(),
            title: words::title(list_type),
            purpose: words::purpose(list_type),
            missing: words::missing(list_type),
            action: format!("/apps/{}/{}", escaped(&app.key), list_type.as_str()),
            csrf: visitor.csrf.clone(),
            seen: draft.seen,
            modes: [
                choice(Mode::Off, "off", "Off", "Everyone is let in."),
                choice(
                    Mode::Report,
                    "report",
                    "Report",
                    "Everyone is let in; who would be blocked is listed.",
                ),
                choice(Mode::Enforce, "enforce", "Enforce", "Only whom a pattern admits is let in."),
            ],
            block_missing: draft.block_missing,
            why: draft.why.clone(),
            count: format!("{count} of {}", preview.limit),
            whole: preview
                .lint
                .findings
                .iter()
                .filter(|finding| finding.position.is_none())
                .map(Note::of_list)
                .collect(),
            why_not_saved: match visitor.caller.can(Access::Write, &app.key) {
                _ if is_configured(app.version) => Some("The configuration file says what is in force."),
                true => None,
                false => Some("Your token may look and try, not save."),
            },
            is_changed,
            message: None,
            effects: Effects::of(app, list_type, &preview, draft, is_changed),
            is_old: (draft.seen < app.list(list_type).number).then(|| old(app, list_type)),
            conflict: None,
            tester: Tester::of(app, list_type, &new, &draft.trial),
            history: format!("/apps/{}/{}/history", escaped(&app.key), list_type.as_str()),
            activity: None,
            lines: None,
            rows: rows(list_type, draft, focus, &preview, &places),
        }
        .in_lines(focus)
    }

    /// Very many rows as one text, and of them only those that there is something to say of.
    fn in_lines(mut self, focus: Option<Focus>) -> Editor {
        if self.rows.len() <= MOST_ROWS {
            return self;
        }
        let (field, mut start, mut text) = (format!("{}-lines", self.id), 0, String::new());
        for row in &mut self.rows {
            if let Some(error) = &mut row.error {
                error.start += start;
                error.end += start;
                error.field.clone_from(&field);
            }
            start += row.text.encode_utf16().count() + 1;
            text += &row.text;
            text.push('\n');
        }
        let is_wrong = self.rows.iter().any(|row| row.error.is_some());
        self.rows.retain(|row| row.error.is_some() || !row.notes.is_empty() || row.same_as.is_some());
        self.rows.truncate(MOST_ROWS);
        self.lines = Some(Lines { text, is_wrong, has_focus: focus.is_some() });
        self
    }
}

fn old(app: &App, list_type: ListType) -> String {
    let current = app.list(list_type);
    let by = words::shown(&current.by);
    format!(
        "Version {} was saved by {by} since you began. Saving will first show you what they changed.",
        current.number
    )
}
