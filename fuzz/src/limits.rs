//! What holds of saving a list, whatever its patterns, its limits and its budget.

use guestlist::{
    Budget, Engine, EngineChoice, EngineKind, Limits, List, ListBuilder, ListError, ListType, Origin,
};
use guestlist_reference as reference;

use crate::gate_case::strings;
use crate::oracle::Agreement;

/// A list to be saved, with limits and a budget.
#[derive(Clone, Debug)]
pub struct LimitsCase {
    /// The patterns, good and bad.
    pub patterns: Vec<String>,
    /// What they may be.
    pub limits: Limits,
    /// The budget, or none for the default.
    pub budget: Option<Budget>,
}

impl LimitsCase {
    /// The list, before it is saved.
    pub fn builder(&self) -> ListBuilder {
        let builder = List::builder(ListType::Upload).patterns(&self.patterns).limits(self.limits);
        match self.budget {
            Some(budget) => builder.budget(budget),
            None => builder,
        }
    }

    /// The case as a Rust expression.
    pub fn to_rust(&self) -> String {
        let LimitsCase { patterns, limits, budget } = self;
        let budget = budget.map(|Budget { states, bytes, work, .. }| {
            format!("Budget::default().states({states}).bytes({bytes}).work({work})")
        });
        let budget = budget.map_or("None".to_string(), |budget| format!("Some({budget})"));
        format!(
            "LimitsCase {{ patterns: {}, limits: Limits::default().pattern_bytes({}).nesting({}).alternatives({}).patterns({}).list_bytes({}), budget: {budget} }}",
            strings(patterns),
            limits.pattern_bytes,
            limits.nesting,
            limits.alternatives,
            limits.patterns,
            limits.list_bytes
        )
    }
}

/// A list is saved exactly when its patterns are within the limits; its automaton is within the budget, or the list says that another engine decides;
/// either way it answers as the simulation does.
pub fn limits_hold(case: &LimitsCase, hosts: &[String]) -> Agreement {
    limits_hold_when(|case| case.builder().build(), case, hosts)
}

/// [`limits_hold`] of another way to save a list.
pub fn limits_hold_when(
    save: impl Fn(&LimitsCase) -> Result<List, ListError>,
    case: &LimitsCase,
    hosts: &[String],
) -> Agreement {
    let LimitsCase { patterns, limits, budget } = case;
    let saved = save(case);
    let naive_limits = reference::Limits {
        bytes: limits.pattern_bytes,
        nesting: limits.nesting.min(Limits::MAX_NESTING),
        alternatives: limits.alternatives,
    };
    let naive: Vec<_> =
        patterns.iter().map(|text| reference::Pattern::parse_with(text, &naive_limits)).collect();
    let rules = reference::dedup(naive.iter().flatten().cloned().collect());
    let bytes: usize = rules.iter().map(|rule| rule.canonical().len()).sum();
    let too_many = rules.len() > limits.patterns;
    let too_large = bytes > limits.list_bytes;
    let broken: Vec<usize> = (0..naive.len()).filter(|at| naive[*at].is_err()).collect();
    let list = match saved {
        Ok(list) if broken.is_empty() && !too_many && !too_large => list,
        Ok(list) => {
            return Err(format!(
                "saved with {} rules of {bytes} bytes; the reference refuses the patterns {broken:?}",
                list.rules().len()
            ));
        }
        Err(error) => {
            let positions: Vec<usize> =
                error.patterns().iter().filter_map(guestlist::Error::position).collect();
            let counts = error.too_many().map(|too_many| (too_many.count, too_many.limit));
            let sizes = error.too_large().map(|too_large| (too_large.bytes, too_large.limit));
            let same = positions == broken
                && counts == too_many.then_some((rules.len(), limits.patterns))
                && sizes == too_large.then_some((bytes, limits.list_bytes));
            let is_reason = !broken.is_empty() || too_many || too_large;
            return if same && is_reason && !error.to_string().is_empty() {
                Ok(())
            } else {
                Err(format!(
                    "refused, the patterns {positions:?} each; the reference refuses {broken:?}, {} rules of {bytes} bytes: {error}",
                    rules.len()
                ))
            };
        }
    };

    let budget = budget.unwrap_or_else(|| Budget::for_rules(rules.len()));
    let Engine { kind, states, bytes, indexed, .. } = list.engine();
    // What each state accepts stands beside the table, which the budget is about.
    let beside = 1024 + states.saturating_mul(4 * (rules.len() + 1));
    if kind == EngineKind::Index && (states > budget.entries || indexed != rules.len()) {
        return Err(format!("{} with {budget:?}", list.engine()));
    }
    let is_alone = kind == EngineKind::Dfa && indexed == 0;
    if is_alone && bytes > budget.bytes.saturating_add(beside)
        || kind == EngineKind::Dfa && states > budget.states
    {
        return Err(format!("{} with {budget:?}", list.engine()));
    }
    // Each state but the start and the dead one was a step at the very least.
    if kind == EngineKind::Dfa && states > budget.work.saturating_add(2) {
        return Err(format!("{} with {budget:?}", list.engine()));
    }
    let known: Vec<&str> = rules.iter().map(reference::Pattern::canonical).collect();
    for duplicate in list.duplicates() {
        let canonical = naive[duplicate.position].as_ref().map(reference::Pattern::canonical);
        if canonical != Ok(known[duplicate.of.index()]) {
            return Err(format!("{duplicate:?} of {known:?}"));
        }
    }
    if list.duplicates().len() + known.len() != patterns.len() {
        return Err(format!("{} duplicates beside {known:?}", list.duplicates().len()));
    }
    if kind == EngineKind::Simulation {
        return Err(format!("{} without being asked for", list.engine()));
    }
    let plain = List::builder(ListType::Upload)
        .patterns(patterns)
        .limits(*limits)
        .engine(EngineChoice::Simulation)
        .restore();
    for host in hosts {
        let Ok(origin) = Origin::from_host(host.as_bytes()) else { continue };
        let (actual, expected) = (list.matches(&origin), plain.matches(&origin));
        if actual != expected || list.find(&origin) != expected.first().copied() {
            return Err(format!("{host:?}: {actual:?}, simulated {expected:?}; {}", list.engine()));
        }
        list.near_miss(&origin);
    }
    // No panic in what is told to people, either.
    list.warnings().count();
    Ok(())
}
