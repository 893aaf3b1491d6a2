//! What the committed inputs and the generators reach of the proofs: every kind of answer to every question.

use std::cell::RefCell;
use std::collections::BTreeMap;

use guestlist_fuzz::proof::prove::Answer;
use guestlist_fuzz::proof::{Proves, prover};
use guestlist_fuzz::replay::proofs_of;
use guestlist_fuzz::seed;
use guestlist_proof::{Count, Ports, Prover, Redundancy, Rules, Undecided};

/// The prover, and how often it answered what.
#[derive(Default)]
struct Counted(RefCell<BTreeMap<String, usize>>);

impl Counted {
    fn count(&self, what: String) {
        *self.0.borrow_mut().entry(what).or_default() += 1;
    }

    fn answer(&self, question: &str, answer: Answer) -> Answer {
        let kind = match &answer {
            Ok(None) => "nobody",
            Ok(Some(shown)) => {
                if shown.host.contains("xn--") {
                    self.count("somebody with a label of xn--".to_owned());
                }
                if shown.host.starts_with('[') {
                    self.count("somebody with an address in brackets".to_owned());
                }
                if shown.host.len() > 60 {
                    self.count("somebody long".to_owned());
                }
                match shown.ports {
                    Ports::Any => "somebody with any port",
                    Ports::One(443) => "somebody with 443",
                    Ports::One(80) => "somebody with 80",
                    Ports::One(_) => "somebody with another port",
                    Ports::None => "somebody without a port",
                }
            }
            Err(_) => "nothing",
        };
        self.count(format!("{question}: {kind}"));
        answer
    }
}

impl Proves for Counted {
    type Rules = Rules;

    fn rules(&self, patterns: &[&str]) -> Rules {
        prover().rules(patterns)
    }

    fn example(&self, rules: &Rules) -> Answer {
        self.answer("example", Proves::example(&prover(), rules))
    }

    fn only_in(&self, a: &Rules, b: &Rules) -> Answer {
        self.answer("only_in", Proves::only_in(&prover(), a, b))
    }

    fn in_both(&self, a: &Rules, b: &Rules) -> Answer {
        self.answer("in_both", Proves::in_both(&prover(), a, b))
    }

    fn in_both_but_not(&self, a: &Rules, b: &Rules, c: &Rules) -> Answer {
        self.answer("in_both_but_not", Proves::in_both_but_not(&prover(), a, b, c))
    }

    fn difference(&self, a: &Rules, b: &Rules) -> Answer {
        self.answer("difference", Proves::difference(&prover(), a, b))
    }

    fn each_only_in(&self, a: &Rules, b: &Rules) -> Vec<Answer> {
        let each = Proves::each_only_in(&prover(), a, b);
        each.into_iter().map(|answer| self.answer("each_only_in", answer)).collect()
    }

    fn redundant(&self, rules: &Rules) -> Vec<Result<Option<Redundancy>, Undecided>> {
        let answers = Prover::redundant(&prover(), rules);
        for answer in &answers {
            self.count(match answer {
                Ok(None) => "needed".to_owned(),
                Ok(Some(Redundancy::AdmitsNobody)) => "admits nobody".to_owned(),
                Ok(Some(Redundancy::CoveredBy(by))) => format!("covered by {}", by.len().min(3)),
                other => format!("{other:?}"),
            });
        }
        answers
    }

    fn count(&self, rules: &Rules, most_labels: usize) -> Result<Count, Undecided> {
        let counted = Prover::count(&prover(), rules, most_labels);
        self.count(match &counted {
            Ok(Count::Exactly(0)) => "none".to_owned(),
            Ok(Count::Exactly(1)) => "one".to_owned(),
            Ok(Count::Exactly(2..=99)) => "some".to_owned(),
            Ok(Count::Exactly(_)) => "many".to_owned(),
            Ok(Count::Unbounded) => "ever more".to_owned(),
            Ok(Count::Between(..)) => "between".to_owned(),
            other => format!("{other:?}"),
        });
        counted
    }
}

/// What must be met for a property, by the inputs that are committed and by those made of a seed.
const REACHED: &[(&str, &[&str])] = &[
    (
        "proof_of_difference",
        &[
            "only_in: nobody",
            "only_in: somebody with any port",
            "only_in: somebody with 443",
            "only_in: somebody with 80",
            "only_in: somebody with another port",
            "only_in: somebody without a port",
            "difference: nobody",
            "each_only_in: nobody",
            "somebody with a label of xn--",
            "somebody with an address in brackets",
        ],
    ),
    (
        "proof_of_overlap",
        &[
            "example: somebody with any port",
            "in_both: nobody",
            "in_both: somebody with any port",
            "in_both_but_not: nobody",
            "in_both_but_not: somebody with any port",
        ],
    ),
    ("proof_of_redundancy", &["needed", "covered by 1", "covered by 2", "covered by 3"]),
    ("proof_of_count", &["none", "one", "some", "many", "ever more"]),
];
/// What the committed inputs reach besides, since few others do.
const REACHED_BY_COMMITTED: &[(&str, &[&str])] = &[
    ("proof_of_difference", &["somebody long"]),
    ("proof_of_redundancy", &["admits nobody"]),
    ("proof_of_count", &["between"]),
];

#[test]
fn every_kind_of_answer_is_reached() {
    let mut missing = Vec::new();
    let mut report = String::new();
    for (name, property) in proofs_of::<Counted>() {
        let committed = seed::committed("corpus", name).unwrap();
        let random = seed::inputs(&[], 600);
        for (from, inputs) in [("committed", committed), ("made", random.collect())] {
            let counted = Counted::default();
            for input in &inputs {
                assert_eq!(property(&counted, input), Ok(()));
            }
            let counts = counted.0.into_inner();
            report += &format!("{name}, {} {from} inputs: {counts:?}\n", inputs.len());
            let besides = if from == "committed" { REACHED_BY_COMMITTED } else { &[] };
            let asked = REACHED.iter().chain(besides).filter(|(property, _)| *property == name);
            for what in asked.flat_map(|(_, asked)| *asked) {
                if !counts.contains_key(*what) {
                    missing.push(format!("{name}: {what}, by {from} inputs"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "hardly reached: {missing:#?}\n{report}");
}
