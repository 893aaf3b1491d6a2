//! Lint: what is probably not meant, who gets in because of it, and what to write instead.
//!
//! Each finding has a stable [`Code`], a [`Severity`], a place in the pattern, one sentence, the shortest host that it wrongly admits, and a suggestion that was proved to admit everyone who should get in. The lints work on what patterns
//! mean, not on how they are written: braces and sets hide nothing. `docs/lints.md` has each code with its reasons.
//!
//! ```
//! use guestlist::{List, ListType};
//! use guestlist_proof::lint::{self, Code, Suggestion};
//!
//! let list = List::builder(ListType::Upload).pattern("*domain.com").build()?;
//! let report = lint::lint(&list, &lint::Options::default());
//! let [finding] = report.findings.as_slice() else { panic!("one finding") };
//! assert_eq!(finding.code, Code::WildcardInName);
//! assert_eq!(finding.admits.as_ref().map(ToString::to_string).as_deref(), Some("adomain.com"));
//! assert_eq!(finding.example.as_deref(), Some("evil-domain.com"));
//! assert_eq!(finding.suggestion, Some(Suggestion::Replace("{,*.}domain.com".to_string())));
//! # Ok::<(), guestlist::ListError>(())
//! ```
//!
//! What it rests on is said of each finding ([`Basis`]): the patterns alone, the Public Suffix List, or Unicode's data. Lists advise; they never decide a request.
//!
//! # What it does not see
//!
//! Public suffixes *below* an open label: `*.*.example.com` has one owner to it even if `example.com` hands out names in `apps.example.com` and the Public Suffix List says so.

mod advice;
mod alternative;
mod code;
mod finding;
mod lookalike;
mod needless;
mod open;
mod owner;
mod strangers;

use core::cell::{Cell, OnceCell};
use std::collections::BTreeMap;

use guestlist::{EngineKind, List};

use self::alternative::{Alternative, alternatives};
pub use self::code::{Basis, Code, Severity, UnknownCode};
pub use self::finding::{Finding, Suggestion};
use self::open::Open;
pub use self::owner::PUBLIC_SUFFIX_LIST;
use crate::budget::{Budget, Undecided};
use crate::prover::Prover;
use crate::rules::Rules;

/// How to lint.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Codes with another severity than their own; `None`: not at all, which saves the work that they take.
    pub levels: BTreeMap<Code, Option<Severity>>,
    /// For each question. Of a list of twenty some sixty are asked.
    pub budget: Budget,
}

impl Options {
    /// Only what lets in strangers, at once: no code that needs to know the other rules.
    #[must_use]
    pub fn strangers_only() -> Options {
        let others =
            Code::ALL.iter().filter(|code| code.severity() < Severity::Error || **code == Code::Broken);
        others.fold(Options::default(), |options, code| options.level(*code, None))
    }

    /// Gives a code another severity; `None` turns it off.
    #[must_use]
    pub fn level(mut self, code: Code, severity: Option<Severity>) -> Options {
        self.levels.insert(code, severity);
        self
    }

    /// Sets the budget of each question.
    #[must_use]
    pub fn budget(self, budget: Budget) -> Options {
        Options { budget, ..self }
    }
}

impl Default for Options {
    /// Every code with its own severity.
    fn default() -> Options {
        Options { levels: BTreeMap::new(), budget: Budget::default().steps(500_000).candidates(5_000) }
    }
}

/// All findings about a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Report {
    /// In the order of the rules; what is about the whole list comes last.
    pub findings: Vec<Finding>,
    /// The version of the Public Suffix List.
    pub public_suffix_list: &'static str,
}

impl Report {
    /// The worst of its findings.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }
}

/// What the lints share.
struct Linter<'l> {
    prover: Prover,
    rules: &'l Rules,
    /// A question was not decided.
    undecided: Cell<Option<Undecided>>,
    /// Hosts that everyone can be; made when somebody asks.
    private: OnceCell<Rules>,
    /// How many more names may be looked at.
    lookups: Cell<usize>,
}

impl Linter<'_> {
    fn open(&self, alternative: &Alternative) -> Result<Option<Open>, Undecided> {
        let mut lookups = self.lookups.get();
        let open = open::open(alternative, &mut lookups);
        self.lookups.set(lookups);
        open
    }

    fn undecided(&self, undecided: Undecided) {
        self.undecided.set(Some(undecided));
    }

    /// The answer; that there is none is kept in mind.
    fn decided<T>(&self, answer: Result<T, Undecided>) -> Option<T> {
        answer.map_err(|undecided| self.undecided(undecided)).ok()
    }
}

