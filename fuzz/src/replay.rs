//! The properties by name: bytes in, agreement out. Fuzz targets and the folders of `corpus/` and `crashes/` have these names.

use arbitrary::{Result, Unstructured};

use crate::gate_case::strings;
use crate::generate::RulesCase;
use crate::limits::LimitsCase;
use crate::oracle::Agreement;
use crate::policy::PolicyCase;
use crate::proof::budget::budgets_hold;
use crate::proof::count::counts_hold;
use crate::proof::difference::differences_hold;
use crate::proof::findings::findings_hold;
use crate::proof::naive::accepted;
use crate::proof::overlap::overlaps_hold;
use crate::proof::redundancy::redundancies_hold;
use crate::proof::{Proves, prover};
use crate::subject::{Engine, Subject};
use crate::{browser, config, generate, laws, limits, oracle, policy};
use guestlist::{List, ListError};
use guestlist_proof::Budget;

/// A property of the engine, or of another part, and how bytes become a case of it.
pub type Property = fn(&[u8]) -> Agreement;

/// A property of any subject.
pub type PropertyOf<S> = fn(&S, &[u8]) -> Agreement;

macro_rules! properties {
    ([$($name:ident = $of:ident($engine:ident),)+] [$($proof:ident = $proof_of:ident,)+] $($own:ident,)*) => {
        /// Every property, under its name.
        pub const PROPERTIES: &[(&str, Property)] =
            &[$((stringify!($name), $name),)+ $((stringify!($proof), $proof),)+ $((stringify!($own), $own),)*];

        /// The properties that any subject can have, under their names.
        pub fn properties_of<S: Subject>() -> Vec<(&'static str, PropertyOf<S>)> {
            vec![$((stringify!($name), $of as PropertyOf<S>),)+]
        }

        $(
            #[doc = concat!("[`", stringify!($of), "`] of [`Engine::", stringify!($engine), "`].")]
            pub fn $name(bytes: &[u8]) -> Agreement {
                $of(&Engine::$engine, bytes)
            }
        )+

        /// The properties that whatever answers questions about lists can have, under their names.
        pub fn proofs_of<P: Proves>() -> Vec<(&'static str, PropertyOf<P>)> {
            vec![$((stringify!($proof), $proof_of as PropertyOf<P>),)+]
        }

        $(
            #[doc = concat!("[`", stringify!($proof_of), "`] of [`prover`].")]
            pub fn $proof(bytes: &[u8]) -> Agreement {
                $proof_of(&prover(), bytes)
            }
        )+
    };
}

properties! {
    // Of any subject, and so of the engine in these configurations:
    [
    pattern_text_agrees_with_reference = pattern_text(DEFAULT),
    pattern_agrees_with_reference = pattern(DEFAULT),
    list_agrees_with_reference = list(EVERY),
    header_agrees_with_reference = header(DEFAULT),
    origin_agrees_with_url = origin(DEFAULT),
    gate_agrees_with_reference = gate(DEFAULT),
    union_is_exactly_its_parts = union(IN_AND_OVER_BUDGET),
    ]
    // Of the prover, and of others that answer its questions:
    [
    proof_of_difference = difference,
    proof_of_overlap = overlap,
    proof_of_redundancy = redundancy,
    proof_of_count = count,
    ]
    // Of the engine, of the prover, of the command line tool, or of policies, alone:
    limits_hold,
    proof_within_budget,
    lint_findings_hold,
    config_roundtrip,
    policy_verify_takes_only_what_was_signed,
    policy_json_is_read_to_an_end,
    policy_round_trip,
}

/// The bytes are the text of a pattern: [`oracle::pattern_agrees`].
pub fn pattern_text(subject: &impl Subject, bytes: &[u8]) -> Agreement {
    core::str::from_utf8(bytes).map_or(Ok(()), |text| same_pattern(subject, text))
}

/// A pattern of the generator: [`oracle::pattern_agrees`].
pub fn pattern(subject: &impl Subject, bytes: &[u8]) -> Agreement {
    case(generate::pattern(&mut Unstructured::new(bytes)), |text| same_pattern(subject, &text))
}

fn same_pattern(subject: &impl Subject, text: &str) -> Agreement {
    with_test(oracle::pattern_agrees(subject, text), || {
        format!("oracle::pattern_agrees(&Engine::DEFAULT, {text:?})")
    })
}

