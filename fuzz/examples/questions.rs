//! Random lists and the prover's answers about them, a JSON object a line: what `fuzz/cross-check` holds against another implementation of automata.
//!
//! ```text
//! cargo run --release -p guestlist-fuzz --example questions -- 200
//! ```

use std::io::Write as _;

use guestlist_fuzz::generate::rules_case;
use guestlist_fuzz::seed;
use guestlist_proof::{Count, Ports, Prover, Redundancy, Rules, Undecided, Witness};
use serde_json::{Value, json};

/// Longest pattern. Long names make large automata, and show nothing that short ones do not.
const LEN: usize = 24;
/// Most places of single characters side by side: five of them are a label that may begin with `xn--`.
const WILD: &str = "?????";

type Failure = Box<dyn core::error::Error>;

fn main() -> Result<(), Failure> {
    let count: usize = std::env::args().nth(1).ok_or("how many pairs of lists?")?.parse()?;
    let pairs = seed::inputs(&[], u64::MAX).filter_map(|input| rules_case(&input).ok()).filter_map(|case| {
        let [a, b, _] = case
            .lists
            .map(|patterns| patterns.into_iter().filter(|text| is_common(text)).collect::<Vec<_>>());
        (!a.is_empty() && !b.is_empty()).then_some((a, b))
    });
    let mut output = std::io::stdout().lock();
    for (a, b) in pairs.take(count) {
        writeln!(output, "{}", answers(&a, &b)?)?;
    }
    Ok(())
}

/// Whether both sides speak of the pattern in the same way: the other one knows no A-labels, whose validity is no regular language, no addresses in brackets and no lengths.
fn is_common(text: &str) -> bool {
    let is_address = text.starts_with('[') && text.contains("::");
    let host = text.split(':').next().unwrap_or(text);
    text.len() <= LEN && !text.contains("xn-") && !is_address && !host.contains(WILD)
}

fn answers(a: &[String], b: &[String]) -> Result<Value, Failure> {
    let prover = Prover::new();
    let (rules_a, rules_b) = (Rules::parse(a)?, Rules::parse(b)?);
    let all: Rules = rules_a.patterns().iter().chain(rules_b.patterns()).cloned().collect();
    let redundant: Vec<Value> =
        prover.redundant(&all).into_iter().map(|answer| answer.map(redundancy)).collect::<Result<_, _>>()?;
    Ok(json!({
        "a": a,
        "b": b,
        "example": shown(prover.example(&rules_a))?,
        "only_a": shown(prover.only_in(&rules_a, &rules_b))?,
        "only_b": shown(prover.only_in(&rules_b, &rules_a))?,
        "both": shown(prover.in_both(&rules_a, &rules_b))?,
        "difference": shown(prover.difference(&rules_a, &rules_b))?,
        "redundant": redundant,
        "count": number(prover.count(&rules_a, 9)?)?,
        "count_two": number(prover.count(&rules_a, 2)?)?,
    }))
}

/// Nobody is `null`; a host has its port, `"any"` or `null` for none.
fn shown(answer: Result<Option<Witness>, Undecided>) -> Result<Value, Undecided> {
    Ok(answer?.map_or(Value::Null, |witness| {
        let port = match witness.ports() {
            Ports::Any => json!("any"),
            Ports::One(port) => json!(port),
            Ports::None => Value::Null,
        };
        json!({ "host": witness.host(), "port": port })
    }))
}

/// A rule that is needed is `null`, others have those who cover them.
fn redundancy(redundancy: Option<Redundancy>) -> Value {
    match redundancy {
        None => Value::Null,
        Some(Redundancy::CoveredBy(by)) => json!(by),
        Some(_) => json!([]),
    }
}

/// A decimal number as text, since JSON readers round large ones; `null` for ever more.
fn number(count: Count) -> Result<Value, Failure> {
    match count {
        Count::Exactly(count) => Ok(json!(count.to_string())),
        Count::Unbounded => Ok(Value::Null),
        other => Err(format!("{other:?}, though no label can begin with xn--").into()),
    }
}
