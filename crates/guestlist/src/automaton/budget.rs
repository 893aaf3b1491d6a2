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
///     .budget(Budget::default().states(3))
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
}

impl Budget {
    /// The budget of a list with this many rules: what 20 ordinary rules need many times over, and a share for each rule beyond. It is what a list has that sets none.
    pub fn for_rules(rules: usize) -> Budget {
        Budget {
            states: (1 << 16) + rules.saturating_mul(1 << 6),
            bytes: (16 << 20) + rules.saturating_mul(8 << 10),
            work: (1 << 21) + rules.saturating_mul(1 << 11),
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
}

impl Default for Budget {
    fn default() -> Budget {
        Budget::for_rules(20)
    }
}