/// A list of 1 to 20 patterns: [`oracle::list_agrees`].
pub fn list(subject: &impl Subject, bytes: &[u8]) -> Agreement {
    case(generate::list_case(bytes), |(patterns, hosts)| {
        with_test(oracle::list_agrees(subject, &patterns, &hosts), || {
            format!("oracle::list_agrees(&Engine::EVERY, &{}, &{})", strings(&patterns), strings(&hosts))
        })
    })
}

/// A list of 1 to 20 patterns and each of them alone: [`laws::union_is_its_parts`].
pub fn union(subject: &impl Subject, bytes: &[u8]) -> Agreement {
    case(generate::list_case(bytes), |(patterns, hosts)| {
        with_test(laws::union_is_its_parts(subject, &patterns, &hosts), || {
            let (patterns, hosts) = (strings(&patterns), strings(&hosts));
            format!("laws::union_is_its_parts(&Engine::IN_AND_OVER_BUDGET, &{patterns}, &{hosts})")
        })
    })
}

/// Patterns near the limits, limits and budgets large and small: [`limits::limits_hold`].
pub fn limits_hold(bytes: &[u8]) -> Agreement {
    limits_hold_when(|case| case.builder().build(), bytes)
}

/// [`limits_hold`] of another way to save a list.
pub fn limits_hold_when(
    save: impl Fn(&LimitsCase) -> core::result::Result<List, ListError>,
    bytes: &[u8],
) -> Agreement {
    case(generate::limits_case(bytes), |(case, hosts)| {
        with_test(limits::limits_hold_when(save, &case, &hosts), || {
            format!("limits::limits_hold(&{}, &{})", case.to_rust(), strings(&hosts))
        })
    })
}

/// Two lists: [`differences_hold`].
pub fn difference(subject: &impl Proves, bytes: &[u8]) -> Agreement {
    case(generate::rules_case(bytes), |RulesCase { lists: [a, b, _], near, .. }| {
        with_test(differences_hold(subject, &a, &b, &near), || {
            let lists = [&a, &b].map(|patterns| strings(patterns));
            format!("differences_hold(&prover(), &{}, &{}, &{})", lists[0], lists[1], strings(&near))
        })
    })
}

/// Three lists: [`overlaps_hold`].
pub fn overlap(subject: &impl Proves, bytes: &[u8]) -> Agreement {
    case(generate::rules_case(bytes), |RulesCase { lists: [a, b, c], near, .. }| {
        with_test(overlaps_hold(subject, &a, &b, &c, &near), || {
            let lists = [&a, &b, &c].map(|patterns| format!("&{}", strings(patterns))).join(", ");
            format!("overlaps_hold(&prover(), {lists}, &{})", strings(&near))
        })
    })
}

/// A list of several patterns: [`redundancies_hold`].
pub fn redundancy(subject: &impl Proves, bytes: &[u8]) -> Agreement {
    case(generate::rules_case(bytes), |RulesCase { lists: [a, b, _], near, .. }| {
        let patterns = accepted(&[a, b].concat());
        with_test(redundancies_hold(subject, &patterns, &near), || {
            format!("redundancies_hold(&prover(), &{}, &{})", strings(&patterns), strings(&near))
        })
    })
}

/// A list of small patterns: [`counts_hold`].
pub fn count(subject: &impl Proves, bytes: &[u8]) -> Agreement {
    case(generate::small_rules_case(bytes), |RulesCase { lists: [patterns, ..], number, .. }| {
        // Most have two labels or three, and some addresses.
        let most_labels = number.min(5);
        with_test(counts_hold(subject, &patterns, most_labels), || {
            format!("counts_hold(&prover(), &{}, {most_labels})", strings(&patterns))
        })
    })
}

/// Two lists and a budget: [`budgets_hold`].
pub fn proof_within_budget(bytes: &[u8]) -> Agreement {
    case(generate::rules_case(bytes), |RulesCase { lists: [a, b, _], number, .. }| {
        let (steps, candidates) = (1 << (number * 2), (number * number) as u64);
        let budget = Budget::default().steps(steps).candidates(candidates);
        with_test(budgets_hold(&a, &b, budget), || {
            let budget = format!("ProofBudget::default().steps({steps}).candidates({candidates})");
            format!("budgets_hold(&{}, &{}, {budget})", strings(&a), strings(&b))
        })
    })
}

/// A list of patterns that people write: [`findings_hold`].
pub fn lint_findings_hold(bytes: &[u8]) -> Agreement {
    case(generate::linted_list(bytes), |patterns| {
        with_test(findings_hold(&patterns), || format!("findings_hold(&{})", strings(&patterns)))
    })
}

