//! What an edit changes: who newly gets in, who no longer does, by which rule, and which edits nobody notices.
//!
//! All patterns of both versions are put into one automaton: those that only the old one has, those that both have, and those that only the new one has, in this order. So each version is one range of rules, and what
//! was made for one question serves the next. A pattern that both have changes nothing, and is never asked about.
//!
//! Where that automaton becomes large (a thousand rules such as `app17-*.example.com` are all alive in every state), a rule is asked about in an automaton of its own, with those others that turn out to matter: each
//! host that is found and that another rule admits brings that rule in, until a host is found that none admits, or none is found (refinement by counterexamples). Both ways have the same answer: the shortest host that a rule
//! admits and a few others do not is the shortest that all others do not, once none of them admits it.

mod gates;

use core::ops::Range;
use core::slice;
use std::collections::HashMap;

use guestlist::Pattern;

pub use self::gates::{Effect, GateDiff, ListDiff, Setting};
use crate::budget::{Budget, Undecided};
use crate::examples::{self, Style};
use crate::nfa::{Nfa, State};
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
    /// All rules, and where their hosts begin; made when it is needed.
    nfa: Option<(Nfa, Vec<State>)>,
    /// How many questions in a row were too much work for the one automaton.
    hard: usize,
    budget: Budget,
    spent: u64,
    /// The work that went into the one automaton.
    kept: u64,
}

/// What a question may take where there is another way to its answer.
const TRY: u64 = 100_000;

/// After so many questions in a row that were too much work for the one automaton, the other way is tried first.
const HARD: usize = 4;

