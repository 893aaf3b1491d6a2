//! [`Prover`]: questions about one list or two, each with an answer and what shows it.

use core::ops::Range;
use core::slice;

use guestlist::Pattern;

use crate::budget::{Budget, Undecided};
use crate::count::{self, Count};
use crate::rules::Rules;
use crate::search::{self, Wanted};
use crate::space::Space;
use crate::witness::Witness;

/// Answers questions about who gets in: exactly, within a [`Budget`] for each question.
///
/// Every host that is shown is valid, and was found in the languages of the patterns themselves, not among examples. "Nobody" is a proof: all hosts of all lengths were considered.
///
/// ```
/// use guestlist_proof::{Prover, Rules};
///
/// let (old, new) = (Rules::parse(["*.example.com"])?, Rules::parse(["*example.com"])?);
/// let prover = Prover::new();
/// assert_eq!(prover.only_in(&new, &old)?.unwrap().to_string(), "example.com");
/// assert_eq!(prover.only_in(&old, &new)?.unwrap().to_string(), "a.example.com");
/// assert!(prover.in_both(&old, &new)?.is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Prover {
    pub(crate) budget: Budget,
}

/// A rule that could be taken out of its list, and nobody would notice.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Redundancy {
    /// It admits nobody at all.
    AdmitsNobody,
    /// All whom it admits are admitted by these others too; by the first alone, where there is one.
    CoveredBy(Vec<usize>),
}

impl Prover {
    /// With the default budget.
    pub fn new() -> Prover {
        Prover::default()
    }

    /// With a budget of one's own.
    pub fn with_budget(budget: Budget) -> Prover {
        Prover { budget }
    }

    /// The shortest host that is admitted; `None` if nobody is.
    ///
    /// # Errors
    ///
    /// The budget did not suffice, here as in all other questions.
    pub fn example(&self, rules: &Rules) -> Result<Option<Witness>, Undecided> {
        self.find(&[rules], None)
    }

    /// The shortest host that is admitted by `a` and not by `b`; `None` proves that `b` admits everybody whom `a` admits.
    ///
    /// # Errors
    ///
    /// The budget did not suffice.
    pub fn only_in(&self, a: &Rules, b: &Rules) -> Result<Option<Witness>, Undecided> {
        self.find(&[a], Some(b))
    }

    /// The shortest host that both admit; `None` proves that there is none.
    ///
    /// # Errors
    ///
    /// The budget did not suffice.
    pub fn in_both(&self, a: &Rules, b: &Rules) -> Result<Option<Witness>, Undecided> {
        self.find(&[a, b], None)
    }

    /// The shortest host that `a` and `b` both admit and `c` does not.
    ///
    /// # Errors
    ///
    /// The budget did not suffice.
    pub fn in_both_but_not(&self, a: &Rules, b: &Rules, c: &Rules) -> Result<Option<Witness>, Undecided> {
        self.find(&[a, b], Some(c))
    }

    /// The shortest host that one of them admits and the other does not; `None` proves that they are the same.
    ///
    /// # Errors
    ///
    /// The budget did not suffice.
    pub fn difference(&self, a: &Rules, b: &Rules) -> Result<Option<Witness>, Undecided> {
        match self.only_in(a, b)? {
            None => self.only_in(b, a),
            Some(one) => {
                let other = self.only_in(b, a)?;
                Ok(other.filter(|other| other.host().len() < one.host().len()).or(Some(one)))
            }
        }
    }

    /// How many hosts are admitted, with whatever port, of those with `most_labels` labels or fewer.
    ///
    /// # Errors
    ///
    /// The budget did not suffice.
    pub fn count(&self, rules: &Rules, most_labels: usize) -> Result<Count, Undecided> {
        let mut space = Space::new(rules.patterns(), self.budget)?;
        count::count(&mut space, most_labels)
    }

    /// For each rule whether it could be left out, alone: `None` if somebody is admitted by it and by no other. Each is answered with a budget of its own.
    pub fn redundant(&self, rules: &Rules) -> Vec<Result<Option<Redundancy>, Undecided>> {
        let count = rules.patterns().len();
        let mut space = Space::new(rules.patterns(), self.budget);
        (0..count)
            .map(|rule| {
                let space = space.as_mut().map_err(|undecided| *undecided)?;
                space.purse.refill();
                let others: Vec<usize> = (0..count).filter(|other| *other != rule).collect();
                redundancy(space, rule, &others)
            })
            .collect()
    }

    /// Rules that can be taken out *together* without anybody noticing, in ascending order, each with what makes it needless among those that stay. Of rules that cover each other the first stays.
    ///
    /// A rule of which that was not decided stays; then the second value says why. Each is answered with a budget of its own, and all together with twenty times as much.
    pub fn removable(&self, rules: &Rules) -> (Vec<(usize, Redundancy)>, Option<Undecided>) {
        let mut undecided = None;
        let mut space = match Space::new(rules.patterns(), self.budget) {
            Ok(space) => space,
            Err(error) => return (Vec::new(), Some(error)),
        };
        let mut needless = Vec::new();
        let mut left = self.budget.steps.saturating_mul(MOST_BUDGETS);
        let mut stay: Vec<usize> = (0..rules.patterns().len()).collect();
        for rule in (0..rules.patterns().len()).rev() {
            if left == 0 {
                undecided = Some(Undecided::Steps(self.budget.steps.saturating_mul(MOST_BUDGETS)));
                break;
            }
            let others: Vec<usize> = stay.iter().copied().filter(|other| *other != rule).collect();
            space.purse.refill();
            let answer = redundancy(&mut space, rule, &others);
            left = left.saturating_sub(space.purse.spent());
            match answer {
                Ok(None) => {}
                Ok(Some(redundancy)) => {
                    stay = others;
                    needless.push((rule, redundancy));
                }
                Err(error) => undecided = Some(error),
            }
        }
        // A rule that covered another may have gone since: what covers it now is told anew.
        for (rule, redundancy) in &mut needless {
            space.purse.refill();
            if let Ok(Some(last)) = self::redundancy(&mut space, *rule, &stay) {
                *redundancy = last;
            }
        }
        needless.reverse();
        (needless, undecided)
    }

