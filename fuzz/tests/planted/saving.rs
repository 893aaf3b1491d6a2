//! Wrong ways to save a list, around the engine's own.

use guestlist::{Budget, EngineChoice, Limits, List, ListError, ListType};
use guestlist_fuzz::limits::LimitsCase;

use crate::bug::mistakes;

mistakes! {
    Wrong:

    BrokenLeftOut = "broken patterns are left out in silence",
    PatternsUncounted = "the number of patterns is not limited",
    PatternBytesUncounted = "the length of a pattern is not limited",
    ListBytesUncounted = "the length of all patterns together is not limited",
    NestingUncounted = "nesting is not limited",
    AlternativesUncounted = "written-out alternatives are not limited",
    LimitsUnread = "the default limits hold whatever is set",
    BudgetUnread = "the budget is not read",
    SlowWithoutNeed = "every list is simulated",
    LastPatternLost = "the last pattern is lost",
    OrderReversed = "the rules are numbered from behind",
    BytesCountedTwice = "the limit of all patterns together is half of what is set",
}

/// Saves the list, with this mistake.
pub(crate) fn save(wrong: Option<Wrong>, case: &LimitsCase) -> Result<List, ListError> {
    let LimitsCase { patterns, limits, budget } = case.clone();
    let with = |limits| LimitsCase { limits, ..case.clone() }.builder().build();
    match wrong {
        None => case.builder().build(),
        Some(Wrong::BrokenLeftOut) => {
            let mut case = case.clone();
            case.patterns.retain(|text| guestlist::Pattern::parse_with(text, &limits).is_ok());
            case.builder().build()
        }
        Some(Wrong::PatternsUncounted) => with(limits.patterns(usize::MAX)),
        Some(Wrong::PatternBytesUncounted) => with(limits.pattern_bytes(usize::MAX)),
        Some(Wrong::ListBytesUncounted) => with(limits.list_bytes(usize::MAX)),
        Some(Wrong::NestingUncounted) => with(limits.nesting(usize::MAX)),
        Some(Wrong::AlternativesUncounted) => with(limits.alternatives(1 << 20)),
        Some(Wrong::LimitsUnread) => with(Limits::default()),
        Some(Wrong::BudgetUnread) => {
            let most = Budget::default().states(usize::MAX).bytes(usize::MAX).work(1 << 24);
            List::builder(ListType::Upload).patterns(&patterns).limits(limits).budget(most).build()
        }
        Some(Wrong::SlowWithoutNeed) => case.builder().engine(EngineChoice::Simulation).build(),
        Some(Wrong::LastPatternLost) => {
            let kept = patterns[..patterns.len().saturating_sub(1)].to_vec();
            LimitsCase { patterns: kept, limits, budget }.builder().build()
        }
        Some(Wrong::OrderReversed) => {
            let reversed = patterns.into_iter().rev().collect();
            LimitsCase { patterns: reversed, limits, budget }.builder().build()
        }
        Some(Wrong::BytesCountedTwice) => with(limits.list_bytes(limits.list_bytes / 2)),
    }
}
