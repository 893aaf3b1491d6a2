//! What an edit changes: who newly gets in, who no longer does, by which rule, and which edits nobody notices.
//!
//! All patterns of both versions are put into one automaton: those that only the old one has, those that both have, and those that only the new one has, in this order. So each version is one range of rules, and what
//! was made for one question serves the next. A pattern that both have changes nothing, and is never asked about.

mod gates;

use core::ops::Range;
use core::slice;
use std::collections::HashMap;

use guestlist::Pattern;

pub use self::gates::{Effect, GateDiff, ListDiff, Setting};
use crate::budget::Undecided;
use crate::examples::{self, Style};
use crate::prover::{self, Prover, Redundancy};
use crate::rules::Rules;
use crate::search::{self, Wanted};
use crate::space::Space;
use crate::witness::Witness;

/// Which of two versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Side {
    /// The version before.
    Old,
    /// The version after.
    New,
}

/// What an edit of a list changes.
///
/// ```
/// use guestlist_proof::{Prover, Rules};
///
/// let old = Rules::parse(["example.com", "www.example.com"])?;
/// let new = Rules::parse(["*example.com"])?;
/// let diff = Prover::new().diff(&old, &new);
/// assert_eq!(diff.newly_admitted[0].example().to_string(), "evil-example.com");
/// assert_eq!(diff.newly_admitted[0].witness.to_string(), "aexample.com");
/// assert_eq!(diff.no_longer_admitted[0].witness.to_string(), "www.example.com");
/// // The other rule was taken away, and nobody notices: the new rule admits the host as well.
/// assert_eq!(diff.idle[0].pattern, "example.com");
/// assert_eq!(diff.idle[0].covered_by, [0]);
/// # Ok::<(), guestlist::ListError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Diff {
    /// Each rule of the new version that admits somebody whom no rule of the old one did.
    pub newly_admitted: Vec<Change>,
    /// Each rule of the old version that admitted somebody whom no rule of the new one does.
    pub no_longer_admitted: Vec<Change>,
    /// Rules that only one version has, and nobody notices.
    pub idle: Vec<Idle>,
    /// Rules that only one version has, of which it was not found out whether anybody notices.
    pub undecided: Vec<UndecidedRule>,
}

/// A rule that makes a difference, and who shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Change {
    /// The place of the rule in its version, from 0.
    pub rule: usize,
    /// Its canonical text.
    pub pattern: String,
    /// The shortest host that shows it.
    pub witness: Witness,
    /// Another one that says more to a person, where one was found.
    pub telling: Option<Witness>,
}

impl Change {
    /// The host to show a person.
    pub fn example(&self) -> &Witness {
        self.telling.as_ref().unwrap_or(&self.witness)
    }
}

/// A rule that was added or removed, and nobody notices.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Idle {
    /// The version that has the rule: it was removed from the old one, or added to the new one.
    pub side: Side,
    /// Its place in that version, from 0.
    pub rule: usize,
    /// Its canonical text.
    pub pattern: String,
    /// Rules of the other version that together admit everyone whom it admits. Empty if it admits nobody, or nobody without an `xn--` label.
    pub covered_by: Vec<usize>,
}

/// A rule whose effect was not found out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct UndecidedRule {
    /// The version that has the rule.
    pub side: Side,
    /// Its place in that version, from 0.
    pub rule: usize,
    /// Its canonical text.
    pub pattern: String,
    /// Why there is no answer.
    pub why: Undecided,
}

impl Diff {
    /// True if somebody is newly admitted, or may be.
    pub fn widens(&self) -> bool {
        !self.newly_admitted.is_empty() || self.undecided.iter().any(|rule| rule.side == Side::New)
    }

    /// True if somebody is no longer admitted, or may not be.
    pub fn narrows(&self) -> bool {
        !self.no_longer_admitted.is_empty() || self.undecided.iter().any(|rule| rule.side == Side::Old)
    }

    /// True if both versions have the same rules, in whatever order.
    pub fn is_empty(&self) -> bool {
        !self.widens() && !self.narrows() && self.idle.is_empty()
    }
}

/// The work for all rules together, in budgets of one question: a list of a thousand hostile rules should not take a thousand of them.
const QUESTIONS: u64 = 16;

impl Prover {
    /// What changes when `old` becomes `new`.
    ///
    /// Each rule that only one of them has is a question with a budget of its own, as long as all together do not need more than sixteen of them.
    pub fn diff(&self, old: &Rules, new: &Rules) -> Diff {
        let mut work = Work::new(self, old, new);
        let mut diff = Diff::default();
        work.ask(Side::Old, &mut diff);
        work.ask(Side::New, &mut diff);
        diff
    }
}

/// A rule in the automaton: its places in the versions that have it.
struct Entry<'r> {
    pattern: &'r Pattern,
    old: Option<usize>,
    new: Option<usize>,
}

struct Work<'r> {
    /// Rules of the old version alone, of both, of the new one alone.
    entries: Vec<Entry<'r>>,
    old: Range<usize>,
    new: Range<usize>,
    /// Made when there is a question.
    space: Option<Result<Space, Undecided>>,
    budget: crate::Budget,
    spent: u64,
}