/// The bytes are the value of a header, and make another: [`oracle::header_agrees`].
pub fn header(subject: &impl Subject, bytes: &[u8]) -> Agreement {
    headers(bytes, |value| {
        with_test(oracle::header_agrees(subject, value), || {
            format!("oracle::header_agrees(&Engine::DEFAULT, b\"{}\")", value.escape_ascii())
        })
    })
}

/// The bytes are the value of a header, and make another: [`browser::origin_agrees`].
pub fn origin(subject: &impl Subject, bytes: &[u8]) -> Agreement {
    headers(bytes, |value| {
        with_test(browser::origin_agrees(subject, value), || {
            format!("browser::origin_agrees(&Engine::DEFAULT, b\"{}\")", value.escape_ascii())
        })
    })
}

fn headers(bytes: &[u8], agrees: impl Fn(&[u8]) -> Agreement) -> Agreement {
    agrees(bytes)?;
    case(generate::header_case(bytes), |value| agrees(&value))
}

/// A list and the headers of a request: [`oracle::gate_agrees`] and [`laws::gate_laws`].
pub fn gate(subject: &impl Subject, bytes: &[u8]) -> Agreement {
    case(generate::gate_case(bytes), |case| {
        with_test(oracle::gate_agrees(subject, &case), || {
            format!("oracle::gate_agrees(&Engine::DEFAULT, &{})", case.to_rust())
        })?;
        with_test(laws::gate_laws(subject, &case), || {
            format!("laws::gate_laws(&Engine::DEFAULT, &{})", case.to_rust())
        })
    })
}

/// The bytes are the text of a configuration, and make another: [`config::config_roundtrips`].
pub fn config_roundtrip(bytes: &[u8]) -> Agreement {
    let roundtrips = |text: &str| {
        with_test(config::config_roundtrips(text), || format!("config::config_roundtrips({text:?})"))
    };
    roundtrips(&String::from_utf8_lossy(bytes))?;
    case(config::text(&mut Unstructured::new(bytes)), |text| roundtrips(&text))
}

/// The bytes are a policy as it is sent, and make the JSON of another, with a secret and forgeries: [`policy::takes_only_what_was_signed`].
pub fn policy_verify_takes_only_what_was_signed(bytes: &[u8]) -> Agreement {
    let takes = |case: &PolicyCase, text: &[u8]| {
        with_test(policy::takes_only_what_was_signed(&case.secret, text, &case.choices), || {
            format!(
                "policy::takes_only_what_was_signed({}, {}, {})",
                raw(&case.secret),
                raw(text),
                raw(&case.choices)
            )
        })
    };
    takes(&PolicyCase::fixed(), bytes)?;
    case(PolicyCase::generate(bytes), |case| takes(&case, policy::encode(case.json.as_bytes()).as_bytes()))
}

/// The bytes are the JSON of a policy, and make another, with a request: [`policy::json_is_read_to_an_end`].
pub fn policy_json_is_read_to_an_end(bytes: &[u8]) -> Agreement {
    let is_read = |case: &PolicyCase, json: &[u8]| {
        with_test(policy::json_is_read_to_an_end(json, &case.choices), || {
            format!("policy::json_is_read_to_an_end({}, {})", raw(json), raw(&case.choices))
        })
    };
    is_read(&PolicyCase::fixed(), bytes)?;
    case(PolicyCase::generate(bytes), |case| is_read(&case, case.json.as_bytes()))
}

/// The bytes are the JSON of a policy, and make another: [`policy::round_trips`].
pub fn policy_round_trip(bytes: &[u8]) -> Agreement {
    let round_trips =
        |json: &[u8]| with_test(policy::round_trips(json), || format!("policy::round_trips({})", raw(json)));
    round_trips(bytes)?;
    case(PolicyCase::generate(bytes), |case| round_trips(case.json.as_bytes()))
}

/// Bytes as they stand in Rust.
fn raw(bytes: &[u8]) -> String {
    format!("b\"{}\"", bytes.escape_ascii())
}

/// Adds to a disagreement the line that makes it a Rust test.
fn with_test(verdict: Agreement, call: impl FnOnce() -> String) -> Agreement {
    verdict.map_err(|disagreement| format!("{disagreement}\n    assert_eq!({}, Ok(()));", call()))
}

/// Bytes that run out make no case, and nothing to disagree on.
fn case<T>(case: Result<T>, agrees: impl FnOnce(T) -> Agreement) -> Agreement {
    case.map_or(Ok(()), agrees)
}
