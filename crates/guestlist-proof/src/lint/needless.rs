//! Rules that nobody would miss: duplicates, shadowed rules, rules that admit nobody.

use std::collections::BTreeMap;

use guestlist::{List, Pattern};

use super::Linter;
use super::code::Code;
use super::finding::{Finding, Suggestion};
use crate::prover::Redundancy;

/// A finding for each rule that it is about. Together these rules can be taken out: none is covered by another one of them.
///
/// What only rules cover that let in strangers may be needed once those are mended, which is said; and of two that both let in strangers only the strangers are spoken of.
pub(super) fn findings(linter: &Linter<'_>, is_open: &dyn Fn(usize) -> bool) -> BTreeMap<usize, Finding> {
    let patterns = linter.rules.patterns();
    let (needless, undecided) = linter.prover.removable(linter.rules);
    if let Some(undecided) = undecided {
        linter.undecided(undecided);
    }
    let findings =
        needless.into_iter().map(|(rule, redundancy)| (rule, finding(linter, patterns, rule, redundancy)));
    findings
        .filter_map(|(rule, mut finding)| {
            let open = finding.rules.iter().copied().find(|other| is_open(*other));
            match (finding.code, open) {
                (Code::Shadowed, Some(_)) if is_open(rule) => return None,
                (Code::Shadowed, Some(open)) => {
                    let advice = format!(
                        "mend rule {} first, which lets in strangers; once it is narrower, this one may be needed",
                        open + 1
                    );
                    finding.suggestion = Some(Suggestion::Advice(advice));
                }
                _ => {}
            }
            Some((rule, finding))
        })
        .collect()
}

fn finding(linter: &Linter<'_>, patterns: &[Pattern], rule: usize, redundancy: Redundancy) -> Finding {
    let others = match redundancy {
        Redundancy::AdmitsNobody => {
            let message = "no host matches: what it asks for is no valid name".to_string();
            let advice = "check what was meant; as it is, it lets nobody in and can go".to_string();
            return Finding::new(Code::NeverMatches, message).suggestion(Suggestion::Advice(advice));
        }
        Redundancy::CoveredBy(others) => others,
    };
    let named = |others: &[usize]| {
        let names: Vec<String> =
            others.iter().map(|other| format!("rule {} `{}`", other + 1, patterns[*other])).collect();
        match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} and {last} together", rest.join(", ")),
            Some((last, _)) => last.clone(),
            None => "the other rules".to_string(),
        }
    };
    let is_same = match others.as_slice() {
        [other] => {
            let (one, other) = (patterns[rule].clone().into(), patterns[*other].clone().into());
            linter.prover.only_in(&other, &one) == Ok(None)
        }
        _ => false,
    };
    let (code, message) = if is_same {
        (Code::Duplicate, format!("it admits the same hosts as {}", named(&others)))
    } else {
        (Code::Shadowed, format!("everyone whom it admits is admitted by {}", named(&others)))
    };
    let mut finding = Finding::new(code, message).suggestion(Suggestion::Remove);
    finding.rules = others;
    finding
}

/// Patterns that were given twice, which saving has dropped already.
pub(super) fn duplicates(list: &List) -> impl Iterator<Item = (usize, Finding)> + '_ {
    list.duplicates().iter().map(|duplicate| {
        let rule = duplicate.of.index();
        let message = format!("pattern {} of the list is the same again; one stays", duplicate.position + 1);
        (
            rule,
            Finding::new(Code::Duplicate, message)
                .suggestion(Suggestion::Advice("take one of them out".to_string())),
        )
    })
}