impl<'r> Work<'r> {
    fn new(prover: &Prover, old: &'r Rules, new: &'r Rules) -> Work<'r> {
        let places = |rules: &'r Rules| -> HashMap<&'r str, usize> {
            rules.patterns().iter().enumerate().rev().map(|(at, pattern)| (pattern.canonical(), at)).collect()
        };
        let (in_old, in_new) = (places(old), places(new));
        let (mut entries, mut both, mut added) = (Vec::new(), Vec::new(), Vec::new());
        for (at, pattern) in old.patterns().iter().enumerate() {
            match in_new.get(pattern.canonical()) {
                None => entries.push(Entry { pattern, old: Some(at), new: None }),
                Some(new) => both.push(Entry { pattern, old: Some(at), new: Some(*new) }),
            }
        }
        for (at, pattern) in new.patterns().iter().enumerate() {
            if !in_old.contains_key(pattern.canonical()) {
                added.push(Entry { pattern, old: None, new: Some(at) });
            }
        }
        let old = 0..entries.len() + both.len();
        let new = entries.len()..old.end + added.len();
        entries.extend(both);
        entries.extend(added);
        Work { entries, old, new, space: None, budget: prover.budget, spent: 0 }
    }

    /// Asks of each rule that only this version has what it changes.
    fn ask(&mut self, side: Side, diff: &mut Diff) {
        let alone = match side {
            Side::Old => self.old.start..self.new.start,
            Side::New => self.old.end..self.new.end,
        };
        for entry in alone {
            let answer = self.answer(side, entry);
            let pattern = self.entries[entry].pattern.canonical().to_string();
            let rule = self.place(side, entry);
            match answer {
                Ok(Answer::Noticed { witness, telling }) => {
                    let change = Change { rule, pattern, witness, telling };
                    match side {
                        Side::Old => diff.no_longer_admitted.push(change),
                        Side::New => diff.newly_admitted.push(change),
                    }
                }
                Ok(Answer::Idle { covered_by }) => diff.idle.push(Idle { side, rule, pattern, covered_by }),
                Err(why) => diff.undecided.push(UndecidedRule { side, rule, pattern, why }),
            }
        }
    }

    fn place(&self, side: Side, entry: usize) -> usize {
        let Entry { old, new, .. } = self.entries[entry];
        match side {
            Side::Old => old.or(new),
            Side::New => new.or(old),
        }
        .unwrap_or_default()
    }

    fn answer(&mut self, side: Side, entry: usize) -> Result<Answer, Undecided> {
        if self.spent > self.budget.steps.saturating_mul(QUESTIONS) {
            return Err(Undecided::Steps(self.budget.steps));
        }
        let budget = self.budget;
        let entries = &self.entries;
        let space = self
            .space
            .get_or_insert_with(|| Space::new(entries.iter().map(|entry| entry.pattern), budget))
            .as_mut()
            .map_err(|undecided| *undecided)?;
        space.purse.refill();
        let (other_side, others) = match side {
            Side::Old => (Side::New, &self.new),
            Side::New => (Side::Old, &self.old),
        };
        let answer = ask(space, entry, entries[entry].pattern, others);
        self.spent += space.purse.spent();
        Ok(match answer? {
            Answer::Idle { covered_by } => Answer::Idle {
                covered_by: {
                    let mut places: Vec<usize> =
                        covered_by.into_iter().map(|entry| self.place(other_side, entry)).collect();
                    places.sort_unstable();
                    places
                },
            },
            noticed => noticed,
        })
    }
}

enum Answer {
    Noticed {
        witness: Witness,
        telling: Option<Witness>,
    },
    /// By these rules of the automaton.
    Idle {
        covered_by: Vec<usize>,
    },
}

/// How many fillings of a pattern are tried for a telling host.
const FILLINGS: usize = 32;

fn ask(
    space: &mut Space,
    rule: usize,
    pattern: &Pattern,
    others: &Range<usize>,
) -> Result<Answer, Undecided> {
    let one = rule..rule + 1;
    let wanted = Wanted { admitted_by: slice::from_ref(&one), not_by: slice::from_ref(others) };
    let Some(witness) = search::shortest(space, wanted)? else {
        let covered_by = match prover::covered(space, rule, &others.clone().collect::<Vec<_>>())? {
            Redundancy::CoveredBy(others) => others,
            Redundancy::AdmitsNobody => Vec::new(),
        };
        return Ok(Answer::Idle { covered_by });
    };
    let mut tried: Vec<String> = Vec::new();
    for round in 0..FILLINGS {
        let filled = examples::fill(pattern, round, Style::Stranger);
        let host = without_port(&filled);
        if tried.iter().any(|tried| tried == host) {
            continue;
        }
        // What was not found out of an example is no matter; the witness is there.
        let found = search::as_witness(space, wanted, host).ok().flatten();
        if let Some(telling) = found {
            let telling = (telling != witness).then_some(telling);
            return Ok(Answer::Noticed { witness, telling });
        }
        tried.push(host.to_string());
    }
    Ok(Answer::Noticed { witness, telling: None })
}

fn without_port(host: &str) -> &str {
    match host.rfind(':').filter(|_| !host.ends_with(']')) {
        Some(at) => &host[..at],
        None => host,
    }
}
