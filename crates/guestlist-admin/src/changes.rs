//! [`Changes`]: who would newly get in and who no longer, each shown by a host, within a bounded time.

use guestlist::{Gate, ListType};
use guestlist_proof::{self as proof, Budget, ListDiff, Ports, Prover, Side};
use serde::Serialize;
use utoipa::ToSchema;

/// What a save would change for those who ask.
#[derive(Serialize, ToSchema)]
pub(crate) struct Changes {
    /// Whether somebody is newly let in, or may be, now or when the list is enforced.
    pub(crate) widens: bool,
    /// Whether somebody is no longer let in, or may not be.
    pub(crate) narrows: bool,
    /// Whether the list is enforced before and after, so that what its patterns change is in force at once.
    pub(crate) in_force: bool,
    /// Whether everything was decided.
    pub(crate) decided: bool,
    /// Settings that are not the same.
    pub(crate) settings: Vec<ChangedSetting>,
    /// How many entries are left out below: of each kind the first thousand are told.
    pub(crate) omitted: usize,
    /// Each new rule that lets in somebody whom no rule did.
    pub(crate) newly_admitted: Vec<Change>,
    /// Each rule of now that lets in somebody whom no new rule does.
    pub(crate) no_longer_admitted: Vec<Change>,
    /// Rules that are added or removed without anybody noticing.
    pub(crate) unnoticed: Vec<Unnoticed>,
    /// Rules of which it was not found out within the budget.
    pub(crate) undecided: Vec<UndecidedRule>,
}

/// A setting that is not the same.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChangedSetting {
    /// Which: `mode` or `block_missing`.
    pub(crate) name: &'static str,
    /// What it is.
    pub(crate) old: String,
    /// What it would be.
    pub(crate) new: String,
    pub(crate) effect: Effect,
}

/// What a change of a setting does: requests are let through that were not, or no longer, or neither.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Effect {
    Widens,
    Narrows,
    Neither,
}

/// A rule that makes a difference, and who shows it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Change {
    /// The number of the rule, from 1, in the version that has it.
    pub(crate) rule: usize,
    /// Its pattern in canonical form.
    pub(crate) pattern: String,
    /// The shortest host that shows it, with a port where that matters.
    pub(crate) witness: String,
    /// A host that says more to a person; the same where there is none.
    pub(crate) example: String,
    /// The value of an `Origin` header that shows it; `null` where none does.
    pub(crate) origin: Option<String>,
    /// Whether only a host without a port shows it: no page of `http` or `https` is concerned.
    pub(crate) without_port: bool,
}

/// A rule that is added or removed, and nobody notices.
#[derive(Serialize, ToSchema)]
pub(crate) struct Unnoticed {
    pub(crate) edit: Edit,
    /// The number of the rule, from 1, in the version that has it.
    pub(crate) rule: usize,
    /// Its pattern in canonical form.
    pub(crate) pattern: String,
    /// Numbers of rules of the other version that let in everybody whom it does; none if it lets in nobody.
    pub(crate) covered_by: Vec<usize>,
}

/// A rule of which it was not found out what it changes.
#[derive(Serialize, ToSchema)]
pub(crate) struct UndecidedRule {
    pub(crate) edit: Edit,
    /// The number of the rule, from 1, in the version that has it.
    pub(crate) rule: usize,
    /// Its pattern in canonical form.
    pub(crate) pattern: String,
    /// Why there is no answer.
    pub(crate) why: String,
}

/// What becomes of a rule.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Edit {
    Added,
    Removed,
}

/// Most steps of a question, of some ten nanoseconds each. All together take sixteen times as many at most.
const STEPS: u64 = 500_000;
const CANDIDATES: u64 = 2_000;

/// Most entries of each kind.
const MOST: usize = 1000;

impl Changes {
    /// What changes where one gate takes the other's place, by this list.
    pub(crate) fn between(old: &Gate, new: &Gate, list_type: ListType) -> Changes {
        let prover = Prover::with_budget(Budget::default().steps(STEPS).candidates(CANDIDATES));
        let diff = prover.diff_gates(Some(old), Some(new), &[list_type]);
        let mut changes = Changes {
            widens: diff.widens(),
            narrows: diff.narrows(),
            in_force: true,
            decided: true,
            settings: diff.settings.into_iter().map(ChangedSetting::from).collect(),
            omitted: 0,
            newly_admitted: Vec::new(),
            no_longer_admitted: Vec::new(),
            unnoticed: Vec::new(),
            undecided: Vec::new(),
        };
        diff.lists.into_iter().for_each(|list| changes.add(list));
        changes
    }

    fn add(&mut self, list: ListDiff) {
        self.in_force &= list.is_in_force();
        self.decided &= list.rules.undecided.is_empty();
        self.settings.extend(list.settings.into_iter().map(ChangedSetting::from));
        let proof::Diff { newly_admitted, no_longer_admitted, idle, undecided, .. } = list.rules;
        let counts = [newly_admitted.len(), no_longer_admitted.len(), idle.len(), undecided.len()];
        self.omitted += counts.iter().map(|count| count.saturating_sub(MOST)).sum::<usize>();
        self.newly_admitted.extend(newly_admitted.into_iter().take(MOST).map(Change::from));
        self.no_longer_admitted.extend(no_longer_admitted.into_iter().take(MOST).map(Change::from));
        self.unnoticed.extend(idle.into_iter().take(MOST).map(|idle| Unnoticed {
            edit: idle.side.into(),
            rule: idle.rule + 1,
            pattern: idle.pattern,
            covered_by: idle.covered_by.into_iter().map(|rule| rule + 1).collect(),
        }));
        self.undecided.extend(undecided.into_iter().take(MOST).map(|rule| UndecidedRule {
            edit: rule.side.into(),
            rule: rule.rule + 1,
            pattern: rule.pattern,
            why: rule.why.to_string(),
        }));
    }
}

impl From<proof::Change> for Change {
    fn from(change: proof::Change) -> Change {
        Change {
            rule: change.rule + 1,
            witness: change.witness.to_string(),
            example: change.example().to_string(),
            origin: change.example().origin(),
            without_port: change.witness.ports() == Ports::None,
            pattern: change.pattern,
        }
    }
}

impl From<proof::Setting> for ChangedSetting {
    fn from(setting: proof::Setting) -> ChangedSetting {
        let effect = match setting.effect {
            proof::Effect::Widens => Effect::Widens,
            proof::Effect::Narrows => Effect::Narrows,
            proof::Effect::Neither => Effect::Neither,
        };
        ChangedSetting { name: setting.name, old: setting.old, new: setting.new, effect }
    }
}

impl From<Side> for Edit {
    fn from(side: Side) -> Edit {
        match side {
            Side::Old => Edit::Removed,
            Side::New => Edit::Added,
        }
    }
}
