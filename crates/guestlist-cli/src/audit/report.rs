//! Counts → the report, as data. Text, JSON and HTML show this and nothing else.
//!
//! The names of the fields are stable: they are the JSON form, and [`Report::version`] changes when one of them goes or changes its meaning. Nothing in a report depends
//! on the time or the machine: the same logs and the same list give the same bytes.

use guestlist::{Gate, List, ListType, MalformedKind, Mode, NearMissKind, RequestHeaders};
use serde::Serialize;

use super::line::{LineFormat, Unreadable};
use super::origins::Reason;
use super::pipeline::Counted;
use super::words;
use crate::text::show;

/// What a list does to the requests of some logs.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// Version of this format: 1.
    pub(super) version: u32,
    /// The list that decided.
    pub(super) list: ListInfo,
    /// The logs, in the order they were named.
    pub(super) inputs: Vec<InputInfo>,
    /// Requests that were decided: lines that could be read.
    pub(super) requests: u64,
    /// Requests that the list allows.
    pub(super) allowed: u64,
    /// Requests that the list denies. In the mode `report` they are let through all the same.
    pub(super) denied: u64,
    /// Requests without the header that counts; `null` if the list is off, because then no header is looked at.
    pub(super) no_header: Option<u64>,
    /// Lines that could not be read. They are not among the requests.
    pub(super) unreadable: u64,
    /// Why requests were allowed.
    pub(super) allowed_by: AllowedBy,
    /// Why requests were denied.
    pub(super) denied_by: DeniedBy,
    /// What was wrong with malformed headers: only kinds that occurred, the most frequent first.
    pub(super) malformed: Vec<MalformedCount>,
    /// Every rule of the list, in its order.
    pub(super) rules: Vec<RuleCount>,
    /// Who was denied.
    pub(super) denied_origins: DeniedOrigins,
    /// Which lines could not be read.
    pub(super) unreadable_lines: UnreadableLines,
    /// What must be known to read the numbers right.
    pub(super) notes: Vec<Note>,
}

/// The list that decided.
#[derive(Debug, Serialize)]
pub(super) struct ListInfo {
    /// Where it was read from.
    pub(super) name: String,
    /// `upload` or `delivery`.
    #[serde(rename = "type")]
    pub(super) list_type: ListType,
    /// `off`, `report` or `enforce`.
    pub(super) mode: Mode,
    /// Whether a request without the header that counts is denied.
    pub(super) block_missing: bool,
    /// Stored patterns that can no longer be read and are skipped.
    pub(super) broken: Vec<Broken>,
}

/// A stored pattern that can no longer be read.
#[derive(Debug, Serialize)]
pub(super) struct Broken {
    /// Its place in the list, from 1.
    pub(super) position: Option<usize>,
    /// As it was stored.
    pub(super) pattern: String,
    /// What is wrong with it.
    pub(super) message: String,
}

/// The numbers of one log.
#[derive(Debug, Serialize)]
pub(super) struct InputInfo {
    /// As it was named, or `standard input`.
    pub(super) name: String,
    /// `combined` or `json`; `null` for a log without a line.
    pub(super) format: Option<&'static str>,
    /// Requests that were decided.
    pub(super) requests: u64,
    /// Of these, allowed.
    pub(super) allowed: u64,
    /// Of these, denied.
    pub(super) denied: u64,
    /// Lines that could not be read.
    pub(super) unreadable: u64,
}

/// Why requests were allowed.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct AllowedBy {
    /// A rule matched.
    pub(super) matched: u64,
    /// The header that counts was not sent, and the list lets such requests in.
    pub(super) missing_header: u64,
    /// The list is off.
    pub(super) not_enforced: u64,
}

/// Why requests were denied.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct DeniedBy {
    /// No rule matches.
    pub(super) no_match: u64,
    /// The header that counts was not sent, and the list blocks such requests.
    pub(super) missing_header: u64,
    /// The header is not of its form; see [`Report::malformed`].
    pub(super) malformed: u64,
    /// The origin is `null`.
    pub(super) opaque_origin: u64,
    /// The scheme is neither `http` nor `https`.
    pub(super) unsupported_scheme: u64,
    /// Any other reason.
    pub(super) other: u64,
}

/// One kind of malformed header.
#[derive(Debug, Serialize)]
pub(super) struct MalformedCount {
    /// Its short name, such as `user-info`.
    pub(super) kind: &'static str,
    /// The same in words.
    pub(super) description: &'static str,
    /// Requests denied for it.
    pub(super) requests: u64,
}

