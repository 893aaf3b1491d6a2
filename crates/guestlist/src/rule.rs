//! A pattern with its place in a list.

use core::fmt;

use crate::index::NONE;
use crate::pattern::Pattern;

/// The number of a rule in its list, counted from 0 over the rules that are left when duplicates are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RuleId(u32);

impl RuleId {
    pub(crate) fn new(index: usize) -> RuleId {
        // A list of more rules than that does not fit in memory.
        RuleId(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// The rule with this number; `None` for the number of no rule.
    #[inline]
    pub(crate) fn from_number(number: u32) -> Option<RuleId> {
        (number != NONE).then_some(RuleId(number))
    }

    /// Index into [`List::rules`](crate::List::rules).
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Counted from 1, as people do: `rule 1` is the first.
impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule {}", u64::from(self.0) + 1)
    }
}

/// A pattern with its place in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pattern: Pattern,
    position: usize,
}

impl Rule {
    pub(crate) fn new(pattern: Pattern, position: usize) -> Rule {
        Rule { pattern, position }
    }

    /// The pattern.
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// The place among the patterns that were given, counted from 0, with duplicates and broken ones counted.
    pub fn position(&self) -> usize {
        self.position
    }
}
