//! What an edit of an app changes: of its lists, with the settings that widen or narrow who is let in, and of its schemes.

use core::fmt;
use std::collections::BTreeSet;

use guestlist::{Gate, List, ListType, Mode};

use super::Diff;
use crate::prover::Prover;
use crate::rules::Rules;

/// What a change of a setting does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Effect {
    /// Requests are let through that were not.
    Widens,
    /// Requests are no longer let through that were.
    Narrows,
    /// The same requests are let through.
    Neither,
}

/// A setting that was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Setting {
    /// Its name in a configuration; `app` for the app as a whole.
    pub name: &'static str,
    /// What it was.
    pub old: String,
    /// What it is now.
    pub new: String,
    /// What that does. A setting that waits for its list to be enforced has the effect that it will have then.
    pub effect: Effect,
}

impl Setting {
    fn new(name: &'static str, old: impl fmt::Display, new: impl fmt::Display, effect: Effect) -> Setting {
        Setting { name, old: old.to_string(), new: new.to_string(), effect }
    }
}

/// What an edit changes of a list, settings included.
///
/// The patterns are compared as if both lists were enforced: what is tried in `report` mode today is enforced tomorrow. Only a list that was off and had no patterns, and so let everyone in, has
/// nothing to compare with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ListDiff {
    /// Which list.
    pub list_type: ListType,
    /// Its mode before; `None` where there was no such app.
    pub old_mode: Option<Mode>,
    /// Its mode now; `None` where there is no such app any more.
    pub new_mode: Option<Mode>,
    /// How many rules it had.
    pub old_rules: usize,
    /// How many rules it has.
    pub new_rules: usize,
    /// Settings that were changed.
    pub settings: Vec<Setting>,
    /// What its patterns change.
    pub rules: Diff,
}

/// What an edit changes of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GateDiff {
    /// The schemes, and the app itself if it was added or removed.
    pub settings: Vec<Setting>,
    /// Its lists.
    pub lists: Vec<ListDiff>,
}

impl ListDiff {
    /// True if the list is enforced before and now, so that what its patterns change is in force at once. An app that is not there lets nobody in.
    pub fn is_in_force(&self) -> bool {
        [self.old_mode, self.new_mode].iter().all(|mode| mode.is_none_or(|mode| mode == Mode::Enforce))
    }

    /// True if somebody is newly let in, or may be, now or when the list is enforced.
    pub fn widens(&self) -> bool {
        self.rules.widens() || self.settings.iter().any(|setting| setting.effect == Effect::Widens)
    }

    /// True if somebody is no longer let in, or may not be, now or when the list is enforced.
    pub fn narrows(&self) -> bool {
        self.rules.narrows() || self.settings.iter().any(|setting| setting.effect == Effect::Narrows)
    }

    /// True if nothing was changed that matters.
    pub fn is_empty(&self) -> bool {
        self.settings.is_empty() && self.rules.is_empty()
    }
}

impl GateDiff {
    /// True if somebody is newly let in, or may be.
    pub fn widens(&self) -> bool {
        self.settings.iter().any(|setting| setting.effect == Effect::Widens)
            || self.lists.iter().any(ListDiff::widens)
    }

    /// True if somebody is no longer let in, or may not be.
    pub fn narrows(&self) -> bool {
        self.settings.iter().any(|setting| setting.effect == Effect::Narrows)
            || self.lists.iter().any(ListDiff::narrows)
    }

    /// True if nothing was changed that matters.
    pub fn is_empty(&self) -> bool {
        self.settings.is_empty() && self.lists.iter().all(ListDiff::is_empty)
    }
}