/// How many requests a rule decided.
#[derive(Debug, Serialize)]
pub(super) struct RuleCount {
    /// Its number, from 1.
    pub(super) rule: usize,
    /// Its canonical pattern.
    pub(super) pattern: String,
    /// Requests that this rule is the first to match; 0 for a rule that was never needed.
    pub(super) requests: u64,
}

/// Who was denied.
#[derive(Debug, Serialize)]
pub(super) struct DeniedOrigins {
    /// How many different ones there are, of any reason; at least that many if `exact` is false.
    pub(super) distinct: u64,
    /// False if there were more different ones than are kept: then rare ones are missing.
    pub(super) exact: bool,
    /// By how much a count may be too low; 0 if `exact`.
    pub(super) undercount: u64,
    /// The most often denied, at most as many as were asked for.
    pub(super) listed: Vec<DeniedOrigin>,
}

/// An origin that was denied, or the malformed value that gives none.
#[derive(Debug, Serialize)]
pub(super) struct DeniedOrigin {
    /// `scheme://host:port` in lower case, the port only if it is not the scheme's default; `null` for an opaque origin; for a malformed header the
    /// beginning of its value, of a `Referer` up to the path. A byte that is not printable ASCII is written `\xHH`.
    pub(super) origin: String,
    /// `no-match`, `unsupported-scheme`, `opaque-origin` or `malformed`.
    pub(super) reason: &'static str,
    /// For `malformed`, what kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) malformed: Option<&'static str>,
    /// The reason in words, but for `no-match`.
    #[serde(skip)]
    pub(super) words: Option<&'static str>,
    /// How often it was denied.
    pub(super) requests: u64,
    /// For `no-match`: the rule that came closest, if one came close.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) near_miss: Option<Near>,
}

/// The rule that came closest.
#[derive(Debug, Serialize)]
pub(super) struct Near {
    /// Its number, from 1.
    pub(super) rule: usize,
    /// Its pattern.
    pub(super) pattern: String,
    /// What kept the origin out: `port`, `apex`, `below`, `prefix`, or `{"label": n}`, counted from the left and from 0.
    pub(super) kind: NearMissKind,
    /// The same in words.
    pub(super) words: String,
}

/// Which lines could not be read.
#[derive(Debug, Serialize)]
pub(super) struct UnreadableLines {
    /// How many, by reason; only reasons that occurred.
    pub(super) by_reason: Vec<UnreadableCount>,
    /// The first of them, at most as many as were asked for.
    pub(super) first: Vec<UnreadableAt>,
}

/// Lines of one reason.
#[derive(Debug, Serialize)]
pub(super) struct UnreadableCount {
    /// Short name of the reason.
    pub(super) reason: &'static str,
    /// The same in words.
    pub(super) description: &'static str,
    /// How many lines.
    pub(super) lines: u64,
}

/// A line that could not be read.
#[derive(Debug, Serialize)]
pub(super) struct UnreadableAt {
    /// The log.
    pub(super) input: String,
    /// The line, from 1.
    pub(super) line: u64,
    /// Short name of the reason.
    pub(super) reason: &'static str,
    /// The same in words.
    #[serde(skip)]
    pub(super) words: &'static str,
}

/// What must be known to read the numbers right.
#[derive(Debug, Serialize)]
pub(super) struct Note {
    /// Short name.
    pub(super) code: &'static str,
    /// A sentence or two.
    pub(super) text: String,
    /// True if the numbers mean something else than one would think.
    #[serde(skip)]
    pub(super) warns: bool,
}

/// A log by its name and format.
pub(super) type InputName = (String, Option<LineFormat>);

impl Report {
    /// Puts the counts in words and order.
    pub(super) fn new(
        gate: &Gate,
        list_type: ListType,
        list_name: &str,
        inputs: &[InputName],
        counted: &Counted,
    ) -> Report {
        let list = gate.list(list_type);
        let counts = &counted.tally.counts;
        let inputs: Vec<InputInfo> = inputs
            .iter()
            .zip(&counted.tally.inputs)
            .map(|((name, format), counts)| InputInfo {
                name: show(name.as_bytes()),
                format: format.map(LineFormat::as_str),
                requests: counts.requests,
                allowed: counts.requests - counts.denied,
                denied: counts.denied,
                unreadable: counts.unreadable,
            })
            .collect();
        let missing = counts.allowed_missing + counts.denied_missing;
        let mut report = Report {
            version: 1,
            list: list_info(list, list_name),
            requests: inputs.iter().map(|input| input.requests).sum(),
            allowed: inputs.iter().map(|input| input.allowed).sum(),
            denied: inputs.iter().map(|input| input.denied).sum(),
            no_header: (list.mode() != Mode::Off).then_some(missing),
            unreadable: inputs.iter().map(|input| input.unreadable).sum(),
            allowed_by: AllowedBy {
                matched: counts.matched.iter().sum(),
                missing_header: counts.allowed_missing,
                not_enforced: counts.not_enforced,
            },
            denied_by: DeniedBy {
                no_match: counts.no_match,
                missing_header: counts.denied_missing,
                malformed: counts.malformed.iter().sum(),
                opaque_origin: counts.opaque,
                unsupported_scheme: counts.unsupported_scheme,
                other: counts.denied_otherwise,
            },
            malformed: malformed(&counts.malformed),
            rules: rules(list, &counts.matched),
            denied_origins: DeniedOrigins {
                distinct: counted.denied.distinct as u64,
                exact: counted.denied.undercount == 0,
                undercount: counted.denied.undercount,
                listed: counted.denied.origins.iter().map(|denied| origin(gate, list_type, denied)).collect(),
            },
            unreadable_lines: unreadable(counted, &inputs),
            inputs,
            notes: Vec::new(),
        };
        report.notes = super::notes::notes(&report, gate.list(list_type), counts.no_origin_field);
        report
    }

