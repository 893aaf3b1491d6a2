//! What holds of the engine by itself, whatever the patterns mean.

use guestlist::{
    Allowance, Budget, Decision, Engine, EngineChoice, EngineKind, Gate, Limits, List, ListType, Mode,
    Origin, Outcome, Pattern, RequestHeaders,
};

use crate::oracle::{Agreement, GateCase, borrow, strings};

/// A list accepts a host exactly when one of its patterns alone does; the rules it names are those patterns.
pub fn union_is_its_parts(patterns: &[String], hosts: &[String]) -> Agreement {
    let list = List::builder(ListType::Upload).patterns(patterns).restore();
    let tight = Budget::default().states(12);
    let bounded = List::builder(ListType::Upload).patterns(patterns).budget(tight).restore();
    let parts: Vec<List> = list
        .rules()
        .iter()
        .map(|rule| List::builder(ListType::Upload).pattern(rule.pattern().canonical()).restore())
        .collect();
    for host in hosts {
        let Ok(origin) = Origin::from_host(host.as_bytes()) else { continue };
        let expected: Vec<usize> =
            parts.iter().enumerate().filter(|(_, part)| part.is_match(&origin)).map(|(at, _)| at).collect();
        for list in [&list, &bounded] {
            let matches: Vec<usize> =
                list.matches(&origin).into_iter().map(guestlist::RuleId::index).collect();
            let first = list.find(&origin).map(guestlist::RuleId::index);
            let is_match = list.is_match(&origin);
            if matches != expected || first != expected.first().copied() || is_match == expected.is_empty() {
                return Err(format!(
                    "{host:?}: rules {matches:?}, first {first:?}, is_match {is_match}; one by one {expected:?}; {}",
                    list.engine()
                ));
            }
        }
    }
    Ok(())
}

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

