//! The properties, one function each: `Ok` or the disagreement in words.

use guestlist::{
    Allowance, Budget, Denial, Direction, EngineChoice, Gate, Host, List, ListType, Mode, NoOrigin, Origin,
    Outcome, Pattern, RequestHeaders,
};
use guestlist_reference as reference;

/// What is wrong with a case, and a line for the tables of `testdata/`.
pub type Agreement = Result<(), String>;

/// Every way the engine can decide a list.
pub const ENGINES: [(EngineChoice, usize); 6] = [
    (EngineChoice::Auto, usize::MAX),
    (EngineChoice::Dfa(Direction::Forward), usize::MAX),
    (EngineChoice::Dfa(Direction::Reverse), usize::MAX),
    (EngineChoice::Auto, 12),
    (EngineChoice::Bounded, usize::MAX),
    (EngineChoice::Simulation, usize::MAX),
];

/// Engine and reference both accept or both refuse a pattern, give it the same canonical text, and that parses to itself.
pub fn pattern_agrees(text: &str) -> Agreement {
    let engine = Pattern::parse(text);
    let naive = reference::Pattern::parse(text);
    match (&engine, &naive) {
        (Ok(engine), Ok(naive)) if engine.canonical() != naive.canonical() => {
            Err(format!("{text:?}: canonical {:?}, reference {:?}", engine.canonical(), naive.canonical()))
        }
        (Ok(engine), Ok(_)) => match Pattern::parse(engine.canonical()) {
            Ok(again) if again.canonical() == engine.canonical() => Ok(()),
            Ok(again) => {
                Err(format!("{text:?}: {:?} is saved again as {:?}", engine.canonical(), again.canonical()))
            }
            Err(error) => Err(format!("{text:?}: canonical {:?} is refused: {error}", engine.canonical())),
        },
        (Err(error), Err(_)) => {
            // A message must be drawable, and its span inside the text, whatever the text.
            let span = error.span();
            let drawn = error.to_string();
            if span.start <= span.end && error.text().get(span.range()).is_some() && drawn.contains("help:") {
                Ok(())
            } else {
                Err(format!("{text:?}: the error has the span {span:?}: {drawn}"))
            }
        }
        (Ok(engine), Err(why)) => {
            Err(format!("{text:?}: saved as {:?}, the reference refuses it: {why}", engine.canonical()))
        }
        (Err(error), Ok(naive)) => {
            Err(format!("{text:?}: the reference saves it as {:?}, refused: {error}", naive.canonical()))
        }
    }
}

/// Engine and reference agree on which rules match each host, in every configuration of the engine, and on which is the first.
///
/// Patterns that are refused are left out; hosts are bare.
pub fn list_agrees(patterns: &[String], hosts: &[String]) -> Agreement {
    let naive: Vec<_> = patterns.iter().filter_map(|text| reference::Pattern::parse(text).ok()).collect();
    let naive = reference::List::new(reference::ListType::Upload, reference::dedup(naive));
    for (choice, states) in ENGINES {
        let budget = Budget::default();
        let budget = budget.states(budget.states.min(states));
        let list = List::builder(ListType::Upload).patterns(patterns).engine(choice).budget(budget).restore();
        for host in hosts {
            let (Ok(origin), Some(naive_origin)) =
                (Origin::from_host(host.as_bytes()), reference::read_host(host.as_bytes()))
            else {
                if Origin::from_host(host.as_bytes()).is_ok()
                    || reference::read_host(host.as_bytes()).is_some()
                {
                    return Err(format!("{host:?} is a host to one of the two only"));
                }
                continue;
            };
            let expected = naive.matches(&naive_origin);
            let matches: Vec<usize> =
                list.matches(&origin).into_iter().map(guestlist::RuleId::index).collect();
            let first = list.find(&origin).map(guestlist::RuleId::index);
            let is_match = list.is_match(&origin);
            if matches != expected || first != expected.first().copied() || is_match == expected.is_empty() {
                return Err(format!(
                    "{patterns:?} and {host:?}: rules {matches:?}, first {first:?}, is_match {is_match}; the reference says {expected:?}; {}",
                    list.engine()
                ));
            }
        }
    }
    Ok(())
}

/// Engine and reference read the same origin from any bytes, or both none for the same reason.
pub fn header_agrees(value: &[u8]) -> Agreement {
    same_header(value, "Origin", Origin::from_origin_header(value), &reference::read_origin(value))?;
    same_header(value, "Referer", Origin::from_referer_header(value), &reference::read_referer(value))
}

fn same_header(
    value: &[u8],
    name: &str,
    engine: Result<Origin<'_>, NoOrigin>,
    naive: &reference::Header,
) -> Agreement {
    let same = match (&engine, naive) {
        (Err(NoOrigin::Missing), reference::Header::Missing)
        | (Err(NoOrigin::Opaque), reference::Header::Opaque)
        | (Err(NoOrigin::Malformed(_)), reference::Header::Malformed) => true,
        (Ok(engine), reference::Header::Origin(naive)) => {
            let host = match (engine.host(), &naive.host) {
                (Host::Name(name), reference::Host::Name(naive)) => name.to_ascii_lowercase() == *naive,
                (Host::Ipv6(groups), reference::Host::Ipv6(naive)) => groups == *naive,
                _ => false,
            };
            let scheme = engine.scheme().map(|scheme| scheme.as_str().to_ascii_lowercase());
            host && scheme == naive.scheme && engine.port() == naive.port
        }
        _ => false,
    };
    if same {
        Ok(())
    } else {
        Err(format!("{name}: \"{}\": {engine:?}, reference {naive:?}", value.escape_ascii()))
    }
}