/// Looks at a list. Its mode plays no part, and neither does whether it is an upload or a delivery list.
///
/// Cost: some milliseconds for a list of twenty; at worst the budget for each question, of which there are a few for each rule.
pub fn lint(list: &List, options: &Options) -> Report {
    let rules = Rules::from(list);
    let linter = Linter {
        prover: Prover::with_budget(options.budget),
        rules: &rules,
        undecided: Cell::new(None),
        private: OnceCell::new(),
        lookups: Cell::new(open::MOST_LOOKUPS),
    };
    let mut of_rules: Vec<(usize, Finding)> = Vec::new();
    let mut of_list: Vec<Finding> = Vec::new();
    let written: Vec<Vec<Alternative>> = rules.patterns().iter().map(alternatives).collect();
    let with_alternatives = || rules.patterns().iter().zip(&written);
    let strangers: Vec<Vec<Finding>> =
        with_alternatives().map(|(pattern, all)| strangers::findings(&linter, pattern, all)).collect();
    let asks = |codes: &[Code]| codes.iter().any(|code| options.levels.get(code) != Some(&None));
    let mut needless = match asks(&[Code::Duplicate, Code::Shadowed, Code::NeverMatches]) {
        true => needless::findings(&linter, &|rule| !strangers[rule].is_empty()),
        false => BTreeMap::new(),
    };
    for (rule, ((pattern, all), mut findings)) in with_alternatives().zip(strangers).enumerate() {
        let is_open = !findings.is_empty();
        let lookalikes = lookalike::findings(all);
        let is_lookalike = !lookalikes.is_empty();
        findings.extend(lookalikes);
        let needless = needless.remove(&rule);
        let is_needless = needless.is_some();
        findings.extend(needless);
        // Who is open to the world is open to private networks.
        if !is_open && asks(&[Code::PrivateHost]) {
            findings.extend(advice::private_host(&linter, pattern, all));
        }
        // No advice on how to write better what should be written otherwise, or not at all.
        if !is_needless && !is_open {
            findings.extend(advice::default_port(pattern, all));
            if asks(&[Code::ApexNotCovered]) && !is_lookalike {
                findings.extend(advice::apex(list, pattern, all));
            }
        }
        of_rules.extend(findings.into_iter().map(|finding| (rule, finding)));
    }
    of_rules.extend(needless::duplicates(list));
    for error in list.broken() {
        let mut finding = Finding::new(
            Code::Broken,
            format!("this stored pattern cannot be read and is skipped: {}", error.message()),
        );
        finding.pattern = Some(error.text().to_string());
        finding.span = Some(error.span());
        of_list.push(finding.suggestion(Suggestion::Advice(error.help().to_string())));
    }
    if asks(&[Code::OverBudget]) && matches!(list.engine().kind, EngineKind::Bounded | EngineKind::Simulation)
    {
        let message =
            "the rules have no small automaton together, so checks take longer and may allocate".to_string();
        let advice =
            "write fewer wildcards next to other letters in one label, such as `*a??????????*`".to_string();
        of_list.push(Finding::new(Code::OverBudget, message).suggestion(Suggestion::Advice(advice)));
    }
    if let Some(undecided) = linter.undecided.get() {
        let message = format!(
            "whether rules are needed, or who gets in, was {undecided}; what is said of other rules holds"
        );
        of_list.push(Finding::new(Code::Undecided, message));
    }
    of_rules.sort_by_key(|(rule, finding)| (*rule, core::cmp::Reverse(finding.severity), finding.code));
    let of_rules = of_rules.into_iter().map(|(rule, finding)| {
        let pattern = rules.patterns()[rule].canonical().to_string();
        Finding { rule: Some(rule), pattern: Some(pattern), ..finding }
    });
    let findings = of_rules.chain(of_list).filter_map(|finding| match options.levels.get(&finding.code) {
        None => Some(finding),
        Some(severity) => Some(Finding { severity: (*severity)?, ..finding }),
    });
    Report { findings: findings.collect(), public_suffix_list: PUBLIC_SUFFIX_LIST }
}