/// A list that is saved is within its limits, and its automaton is within the budget or the list says that another engine decides; either way it
/// answers as the simulation does.
pub fn limits_hold(case: &LimitsCase, hosts: &[String]) -> Agreement {
    let LimitsCase { patterns, limits, budget } = case;
    let mut builder = List::builder(ListType::Upload).patterns(patterns).limits(*limits);
    if let Some(budget) = budget {
        builder = builder.budget(*budget);
    }
    let list = match builder.build() {
        Ok(list) => list,
        Err(error) => {
            let count = error.patterns().len();
            let has_reason = count > 0 || error.too_many().is_some() || error.too_large().is_some();
            return if has_reason && !error.to_string().is_empty() {
                Ok(())
            } else {
                Err("refused without a reason".to_string())
            };
        }
    };
    let texts: Vec<&str> = list.rules().iter().map(|rule| rule.pattern().canonical()).collect();
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    let longest = texts.iter().map(|text| text.len()).max().unwrap_or(0);
    if texts.len() > limits.patterns || bytes > limits.list_bytes || longest > limits.pattern_bytes {
        return Err(format!("saved with {} rules of {bytes} bytes, the longest {longest}", texts.len()));
    }
    let budget = budget.unwrap_or_else(|| Budget::for_rules(texts.len()));
    let Engine { kind, states, bytes, .. } = list.engine();
    // What each state accepts stands beside the table, which the budget is about.
    let beside = 1024 + states.saturating_mul(4 * (texts.len() + 1));
    if kind == EngineKind::Dfa && (states > budget.states || bytes > budget.bytes.saturating_add(beside)) {
        return Err(format!("{} with {budget:?}", list.engine()));
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

/// What holds of decisions, whatever is decided:
///
/// - what a rule allows, that rule allows alone;
/// - a pattern that is added to an enforced list never turns an allow into a deny;
/// - the order of patterns never changes whether a request is allowed, nor why it is denied;
/// - the case of ASCII letters in patterns and headers never changes anything.
pub fn gate_laws(case: &GateCase) -> Agreement {
    let good: Vec<&str> =
        case.patterns.iter().map(String::as_str).filter(|text| Pattern::parse(text).is_ok()).collect();
    let (origin, referer) = (borrow(&case.origin), borrow(&case.referer));
    let headers = RequestHeaders::new().origins(origin.iter().copied()).referers(referer.iter().copied());
    let full = gate(case, &good, None)?;
    let mode = full.list(case.list_type).mode();
    let decision = full.decide(case.list_type, &headers);
    let differs = |law: &str, other: &Decision| Err(format!("{law}: {decision}; then {other}"));

    if let Outcome::Allow(Allowance::Matched(rule)) = decision.outcome() {
        let text = full.list(case.list_type).rule(rule).pattern().source();
        let alone = gate(case, &[text], Some(mode))?.decide(case.list_type, &headers);
        if !matches!(alone.outcome(), Outcome::Allow(Allowance::Matched(rule)) if rule.index() == 0) {
            return differs("the rule alone", &alone);
        }
    }

    for left_out in 0..good.len() {
        let mut fewer = good.clone();
        fewer.remove(left_out);
        let fewer = gate(case, &fewer, Some(mode))?.decide(case.list_type, &headers);
        if matches!(fewer.outcome(), Outcome::Allow(_)) && !matches!(decision.outcome(), Outcome::Allow(_)) {
            return differs(&format!("pattern {} left out", left_out + 1), &fewer);
        }
    }

    for turned in 0..good.len() {
        let mut reordered = good.clone();
        reordered.rotate_left(turned);
        reordered[turned..].reverse();
        let reordered = gate(case, &reordered, Some(mode))?.decide(case.list_type, &headers);
        let same = match (decision.outcome(), reordered.outcome()) {
            (Outcome::Allow(Allowance::Matched(_)), Outcome::Allow(Allowance::Matched(_))) => true,
            (one, other) => one == other,
        };
        if !same {
            return differs("in another order", &reordered);
        }
    }

    for recase in [str::to_ascii_uppercase as fn(&str) -> String, str::to_ascii_lowercase] {
        let patterns: Vec<String> = case.patterns.iter().map(|text| recase(text)).collect();
        for (text, again) in case.patterns.iter().zip(&patterns) {
            let canonical = |text: &str| Pattern::parse(text).map(|p| p.canonical().to_string()).ok();
            if canonical(text) != canonical(again) {
                return Err(format!("{text:?} and {again:?} are not saved alike"));
            }
        }
        let patterns: Vec<&str> =
            patterns.iter().map(String::as_str).filter(|text| Pattern::parse(text).is_ok()).collect();
        let upper = recase("a") == "A";
        let (origin, referer) = (recased(&case.origin, upper), recased(&case.referer, upper));
        let headers = RequestHeaders::new()
            .origins(origin.iter().map(Vec::as_slice))
            .referers(referer.iter().map(Vec::as_slice));
        let again = gate(case, &patterns, Some(mode))?.decide(case.list_type, &headers);
        if again.outcome() != decision.outcome() {
            return differs("with letters in another case", &again);
        }
    }
    Ok(())
}

/// `null` alone has a case of its own (`docs/semantics.md`, item 15).
fn recased(values: &[Vec<u8>], upper: bool) -> Vec<Vec<u8>> {
    let recase = |value: &Vec<u8>| match value {
        value if value.trim_ascii().eq_ignore_ascii_case(b"null") => value.clone(),
        value if upper => value.to_ascii_uppercase(),
        value => value.to_ascii_lowercase(),
    };
    values.iter().map(recase).collect()
}

/// The gate of a case with other patterns, in a mode that does not follow from their number.
fn gate(case: &GateCase, patterns: &[&str], mode: Option<Mode>) -> Result<Gate, String> {
    let mut builder = List::builder(case.list_type).patterns(patterns);
    if let Some(mode) = mode.or(case.mode) {
        builder = builder.mode(mode);
    }
    if let Some(block_missing) = case.block_missing {
        builder = builder.block_missing(block_missing);
    }
    let gate = Gate::new().with_list(builder.restore());
    if case.capacitor {
        return gate.dangerously_support_scheme("capacitor").map_err(|error| error.to_string());
    }
    Ok(gate)
}