impl Prover {
    /// What changes of an app and these lists of it. `None` is an app that does not exist: a key that nobody has lets nobody in.
    ///
    /// ```
    /// use guestlist::{Gate, List, ListType};
    /// use guestlist_proof::Prover;
    ///
    /// let gate = |patterns: &[&str]| -> Result<Gate, guestlist::ListError> {
    ///     Ok(Gate::new().with_list(List::builder(ListType::Upload).patterns(patterns).build()?))
    /// };
    /// // Without patterns the list is off.
    /// let diff = Prover::new().diff_gates(Some(&gate(&["example.com"])?), Some(&gate(&[])?), &ListType::ALL);
    /// assert!(diff.widens());
    /// assert_eq!(diff.lists[0].settings[0].name, "mode");
    /// # Ok::<(), guestlist::ListError>(())
    /// ```
    pub fn diff_gates(&self, old: Option<&Gate>, new: Option<&Gate>, lists: &[ListType]) -> GateDiff {
        let mut settings = Vec::new();
        match (old, new) {
            (None, Some(_)) => settings.push(Setting::new("app", "absent", "present", Effect::Widens)),
            (Some(_), None) => settings.push(Setting::new("app", "present", "absent", Effect::Narrows)),
            _ => {}
        }
        settings.extend(schemes(old, new));
        let lists = lists
            .iter()
            .map(|list_type| {
                let old = old.map(|gate| gate.list(*list_type));
                let new = new.map(|gate| gate.list(*list_type));
                self.diff_lists(*list_type, old, new)
            })
            .collect();
        GateDiff { settings, lists }
    }

    fn diff_lists(&self, list_type: ListType, old: Option<&List>, new: Option<&List>) -> ListDiff {
        let rules = |list: Option<&List>| list.map(Rules::from).unwrap_or_default();
        let (old_rules, new_rules) = (rules(old), rules(new));
        let is_off = |list: Option<&List>| {
            list.is_some_and(|list| list.mode() == Mode::Off && list.rules().is_empty())
        };
        // Where everyone was or is let in without a pattern, no pattern makes a difference.
        let diff =
            if is_off(old) || is_off(new) { Diff::default() } else { self.diff(&old_rules, &new_rules) };
        ListDiff {
            list_type,
            old_mode: old.map(List::mode),
            new_mode: new.map(List::mode),
            old_rules: old_rules.patterns().len(),
            new_rules: new_rules.patterns().len(),
            settings: settings(old, new),
            rules: diff,
        }
    }
}

fn schemes(old: Option<&Gate>, new: Option<&Gate>) -> Option<Setting> {
    let of = |gate: Option<&Gate>| -> BTreeSet<String> {
        gate.into_iter().flat_map(Gate::supported_schemes).map(str::to_ascii_lowercase).collect()
    };
    let (old, new) = (of(old), of(new));
    if old == new {
        return None;
    }
    let effect = if new.is_subset(&old) { Effect::Narrows } else { Effect::Widens };
    let show = |schemes: BTreeSet<String>| match schemes.is_empty() {
        true => "none".to_string(),
        false => schemes.into_iter().collect::<Vec<_>>().join(", "),
    };
    Some(Setting::new("dangerously_supported_schemes", show(old), show(new), effect))
}

fn settings(old: Option<&List>, new: Option<&List>) -> Vec<Setting> {
    let mut settings = Vec::new();
    match (old, new) {
        (Some(old), Some(new)) => {
            if old.mode() != new.mode() {
                let effect = match (old.mode() == Mode::Enforce, new.mode() == Mode::Enforce) {
                    (true, false) => Effect::Widens,
                    (false, true) => Effect::Narrows,
                    _ => Effect::Neither,
                };
                settings.push(Setting::new("mode", old.mode().as_str(), new.mode().as_str(), effect));
            }
            if old.block_missing() != new.block_missing() {
                let effect = if new.block_missing() { Effect::Narrows } else { Effect::Widens };
                settings.push(Setting::new(
                    "block_missing",
                    old.block_missing(),
                    new.block_missing(),
                    effect,
                ));
            }
        }
        // Of an app that was added, what lets in more than its patterns say.
        (None, Some(new)) => {
            if new.mode() != Mode::Enforce {
                settings.push(Setting::new("mode", "absent", new.mode().as_str(), Effect::Widens));
            } else if !new.block_missing() {
                settings.push(Setting::new("block_missing", "absent", false, Effect::Widens));
            }
        }
        _ => {}
    }
    settings
}
