//! [`Effects`]: what saving a draft would change, in words.

use guestlist::{ListType, Mode};
use guestlist_store::App;

use super::draft::Draft;
use super::words::{self, Piece};
use crate::changes::{Change, ChangedSetting, Changes, Edit, Effect};
use crate::preview::Preview;

/// What saving would change.
pub(crate) struct Effects {
    /// At a glance.
    pub(crate) sentence: Vec<Piece>,
    /// Why what is below is not in force at once.
    pub(crate) when: Option<&'static str>,
    pub(crate) groups: Vec<Group>,
}

/// Changes of a kind.
pub(crate) struct Group {
    pub(crate) title: &'static str,
    pub(crate) lines: Vec<Line>,
    /// How many are not shown.
    pub(crate) more: usize,
}

/// One of them, or a line of a difference.
pub(crate) struct Line {
    /// `+`, `-`, `=` or `?`, and the name of its style.
    pub(crate) sign: &'static str,
    pub(crate) class: &'static str,
    pub(crate) text: String,
    pub(crate) hint: String,
}

/// So many of a kind are shown.
const MOST: usize = 12;
/// So many patterns are named that cover another.
const MOST_COVERS: usize = 3;

impl Line {
    pub(super) fn new(sign: &'static str, text: impl Into<String>, hint: impl Into<String>) -> Line {
        let class = match sign {
            "+" => "plus",
            "-" => "minus",
            _ => "same",
        };
        Line { sign, class, text: text.into(), hint: hint.into() }
    }
}

impl Group {
    fn new(title: &'static str, lines: impl Iterator<Item = Line>) -> Group {
        let mut lines: Vec<Line> = lines.collect();
        let more = lines.len().saturating_sub(MOST);
        lines.truncate(MOST);
        Group { title, lines, more }
    }
}

impl Effects {
    /// What saving this draft would change of what is in force.
    pub(super) fn of(
        app: &App,
        list_type: ListType,
        preview: &Preview,
        draft: &Draft,
        is_changed: bool,
    ) -> Effects {
        let say = |text: &str| Effects { sentence: words::sentence(text), when: None, groups: Vec::new() };
        let Some(changes) = preview.changes.as_ref().filter(|_| preview.can_be_saved) else {
            let too_many = preview.errors.iter().find(|error| error.excerpt.is_none());
            return say(&match (too_many, preview.errors.len()) {
                (Some(error), _) => format!("It cannot be saved yet: {}.", error.message),
                (None, 0) => "It cannot be saved: its patterns have too much text.".to_string(),
                (None, 1) => "It cannot be saved yet: one pattern is wrong.".to_string(),
                (None, count) => format!("It cannot be saved yet: {count} patterns are wrong."),
            });
        };
        if !is_changed {
            return say("Nothing: this is what is in force.");
        }
        let old = app.list(list_type).content.patterns();
        let settings = changes.settings.iter().map(|setting| setting_line(setting, draft.mode.into()));
        let gains = changes.newly_admitted.iter().map(|change| change_line("+", change));
        let losses = changes.no_longer_admitted.iter().map(|change| change_line("-", change));
        let unnoticed = changes.unnoticed.iter().map(|rule| {
            let why = match rule.covered_by.as_slice() {
                [] => "nobody gets in by it".to_string(),
                others => format!("covered by {}", covers(preview, old, &rule.edit, others)),
            };
            Line::new("=", words::shown(&rule.pattern), format!("{}: {why}", edited(&rule.edit)))
        });
        let undecided = changes.undecided.iter().map(|rule| {
            Line::new("?", words::shown(&rule.pattern), format!("{}: {}", edited(&rule.edit), rule.why))
        });
        let groups = [
            Group::new("Settings", settings),
            Group::new("Newly admits", gains),
            Group::new("No longer admits", losses),
            Group::new("Nobody notices", unnoticed),
            Group::new("Not decided within bounds", undecided),
        ];
        Effects {
            sentence: words::sentence(&sentence(changes)),
            when: (!changes.in_force && changes.has_patterns())
                .then_some("The list is not enforced before and after this save; its patterns are compared as if it were."),
            groups: groups.into_iter().filter(|group| !group.lines.is_empty()).collect(),
        }
    }
}

impl Changes {
    /// Whether its patterns change something, or may.
    fn has_patterns(&self) -> bool {
        !(self.newly_admitted.is_empty() && self.no_longer_admitted.is_empty() && self.undecided.is_empty())
    }
}

