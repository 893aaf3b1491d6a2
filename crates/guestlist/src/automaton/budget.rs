//! How much an automaton may cost to build and to keep.

/// How large the automaton of a list may become, and how much work building it may take.
///
/// A list that does not fit is decided by the bounded engine: slower, never differently. The work is counted in steps of the construction, not
/// timed, so that the same list gets the same engine on every machine.
///
/// ```
/// use guestlist::{Budget, EngineKind, List, ListType, Origin};
///
/// let list = List::builder(ListType::Upload)
///     .pattern("*.example.com")
///     .budget(Budget::default().entries(0).states(3))
///     .build()?;
/// assert_eq!(list.engine().kind, EngineKind::Bounded);
/// assert!(list.is_match(&Origin::from_host(b"www.example.com").unwrap()));
/// # Ok::<(), guestlist::ListError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Budget {
    /// Most states of the automaton.
    pub states: usize,
    /// Most bytes of the automaton's table.
    pub bytes: usize,
    /// Most steps of building it, a few nanoseconds each.
    pub work: usize,
    /// Most entries of the index: written-out alternatives, all in all. Rules beyond are decided by the automaton.
    pub entries: usize,
}

impl Budget {
    /// The budget of a list with this many rules: what 20 ordinary rules need many times over, and a share for each rule beyond. It is what a list has that sets none.
    pub fn for_rules(rules: usize) -> Budget {
        Budget {
            states: rules.saturating_mul(1 << 6).saturating_add(1 << 16),
            bytes: rules.saturating_mul(8 << 10).saturating_add(16 << 20),
            work: rules.saturating_mul(1 << 11).saturating_add(1 << 21),
            entries: rules.saturating_mul(1 << 6).saturating_add(1 << 10),
        }
    }

    /// Within what the construction can count.
    pub(super) fn clamped(self) -> Budget {
        Budget { states: self.states.min(1 << 24), work: self.work.min(1 << 31), ..self }
    }

    /// Sets the most states.
    #[must_use]
    pub fn states(self, states: usize) -> Budget {
        Budget { states, ..self }
    }

    /// Sets the most bytes.
    #[must_use]
    pub fn bytes(self, bytes: usize) -> Budget {
        Budget { bytes, ..self }
    }

    /// Sets the most steps.
    #[must_use]
    pub fn work(self, work: usize) -> Budget {
        Budget { work, ..self }
    }

    /// Sets the most entries of the index.
    #[must_use]
    pub fn entries(self, entries: usize) -> Budget {
        Budget { entries, ..self }
    }
}

impl Default for Budget {
    fn default() -> Budget {
        Budget::for_rules(20)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_of_a_list_is_the_same_on_every_machine() {
        for (rules, states, bytes, work, entries) in [
            (0, 65_536, 16_777_216, 2_097_152, 1024),
            (20, 66_816, 16_941_056, 2_138_112, 2304),
            (10_000, 705_536, 98_697_216, 22_577_152, 641_024),
            (usize::MAX, usize::MAX, usize::MAX, usize::MAX, usize::MAX),
        ] {
            assert_eq!(Budget::for_rules(rules), Budget { states, bytes, work, entries });
        }
        assert_eq!(Budget::default(), Budget::for_rules(20));
    }

    #[test]
    fn the_construction_counts_in_32_bits_however_large_the_budget() {
        let budget = Budget::for_rules(usize::MAX).clamped();
        // Every byte but the capitals a class of its own, and the cell of what is accepted.
        let most_cells = budget.states.checked_mul(256 - 26 + 1);
        assert!(most_cells.is_some_and(|cells| u32::try_from(cells).is_ok()));
        assert!(u32::try_from(budget.work).is_ok());
        assert_eq!(budget.bytes, usize::MAX);
        assert_eq!(Budget::default().clamped(), Budget::default());
    }
}