    /// True if requests that are counted as denied were in truth let through.
    pub(super) fn only_reports(&self) -> bool {
        self.list.mode == Mode::Report
    }
}

fn list_info(list: &List, name: &str) -> ListInfo {
    let broken = list.broken().iter().map(|error| Broken {
        position: error.position().map(|position| position + 1),
        pattern: show(error.text().as_bytes()),
        message: show(error.message().as_bytes()),
    });
    ListInfo {
        name: show(name.as_bytes()),
        list_type: list.list_type(),
        mode: list.mode(),
        block_missing: list.block_missing(),
        broken: broken.collect(),
    }
}

fn malformed(counts: &[u64]) -> Vec<MalformedCount> {
    let kinds = MalformedKind::ALL.iter().zip(counts).filter(|(_, count)| **count > 0);
    let mut malformed: Vec<_> = kinds
        .map(|(kind, count)| MalformedCount {
            kind: kind.code(),
            description: kind.description(),
            requests: *count,
        })
        .collect();
    malformed.sort_by_key(|count| std::cmp::Reverse(count.requests));
    malformed
}

fn rules(list: &List, matched: &[u64]) -> Vec<RuleCount> {
    list.rules()
        .iter()
        .zip(matched)
        .enumerate()
        .map(|(index, (rule, count))| RuleCount {
            rule: index + 1,
            pattern: rule.pattern().canonical().to_owned(),
            requests: *count,
        })
        .collect()
}

fn origin(gate: &Gate, list_type: ListType, denied: &(Reason, Box<[u8]>, u64)) -> DeniedOrigin {
    let (reason, text, requests) = denied;
    let kind = reason.malformed_kind();
    let (code, words) = match *reason {
        Reason::NO_MATCH => ("no-match", None),
        Reason::UNSUPPORTED_SCHEME => ("unsupported-scheme", Some("the scheme is neither http nor https")),
        Reason::OPAQUE => ("opaque-origin", Some("an opaque origin, which no rule can approve")),
        _ => ("malformed", kind.map(MalformedKind::description)),
    };
    // An origin that was read from a `Referer` is the same in an `Origin`.
    let headers = RequestHeaders::new().origin(text);
    let near = (*reason == Reason::NO_MATCH).then(|| gate.near_miss(list_type, &headers)).flatten();
    let near_miss = near.map(|near| {
        let pattern = gate.list(list_type).rule(near.rule).pattern().canonical();
        Near {
            rule: near.rule.index() + 1,
            pattern: pattern.to_owned(),
            kind: near.kind,
            words: format!("{} ({} `{pattern}`)", near.kind, near.rule),
        }
    });
    DeniedOrigin {
        origin: words::printable(text),
        reason: code,
        malformed: kind.map(MalformedKind::code),
        words,
        requests: *requests,
        near_miss,
    }
}

fn unreadable(counted: &Counted, inputs: &[InputInfo]) -> UnreadableLines {
    let by_reason = Unreadable::ALL.iter().zip(&counted.tally.counts.unreadable);
    let by_reason = by_reason.filter(|(_, lines)| **lines > 0).map(|(reason, lines)| UnreadableCount {
        reason: reason.code(),
        description: reason.description(),
        lines: *lines,
    });
    let first = counted.tally.unreadable.iter().map(|line| UnreadableAt {
        input: inputs[line.input].name.clone(),
        line: line.line,
        reason: line.reason.code(),
        words: line.reason.description(),
    });
    UnreadableLines { by_reason: by_reason.collect(), first: first.collect() }
}