    /// For each rule of `a` the shortest host that it admits and no rule of `b` does. Each is answered with a budget of its own.
    pub fn each_only_in(&self, a: &Rules, b: &Rules) -> Vec<Result<Option<Witness>, Undecided>> {
        let mut space = Space::new(a.patterns().iter().chain(b.patterns()), self.budget);
        let end = a.patterns().len() + b.patterns().len();
        (0..a.patterns().len())
            .map(|rule| {
                let space = space.as_mut().map_err(|undecided| *undecided)?;
                space.purse.refill();
                let (one, others) = (rule..rule + 1, a.patterns().len()..end);
                let wanted = Wanted { admitted_by: slice::from_ref(&one), not_by: slice::from_ref(&others) };
                search::shortest(space, wanted)
            })
            .collect()
    }

    /// The shortest host that all of `all` admit and `none` does not.
    fn find(&self, all: &[&Rules], none: Option<&Rules>) -> Result<Option<Witness>, Undecided> {
        let groups: Vec<&Rules> = all.iter().copied().chain(none).collect();
        let patterns: Vec<&Pattern> = groups.iter().flat_map(|rules| rules.patterns()).collect();
        let mut space = Space::new(patterns, self.budget)?;
        let mut end = 0;
        let ranges: Vec<Range<usize>> = groups
            .iter()
            .map(|rules| {
                let start = end;
                end += rules.patterns().len();
                start..end
            })
            .collect();
        let (admitted_by, not_by) = ranges.split_at(all.len());
        search::shortest(&mut space, Wanted { admitted_by, not_by })
    }
}

/// How many budgets the rules of a list may take together: as many hard questions as a list of the usual size has rules.
const MOST_BUDGETS: u64 = 20;

/// Whether everyone whom the rule admits is admitted by these others as well, which are in ascending order.
fn redundancy(space: &mut Space, rule: usize, others: &[usize]) -> Result<Option<Redundancy>, Undecided> {
    let one = rule..rule + 1;
    let one = slice::from_ref(&one);
    let not_by = ranges(others);
    if search::shortest(space, Wanted { admitted_by: one, not_by: &not_by })?.is_some() {
        return Ok(None);
    }
    covered(space, rule, others).map(Some)
}

/// By which of these others those are admitted whom the rule admits; all of them are known to be.
pub(crate) fn covered(space: &mut Space, rule: usize, others: &[usize]) -> Result<Redundancy, Undecided> {
    let one = rule..rule + 1;
    let one = slice::from_ref(&one);
    // Kind by kind.
    let mut kinds: Vec<Vec<u32>> = Vec::new();
    let is_other = |other: &u32| others.binary_search(&(*other as usize)).is_ok();
    search::for_each_kind(space, Wanted { admitted_by: one, not_by: &[] }, |space, set| {
        kinds.push(space.rules(set).iter().copied().filter(is_other).collect());
    })?;
    kinds.sort_unstable();
    kinds.dedup();
    let mut chosen = cover(&kinds);
    // Those kinds are of hosts that are certain. While somebody with another `xn--` label is left, the ones who admit that host are one more.
    loop {
        let chosen_ranges = ranges(&chosen);
        let wanted = Wanted { admitted_by: one, not_by: &chosen_ranges };
        let Some(left) = search::shortest(space, wanted)? else { break };
        let set = search::set_of(space, &left)?;
        let kind: Vec<u32> = space.rules(set).iter().copied().filter(is_other).collect();
        if kind.is_empty() {
            break;
        }
        kinds.push(kind);
        chosen = cover(&kinds);
    }
    Ok(if chosen.is_empty() { Redundancy::AdmitsNobody } else { Redundancy::CoveredBy(chosen) })
}

/// Numbers in ascending order as ranges, of which there are few.
fn ranges(numbers: &[usize]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some(last) if last.end == *number => last.end += 1,
            _ => ranges.push(*number..number + 1),
        }
    }
    ranges
}

/// A few rules of which each kind has one: in each round the one that the most kinds have, the first of several; then without those that the others make needless.
fn cover(kinds: &[Vec<u32>]) -> Vec<usize> {
    let mut left: Vec<&Vec<u32>> = kinds.iter().collect();
    let mut chosen: Vec<u32> = Vec::new();
    while !left.is_empty() {
        let mut votes = std::collections::BTreeMap::new();
        left.iter().flat_map(|kind| kind.iter()).for_each(|rule| *votes.entry(*rule).or_insert(0usize) += 1);
        let Some((best, _)) = votes.into_iter().max_by_key(|(rule, votes)| (*votes, u32::MAX - rule)) else {
            break;
        };
        chosen.push(best);
        left.retain(|kind| !kind.contains(&best));
    }
    for index in (0..chosen.len()).rev() {
        let is_needed = kinds.iter().any(|kind| {
            !chosen.iter().enumerate().any(|(other, rule)| other != index && kind.contains(rule))
        });
        if !is_needed {
            chosen.remove(index);
        }
    }
    chosen.sort_unstable();
    chosen.into_iter().map(|rule| rule as usize).collect()
}