/// How many others are brought in at most.
const MOST_OTHERS: usize = 40;

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
        Work { entries, old, new, space: None, nfa: None, hard: 0, budget: prover.budget, spent: 0, kept: 0 }
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
        let steps = self.budget.steps;
        if self.spent > steps.saturating_mul(QUESTIONS) {
            return Err(Undecided::Steps(steps));
        }
        if self.hard < HARD {
            match self.together(side, entry, TRY) {
                Ok(answer) => {
                    self.hard = 0;
                    return Ok(answer);
                }
                Err(_) => self.hard += 1,
            }
        }
        self.apart(side, entry).or_else(|_| {
            // What much work has made is not kept, so that memory is bounded by the work for one question.
            self.space = None;
            let answer = self.together(side, entry, steps);
            self.space = None;
            answer
        })
    }

    /// The rules of the version that does not have the rule.
    fn others(&self, side: Side) -> Range<usize> {
        match side {
            Side::Old => self.new.clone(),
            Side::New => self.old.clone(),
        }
    }

    /// Asks the automaton of all rules.
    fn together(&mut self, side: Side, entry: usize, steps: u64) -> Result<Answer, Undecided> {
        let others = self.others(side);
        let (entries, budget) = (&self.entries, self.budget);
        let space = self
            .space
            .get_or_insert_with(|| Space::new(entries.iter().map(|entry| entry.pattern), budget))
            .as_mut()
            .map_err(|undecided| *undecided)?;
        space.purse.refill_with(steps);
        let answer = ask(space, entry, entries[entry].pattern, &others, |_| true);
        self.spent += space.purse.spent();
        self.kept += space.purse.spent();
        if self.kept > budget.steps {
            self.space = None;
            self.kept = 0;
        }
        let rules: Vec<usize> = (0..self.entries.len()).collect();
        let answer = answer?.ok_or(Undecided::Steps(steps))?;
        Ok(self.placed(answer, side, &rules))
    }

    /// Asks automata of the rule and those others that matter.
    fn apart(&mut self, side: Side, entry: usize) -> Result<Answer, Undecided> {
        let others = self.others(side);
        let budget = self.budget.steps(TRY.min(self.budget.steps));
        let entries = &self.entries;
        let (nfa, fronts) = self.nfa.get_or_insert_with(|| {
            let nfa = Nfa::new(entries.iter().map(|entry| entry.pattern));
            let fronts = nfa.in_front_of_ports();
            (nfa, fronts)
        });
        // The rule, and the others.
        let mut rules = vec![entry];
        let mut spent = 0;
        let answer = loop {
            let mut space = match Space::new(rules.iter().map(|rule| entries[*rule].pattern), budget) {
                Ok(space) => space,
                Err(why) => break Err(why),
            };
            let mut missing = Vec::new();
            let mut is_known = |host: &str| {
                missing = nfa.admitting(&others, fronts, host, &mut spent);
                missing.retain(|rule| !rules[1..].contains(rule));
                missing.is_empty()
            };
            let answer = ask(&mut space, 0, entries[entry].pattern, &(1..rules.len()), &mut is_known);
            spent += space.purse.spent();
            match answer {
                Ok(None) if rules.len() + missing.len() <= MOST_OTHERS => {
                    rules.extend(missing);
                    rules[1..].sort_unstable();
                }
                Ok(answer) => break answer.ok_or(Undecided::Steps(budget.steps)),
                Err(why) => break Err(why),
            }
        };
        self.spent += spent;
        answer.map(|answer| self.placed(answer, side, &rules))
    }

    /// The answer with the places of rules in their version in place of their numbers in an automaton of these rules.
    fn placed(&self, answer: Answer, side: Side, rules: &[usize]) -> Answer {
        let other_side = if side == Side::Old { Side::New } else { Side::Old };
        match answer {
            Answer::Idle { mut covered_by } => {
                covered_by.iter_mut().for_each(|rule| *rule = self.place(other_side, rules[*rule]));
                covered_by.sort_unstable();
                Answer::Idle { covered_by }
            }
            answer => answer,
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
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

/// What the rule changes; `is_new` says of a host whether no rules but those of the automaton admit it. `None` if the host that was found is not.
fn ask(
    space: &mut Space,
    rule: usize,
    pattern: &Pattern,
    others: &Range<usize>,
    mut is_new: impl FnMut(&str) -> bool,
) -> Result<Option<Answer>, Undecided> {
    let one = rule..rule + 1;
    let wanted = Wanted { admitted_by: slice::from_ref(&one), not_by: slice::from_ref(others) };
    let Some(witness) = search::shortest(space, wanted)? else {
        let covered_by = match prover::covered(space, rule, &others.clone().collect::<Vec<_>>())? {
            Redundancy::CoveredBy(others) => others,
            Redundancy::AdmitsNobody => Vec::new(),
        };
        return Ok(Some(Answer::Idle { covered_by }));
    };
    if !is_new(witness.host()) {
        return Ok(None);
    }
    let mut tried: Vec<String> = Vec::new();
    for round in 0..FILLINGS {
        let filled = examples::fill(pattern, round, Style::Stranger);
        let host = without_port(&filled);
        if tried.iter().any(|tried| tried == host) {
            continue;
        }
        // What was not found out of an example is no matter; the witness is there.
        let found = search::as_witness(space, wanted, host).ok().flatten().filter(|_| is_new(host));
        if let Some(telling) = found {
            let telling = (telling != witness).then_some(telling);
            return Ok(Some(Answer::Noticed { witness, telling }));
        }
        tried.push(host.to_string());
    }
    Ok(Some(Answer::Noticed { witness, telling: None }))
}

fn without_port(host: &str) -> &str {
    match host.rfind(':').filter(|_| !host.ends_with(']')) {
        Some(at) => &host[..at],
        None => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_have_the_same_answer() {
        let lists: Vec<Vec<String>> = [
            &["*.example.com", "www.example.com", "a.com", "{a,b,c}.com"][..],
            &["*example.com", "*.*.com", "a.com:80", "b.com:*", "[a-c].com"],
            &["?.com", "??.com", "*a.com", "*b.com", "a*.com:[1-9]", "a*.com:{8443,443}"],
            &["*.com"],
            &["127.0.0.*", "[::1]:80", "[::1]", "xn--bcher-kva.*", "*.com:443"],
            &["a*b.com", "*ab.com", "a*.com", "*.xn--bcher-kva.de", "127.0.0.1:8080"],
            &[],
        ]
        .iter()
        .map(|texts| texts.iter().map(ToString::to_string).collect())
        .chain([(0..12).map(|number| format!("app{number}-*.com")).collect()])
        .chain([(0..12).map(|number| format!("app{number}-*x.com")).collect()])
        .collect();
        for old in &lists {
            for new in &lists {
                let (old, new) = (Rules::parse(old).unwrap(), Rules::parse(new).unwrap());
                let prover = Prover::new();
                let mut work = Work::new(&prover, &old, &new);
                for (side, alone) in
                    [(Side::Old, work.old.start..work.new.start), (Side::New, work.old.end..work.new.end)]
                {
                    for entry in alone {
                        let together = work.together(side, entry, u64::MAX);
                        let apart = work.apart(side, entry);
                        assert!(together.is_ok() && apart.is_ok());
                        match (together, apart) {
                            // Of equally short hosts the same, but what is told of may be another one where a port plays a part.
                            (
                                Ok(Answer::Noticed { witness: one, .. }),
                                Ok(Answer::Noticed { witness: other, .. }),
                            ) => assert_eq!(one, other, "{old:?} {new:?}"),
                            (
                                Ok(Answer::Idle { covered_by: one }),
                                Ok(Answer::Idle { covered_by: other }),
                            ) => {
                                assert_eq!(one.is_empty(), other.is_empty(), "{old:?} {new:?}");
                            }
                            (one, other) => panic!("{old:?} {new:?}: {one:?} {other:?}"),
                        }
                    }
                }
            }
        }
    }
}
