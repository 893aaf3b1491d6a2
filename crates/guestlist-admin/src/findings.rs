//! [`Findings`]: what is probably not meant in a list, within a bounded time.

use guestlist::ast::{Node, NodeKind};
use guestlist::{Limits, List};
use guestlist_proof::Budget;
use guestlist_proof::lint::{self, Code, Options};
use serde::Serialize;
use utoipa::ToSchema;

use crate::lists::Span;

/// What is probably not meant.
#[derive(Serialize, ToSchema)]
pub(crate) struct Findings {
    /// In the order of the rules; what is about the whole list comes last. The first thousand of them.
    pub(crate) findings: Vec<Finding>,
    /// Whether everything was looked for. In lists of more than 200 rules only what lets in strangers is, and where patterns have very many alternatives between them only in the first rules.
    pub(crate) complete: bool,
    /// The version of the Public Suffix List that findings rest on which say so.
    public_suffix_list: &'static str,
}

/// Something that a person who keeps a list should know.
#[derive(Serialize, ToSchema)]
pub(crate) struct Finding {
    /// What it is about, for programs, such as `wildcard-in-name`.
    pub(crate) code: &'static str,
    /// How bad it is.
    pub(crate) severity: Severity,
    /// The number of the rule, from 1; `null` where it is about the list.
    pub(crate) rule: Option<usize>,
    /// The place of its pattern among those that were given, from 0.
    pub(crate) position: Option<usize>,
    /// The pattern in canonical form.
    pub(crate) pattern: Option<String>,
    /// Where in the pattern as it was given.
    pub(crate) span: Option<Span>,
    /// One sentence.
    pub(crate) message: String,
    /// Who gets in and should not: the shortest host.
    pub(crate) admits: Option<String>,
    /// The same, with a host that a person would think of.
    pub(crate) example: Option<String>,
    /// Who stays out, though that may not be meant: an origin or a host.
    pub(crate) denies: Option<String>,
    /// Numbers of other rules that it has to do with, from 1.
    pub(crate) rules: Vec<usize>,
    /// What to do.
    pub(crate) suggestion: Option<Suggestion>,
    /// What it rests on: `exact`, `public-suffix-list` or `unicode`.
    pub(crate) basis: &'static str,
}

/// How bad a finding is: advice, probably not what was meant, or strangers get in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Severity {
    Note,
    Warning,
    Error,
}

/// What to do about a finding.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", content = "text", rename_all = "kebab-case")]
pub(crate) enum Suggestion {
    /// Write this in place of the pattern. It was proved to admit everyone who should get in, and none of the strangers.
    Replace(String),
    /// Write something of this form in place of the pattern, with a name of one's own.
    Form(String),
    /// Add this pattern.
    Add(String),
    /// Take the pattern out of the list. It was proved that this changes nothing.
    Remove,
    /// In words.
    Advice(String),
}

/// All questions about a list together take about so many steps, of some ten nanoseconds each.
const STEPS: u64 = 60_000_000;
/// Most steps of a question, of which there are a few for each rule.
const STEPS_OF_ONE: u64 = 500_000;
const QUESTIONS_OF_RULE: u64 = 4;
const CANDIDATES: u64 = 2_000;

/// In longer lists only what lets in strangers is looked for: whether a rule is needed is asked of all others.
const LONG: usize = 200;

/// So many alternatives are looked at, written out: as many as a list of twenty patterns has at most.
const ALTERNATIVES: usize = 20 * 1024;

/// Most findings that are told.
const MOST: usize = 1000;

impl Findings {
    /// What is said of the rules of this list.
    pub(crate) fn of(list: &List) -> Findings {
        let is_short = list.rules().len() <= LONG;
        let mut alternatives = 0;
        let looked_at = list.rules().iter().take_while(|rule| {
            alternatives += written_out(&rule.pattern().ast().nodes);
            alternatives <= ALTERNATIVES
        });
        let looked_at = looked_at.count();
        if looked_at == list.rules().len() {
            return Findings::about(list, list, is_short);
        }
        let first = list.rules()[..looked_at].iter().map(|rule| rule.pattern().source());
        let first = List::builder(list.list_type())
            .patterns(first)
            .limits(Limits::default().patterns(usize::MAX).list_bytes(usize::MAX))
            .restore();
        Findings { complete: false, ..Findings::about(&first, list, is_short) }
    }

    /// What is said of these rules, which are the first of a list.
    fn about(rules: &List, list: &List, is_short: bool) -> Findings {
        let options = if is_short { Options::default() } else { Options::strangers_only() };
        let count = rules.rules().len().max(1) as u64;
        let steps = STEPS / (QUESTIONS_OF_RULE * count);
        let budget = Budget::default().steps(steps.min(STEPS_OF_ONE)).candidates(CANDIDATES);
        // What cannot be read is an error, and told of as such.
        let report = lint::lint(rules, &options.level(Code::Broken, None).budget(budget));
        let complete = is_short && report.findings.len() <= MOST;
        let findings = report.findings.into_iter().take(MOST).map(|finding| Finding::of(finding, list));
        Findings { findings: findings.collect(), complete, public_suffix_list: report.public_suffix_list }
    }
}

/// How many alternatives parts of a pattern have when they are written out.
pub(crate) fn written_out(nodes: &[Node]) -> usize {
    let ways = nodes.iter().map(|node| match &node.kind {
        NodeKind::Braces(alternatives) => {
            alternatives.iter().map(|nodes| written_out(nodes)).fold(0, usize::saturating_add)
        }
        _ => 1,
    });
    ways.fold(1, usize::saturating_mul)
}

impl Finding {
    fn of(finding: lint::Finding, list: &List) -> Finding {
        let position = finding.rule.and_then(|rule| list.rules().get(rule)).map(guestlist::Rule::position);
        Finding {
            code: finding.code.as_str(),
            severity: match finding.severity {
                lint::Severity::Note => Severity::Note,
                lint::Severity::Warning => Severity::Warning,
                lint::Severity::Error => Severity::Error,
            },
            rule: finding.rule.map(|rule| rule + 1),
            position,
            pattern: finding.pattern,
            span: finding.span.map(Span::from),
            message: finding.message,
            admits: finding.admits.map(|witness| witness.to_string()),
            example: finding.example,
            denies: finding.denies,
            rules: finding.rules.into_iter().map(|rule| rule + 1).collect(),
            suggestion: finding.suggestion.and_then(Suggestion::of),
            basis: finding.basis.as_str(),
        }
    }
}

impl Suggestion {
    fn of(suggestion: lint::Suggestion) -> Option<Suggestion> {
        Some(match suggestion {
            lint::Suggestion::Replace(text) => Suggestion::Replace(text),
            lint::Suggestion::Form(text) => Suggestion::Form(text),
            lint::Suggestion::Add(text) => Suggestion::Add(text),
            lint::Suggestion::Remove => Suggestion::Remove,
            lint::Suggestion::Advice(text) => Suggestion::Advice(text),
            _ => return None,
        })
    }
}