/// The answer at a glance.
fn sentence(changes: &Changes) -> String {
    let settings =
        |wanted: fn(&Effect) -> bool| changes.settings.iter().any(|setting| wanted(&setting.effect));
    let side = |verb: &str, entries: &[Change], by_settings: bool, words: &str| {
        let mut said = Vec::new();
        if let Some(change) = entries.first() {
            let others = if entries.len() > 1 { " and others" } else { "" };
            said.push(format!("{verb} `{}`{others}", shown_by(change)));
        }
        if by_settings {
            said.push(words.to_string());
        }
        said.join(" and ")
    };
    let widens = settings(|effect| matches!(effect, Effect::Widens));
    let narrows = settings(|effect| matches!(effect, Effect::Narrows));
    let gains = side("newly admits", &changes.newly_admitted, widens, "lets more in by its settings");
    let losses =
        side("no longer admits", &changes.no_longer_admitted, narrows, "lets fewer in by its settings");
    let is_open = !changes.decided;
    match (gains.is_empty(), losses.is_empty()) {
        (false, false) => format!("This save {gains}, and {losses}."),
        (false, true) if is_open => format!("This save {gains}. Of some patterns it was not decided."),
        (true, false) if is_open => format!("This save {losses}. Of some patterns it was not decided."),
        (false, true) => format!("This save {gains}. Everybody who got in still does."),
        (true, false) => format!("This save {losses}. Nobody else gets in."),
        (true, true) if is_open => {
            "It was not decided within bounds whether somebody else gets in.".to_string()
        }
        (true, true) => "Nobody else gets in, and everybody who got in still does.".to_string(),
    }
}

/// Who shows it: an origin, where there is one.
fn shown_by(change: &Change) -> String {
    words::shown(change.origin.as_ref().unwrap_or(&change.example))
}

fn change_line(sign: &'static str, change: &Change) -> Line {
    let only = if change.without_port { ", only without a port" } else { "" };
    Line::new(sign, shown_by(change), format!("by {}{only}", words::shown(&change.pattern)))
}

fn setting_line(setting: &ChangedSetting, mode: Mode) -> Line {
    let sign = match setting.effect {
        Effect::Widens => "+",
        Effect::Narrows => "-",
        Effect::Neither => "=",
    };
    let (name, meaning) = match (setting.name, &setting.effect) {
        ("mode", Effect::Widens) => ("Mode", "everyone is let in"),
        ("mode", Effect::Narrows) => ("Mode", "everyone was let in; now only whom the patterns admit"),
        ("mode", Effect::Neither) => ("Mode", "everyone is let in, as before"),
        (_, Effect::Widens) if mode == Mode::Enforce => {
            ("Block missing", "requests without the header are let in")
        }
        (_, _) if mode == Mode::Enforce => ("Block missing", "requests without the header are blocked"),
        (_, Effect::Widens) => ("Block missing", "once enforced, requests without the header are let in"),
        _ => ("Block missing", "once enforced, requests without the header are blocked"),
    };
    Line::new(sign, format!("{name}: {} → {}", word(&setting.old), word(&setting.new)), meaning)
}

/// A value of a setting as the form calls it.
fn word(value: &str) -> &str {
    match value {
        "off" => "Off",
        "report" => "Report",
        "enforce" => "Enforce",
        "true" => "Yes",
        "false" => "No",
        other => other,
    }
}

fn edited(edit: &Edit) -> &'static str {
    match edit {
        Edit::Added => "added",
        Edit::Removed => "removed",
    }
}

/// The patterns that admit everybody whom a rule admits: what is added was covered by what is in force, what is removed is covered by the draft.
fn covers(preview: &Preview, old: &[String], edit: &Edit, rules: &[usize]) -> String {
    let pattern = |rule: &usize| {
        let index = rule.saturating_sub(1);
        match edit {
            Edit::Added => old.get(index),
            Edit::Removed => preview.rules.get(index).map(|rule| &rule.pattern),
        }
    };
    let shown: Vec<String> =
        rules.iter().take(MOST_COVERS).filter_map(pattern).map(|pattern| words::shown(pattern)).collect();
    let rest = if rules.len() > MOST_COVERS { " and others" } else { "" };
    format!("{}{rest}", shown.join(" and "))
}
