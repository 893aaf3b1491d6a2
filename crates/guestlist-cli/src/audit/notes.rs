//! What must be known to read the numbers of a report right.

use guestlist::{List, ListType, Mode};

use super::report::{Note, Report};
use super::words::{counted, grouped};
use crate::warnings;

/// More findings about the list than that are counted, not shown.
const MOST_FINDINGS: usize = 5;

/// The notes of a report whose numbers are complete; `no_origin_field` requests stand on lines without a place for an `Origin`.
pub(super) fn notes(report: &Report, list_of_rules: &List, no_origin_field: u64) -> Vec<Note> {
    let mut notes = Vec::new();
    let list = &report.list;
    // That a delivery list judges a log without origins by its referers is what everybody expects.
    let is_expected = |code| code == NO_ORIGIN_FIELD && list.list_type == ListType::Delivery;
    let mut note = |code, text| notes.push(Note { code, text, warns: !is_expected(code) });
    match list.mode {
        Mode::Off => note(
            "off",
            format!(
                "The {} list is off: every request is allowed and no header is looked at. Give the list patterns, or set its mode to report, \
                 to see what it would do.",
                list.list_type
            ),
        ),
        Mode::Report => note(
            "report",
            format!(
                "The {} list only reports: it lets every request through. What is counted as denied here would be denied if it were enforced.",
                list.list_type
            ),
        ),
        Mode::Enforce => {}
    }
    if !list.broken.is_empty() {
        let broken = list.broken.len() as u64;
        let all = if report.rules.is_empty() { " None is left, so every origin is denied." } else { "" };
        note(
            "broken-patterns",
            format!(
                "{} of the list cannot be read and {} skipped.{all}",
                counted(broken, "stored pattern"),
                is(broken)
            ),
        );
    }
    let findings: Vec<_> = warnings::worth_a_word(list_of_rules).collect();
    for finding in findings.iter().take(MOST_FINDINGS) {
        let (rule, pattern) =
            (finding.rule.unwrap_or_default() + 1, finding.pattern.as_deref().unwrap_or_default());
        let text =
            format!("Rule {rule} `{pattern}`: {}.{}", warnings::in_words(finding), warnings::remedy(finding));
        note(finding.code.as_str(), text);
    }
    if let Some(more) = findings.len().checked_sub(MOST_FINDINGS).filter(|more| *more > 0) {
        note(
            "more-findings",
            format!("{} more about the list: `guestlist lint` shows all.", counted(more as u64, "finding")),
        );
    }
    if no_origin_field > 0 && list.mode != Mode::Off {
        note(NO_ORIGIN_FIELD, no_origin_text(report, no_origin_field));
    }
    let denied = &report.denied_origins;
    if !denied.exact {
        note(
            "origins-dropped",
            format!(
                "There were too many different denied origins to keep them all; rare ones were dropped. The counts of single origins are lower \
                 bounds, too low by {} at most. All other numbers are exact.",
                grouped(denied.undercount)
            ),
        );
    }
    notes
}

fn no_origin_text(report: &Report, requests: u64) -> String {
    let of_all = format!(
        "Without a field for the Origin header (the combined format has none): {} of {}",
        grouped(requests),
        counted(report.requests, "request")
    );
    match report.list.list_type {
        ListType::Upload => {
            let effect = if report.list.block_missing { "denied" } else { "allowed" };
            format!(
                "{of_all}. An upload list looks at Origin alone, so each of these counts as sent without it and is {effect}, whatever was sent. To audit an upload list, \
                 log JSON lines with `origin`."
            )
        }
        ListType::Delivery => format!(
            "{of_all}. There the Referer decides; where an Origin was sent, it would have decided instead."
        ),
    }
}

fn is(number: u64) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

const NO_ORIGIN_FIELD: &str = "no-origin-field";
