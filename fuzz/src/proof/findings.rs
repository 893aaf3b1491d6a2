//! What is said of a list by the lints.

use std::collections::BTreeSet;

use guestlist::{List as EngineList, ListType, Pattern};
use guestlist_proof::lint::{self, Code, Finding, Options, Severity, Suggestion};
use guestlist_proof::{Budget, Prover, Rules};
use guestlist_reference as reference;

use super::naive::List;
use crate::oracle::Agreement;

/// Whoever is said to get in does, by that rule, and no longer with what is to be written; whoever is said to stay out does; what is to be written has no strangers in it, and loses nobody where it is advice
/// alone; rules that are to be removed are missed by nobody, all of them together; the same list is judged the same.
pub fn findings_hold(patterns: &[String]) -> Agreement {
    let list = EngineList::builder(ListType::Upload).patterns(patterns).restore();
    let canonical: Vec<String> =
        list.rules().iter().map(|rule| rule.pattern().canonical().to_owned()).collect();
    let all = List::new(&canonical);
    if all.len() != canonical.len() {
        return Err(format!("{canonical:?} are not patterns to the reference"));
    }
    let options = Options::default().budget(Budget::default().candidates(1000));
    let report = lint::lint(&list, &options);
    if report != lint::lint(&list, &options) {
        return Err("another report for the same list".to_owned());
    }
    let prover = super::prover();
    for finding in &report.findings {
        let one = finding.rule.map(|rule| all.only(rule)).unwrap_or_default();
        of_rule(finding, &list, &all, &one, &prover).map_err(|what| format!("{what}: {finding:?}"))?;
    }
    removed(&report.findings, &canonical, &prover)
}

fn of_rule(finding: &Finding, list: &EngineList, all: &List, one: &List, prover: &Prover) -> Agreement {
    let old = finding.rule.and_then(|rule| list.rules().get(rule)).map(|rule| rule.pattern().clone());
    if let (Some(span), Some(old)) = (finding.span, &old)
        && old.source().get(span.range()).is_none_or(str::is_empty)
    {
        return Err("it points nowhere".to_owned());
    }
    let new = match &finding.suggestion {
        Some(Suggestion::Replace(text) | Suggestion::Form(text) | Suggestion::Add(text)) => {
            let new =
                Pattern::parse(text).map_err(|error| format!("what is to be written is refused: {error}"))?;
            Some(new)
        }
        _ => None,
    };
    let instead = List::new(&new.iter().map(|new| new.canonical().to_owned()).collect::<Vec<_>>());
    let shown = finding.admits.iter().map(ToString::to_string).chain(finding.example.clone());
    for text in shown {
        let origin = read(&text)?;
        if !one.admits(&origin) {
            return Err(format!("`{text}` is not admitted"));
        }
        if instead.admits(&origin) {
            return Err(format!("`{text}` is admitted by what is to be written as well"));
        }
    }
    if let Some(text) = &finding.denies {
        let origin = match text.contains("://") {
            false => read(text)?,
            true => match reference::read_origin(text.as_bytes()) {
                reference::Header::Origin(origin) => origin,
                _ => return Err(format!("`{text}` is no origin")),
            },
        };
        // That a port is left out is said of the rule, that a domain is of the list.
        let who = if finding.code == Code::DefaultPort { one } else { all };
        if who.admits(&origin) {
            return Err(format!("`{text}` is admitted"));
        }
    }
    let (Some(old), Some(new)) = (old, new) else { return Ok(()) };
    let after = EngineList::builder(ListType::Upload).pattern(new.canonical()).restore();
    if lint::lint(&after, &Options::default()).worst() == Some(Severity::Error) {
        return Err("what is to be written lets in strangers".to_owned());
    }
    let is_advice = finding.severity == Severity::Note;
    if is_advice
        && matches!(finding.suggestion, Some(Suggestion::Replace(_)))
        && let Ok(Some(lost)) = prover.only_in(&Rules::from(old), &Rules::from(new))
    {
        return Err(format!("`{lost}` is lost with what is to be written"));
    }
    Ok(())
}

/// All that are to be removed, at once.
fn removed(findings: &[Finding], patterns: &[String], prover: &Prover) -> Agreement {
    let is_removed = |finding: &&Finding| finding.suggestion == Some(Suggestion::Remove);
    let removed: BTreeSet<usize> =
        findings.iter().filter(is_removed).filter_map(|finding| finding.rule).collect();
    let rules = |kept: &dyn Fn(usize) -> bool| -> Rules {
        let kept = patterns.iter().enumerate().filter(|(rule, _)| kept(*rule));
        kept.filter_map(|(_, text)| Pattern::parse(text).ok()).collect()
    };
    match prover.only_in(&rules(&|_| true), &rules(&|rule| !removed.contains(&rule))) {
        Ok(Some(lost)) => Err(format!("`{lost}` is lost without {removed:?}")),
        _ => Ok(()),
    }
}

fn read(text: &str) -> Result<reference::Origin, String> {
    reference::read_host(text.as_bytes()).ok_or_else(|| format!("`{text}` is no host"))
}