/// An app's list and the headers of a request.
#[derive(Clone, Debug)]
pub struct GateCase {
    /// Which list is asked.
    pub list_type: ListType,
    /// Its patterns; those that are refused are left out.
    pub patterns: Vec<String>,
    /// Its mode, or none for the default.
    pub mode: Option<Mode>,
    /// Its `block_missing`, or none for the default.
    pub block_missing: Option<bool>,
    /// Whether the gate names the scheme `capacitor`.
    pub capacitor: bool,
    /// Every `Origin` value.
    pub origin: Vec<Vec<u8>>,
    /// Every `Referer` value.
    pub referer: Vec<Vec<u8>>,
}

impl GateCase {
    /// The case as a Rust expression.
    pub fn to_rust(&self) -> String {
        let values = |values: &[Vec<u8>]| {
            let values: Vec<String> =
                values.iter().map(|value| format!("b\"{}\".to_vec()", value.escape_ascii())).collect();
            format!("vec![{}]", values.join(", "))
        };
        format!(
            "GateCase {{ list_type: ListType::{:?}, patterns: {}, mode: {}, block_missing: {:?}, capacitor: {}, origin: {}, referer: {} }}",
            self.list_type,
            strings(&self.patterns),
            self.mode.map_or("None".to_string(), |mode| format!("Some(Mode::{mode:?})")),
            self.block_missing,
            self.capacitor,
            values(&self.origin),
            values(&self.referer),
        )
    }
}

/// Strings as a Rust expression.
pub fn strings(texts: &[String]) -> String {
    format!("Vec::from({texts:?}.map(String::from) as [String; {}])", texts.len())
}

/// Gate and reference decide alike, with the same reason and rule; and the letters of the headers may be in either case.
pub fn gate_agrees(case: &GateCase) -> Agreement {
    let good: Vec<&String> = case.patterns.iter().filter(|text| Pattern::parse(text).is_ok()).collect();
    let mut builder = List::builder(case.list_type).patterns(&good);
    let naive = good.iter().filter_map(|text| reference::Pattern::parse(text).ok()).collect();
    let naive_type = match case.list_type {
        ListType::Upload => reference::ListType::Upload,
        ListType::Delivery => reference::ListType::Delivery,
    };
    let mut list = reference::List::new(naive_type, reference::dedup(naive));
    if let Some(mode) = case.mode {
        builder = builder.mode(mode);
        list.mode = match mode {
            Mode::Off => reference::Mode::Off,
            Mode::Report => reference::Mode::Report,
            Mode::Enforce => reference::Mode::Enforce,
        };
    }
    if let Some(block_missing) = case.block_missing {
        builder = builder.block_missing(block_missing);
        list.block_missing = block_missing;
    }
    let mut gate = Gate::new().with_list(builder.restore());
    let mut schemes: &[&str] = &[];
    if case.capacitor {
        gate = gate.dangerously_support_scheme("capacitor").map_err(|error| error.to_string())?;
        schemes = &["capacitor"];
    }
    let (origin, referer) = (borrow(&case.origin), borrow(&case.referer));
    let headers = RequestHeaders::new().origins(origin.iter().copied()).referers(referer.iter().copied());
    let decision = gate.decide(case.list_type, &headers);
    let expected = reference::decide(naive_type, &list, schemes, &origin, &referer);
    let actual = match decision.outcome() {
        Outcome::Allow(Allowance::NotEnforced) => reference::Verdict::NotEnforced,
        Outcome::Allow(Allowance::MissingHeader) => reference::Verdict::MissingAllowed,
        Outcome::Allow(Allowance::Matched(rule)) => reference::Verdict::Matched(rule.index()),
        Outcome::Deny(Denial::MissingHeader) => reference::Verdict::MissingDenied,
        Outcome::Deny(Denial::Malformed(_)) => reference::Verdict::Malformed,
        Outcome::Deny(Denial::OpaqueOrigin) => reference::Verdict::OpaqueOrigin,
        Outcome::Deny(Denial::UnsupportedScheme) => reference::Verdict::UnsupportedScheme,
        Outcome::Deny(_) => reference::Verdict::NoMatch,
    };
    if actual != expected {
        return Err(format!("{case:?}: {actual:?}, reference {expected:?}"));
    }
    if decision.lets_through() != (expected.is_allow() || gate.list(case.list_type).mode() == Mode::Report) {
        return Err(format!("{case:?}: lets through {} with {decision}", decision.lets_through()));
    }
    // A near miss is for denials, and names a rule that exists.
    if let Some(near) = gate.near_miss(case.list_type, &headers)
        && (decision.denial() != Some(Denial::NoMatch)
            || near.rule.index() >= gate.list(case.list_type).rules().len())
    {
        return Err(format!("{case:?}: {near:?} with {decision}"));
    }
    Ok(())
}

pub(crate) fn borrow(values: &[Vec<u8>]) -> Vec<&[u8]> {
    values.iter().map(Vec::as_slice).collect()
}
