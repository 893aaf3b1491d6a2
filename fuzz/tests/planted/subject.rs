//! An engine with one bug, or with none.

use guestlist::{ListType, Mode};
use guestlist_fuzz::gate_case::GateCase;
use guestlist_fuzz::subject::{Decided, Refused, Subject};
use guestlist_reference::{Header, Limits, Origin, Pattern, Verdict};

use crate::bug::Bug;
use crate::matcher::Rule;
use crate::reader::Name;

/// Reads patterns as the reference does, matches by a regular expression a rule, and reads headers and decides in a straightforward way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Planted {
    pub(crate) bug: Option<Bug>,
}

/// The rules of a list, each with the number that it is known by.
#[derive(Debug)]
pub(crate) struct Rules {
    rules: Vec<(usize, Rule)>,
}

impl Planted {
    pub(crate) fn has(self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    /// The numbers of the rules that match, in their order.
    fn matching<'l>(self, list: &'l Rules, host: &'l Origin) -> impl Iterator<Item = usize> + 'l {
        let asked = match self.bug {
            Some(Bug::LastRuleLost) if list.rules.len() > 1 => list.rules.len() - 1,
            Some(Bug::RulesBehindTheFourthLost) => list.rules.len().min(4),
            _ => list.rules.len(),
        };
        list.rules[..asked]
            .iter()
            .filter(move |(_, rule)| {
                (self.has(Bug::LongListTakesAll) && list.rules.len() >= 5)
                    || rule.matches(self, host)
                    || (self.has(Bug::CrossTalk)
                        && list.rules.iter().any(|(_, other)| rule.matches_with(other, self, host)))
            })
            .map(|(number, _)| *number)
    }

    /// The header that counts, and what it says.
    fn read(self, case: &GateCase) -> Header {
        let origin = self.read_once(Name::Origin, &case.origin);
        let referer = || self.read_once(Name::Referer, &case.referer);
        let reads_referer = case.list_type == ListType::Delivery || self.has(Bug::UploadReadsReferer);
        match origin {
            Header::Missing if reads_referer => referer(),
            Header::Opaque if self.has(Bug::NullIsMissing) => match case.list_type {
                ListType::Upload => Header::Missing,
                ListType::Delivery => referer(),
            },
            Header::Opaque if case.list_type == ListType::Delivery && !self.has(Bug::NullBeforeReferer) => {
                match referer() {
                    Header::Missing => Header::Opaque,
                    referer => referer,
                }
            }
            Header::Malformed
                if reads_referer && self.has(Bug::RefererRescues) && !case.referer.is_empty() =>
            {
                referer()
            }
            origin if reads_referer && self.has(Bug::RefererBeforeOrigin) => match referer() {
                Header::Missing => origin,
                referer => referer,
            },
            origin => origin,
        }
    }

    fn read_once(self, name: Name, values: &[Vec<u8>]) -> Header {
        match values {
            [] => Header::Missing,
            [value] => self.read_header(name, value),
            [first, ..] if self.has(Bug::FirstOfTwoHeaders) => self.read_header(name, first),
            [.., last] if self.has(Bug::LastOfTwoHeaders) => self.read_header(name, last),
            [first, others @ ..]
                if self.has(Bug::EqualHeadersAreOne) && others.iter().all(|other| other == first) =>
            {
                self.read_header(name, first)
            }
            _ => Header::Malformed,
        }
    }

    fn supports(self, case: &GateCase, scheme: &str) -> bool {
        matches!(scheme, "http" | "https")
            || self.has(Bug::AnyScheme)
            || (self.has(Bug::SchemeAsPrefix) && scheme.starts_with("http"))
            || (!self.has(Bug::NamedSchemesIgnored)
                && case.schemes.iter().any(|named| named.eq_ignore_ascii_case(scheme)))
    }

    fn verdict(self, case: &GateCase) -> Verdict {
        let off = case.effective_mode() == Mode::Off && !self.has(Bug::OffDecides);
        let empty = self.has(Bug::EmptyListIsOff) && case.patterns.is_empty();
        let broken =
            self.has(Bug::BrokenListIsOff) && case.patterns.iter().all(|text| Pattern::parse(text).is_err());
        let hidden = self.has(Bug::ReportHidesReason) && case.mode == Some(Mode::Report);
        if off || empty || broken || hidden {
            return Verdict::NotEnforced;
        }
        let block_missing = case.block_missing.unwrap_or(case.list_type == ListType::Upload);
        let block_missing = match self.bug {
            Some(Bug::BlockMissingIgnored) => false,
            Some(Bug::BlockMissingAlways) => true,
            Some(Bug::BlockMissingSwapped) if case.block_missing.is_none() => !block_missing,
            _ => block_missing,
        };
        let read = match self.read(case) {
            Header::Malformed if self.has(Bug::MalformedIsMissing) => Header::Missing,
            read => read,
        };
        let origin = match read {
            Header::Missing if block_missing => return Verdict::MissingDenied,
            Header::Missing => return Verdict::MissingAllowed,
            Header::Malformed => return Verdict::Malformed,
            Header::Opaque => return Verdict::OpaqueOrigin,
            Header::Origin(origin) => origin,
        };
        if !self.supports(case, origin.scheme.as_deref().unwrap_or_default()) {
            return Verdict::UnsupportedScheme;
        }
        let texts: Vec<&str> = case.patterns.iter().map(String::as_str).collect();
        let list = self.list(&texts);
        self.find(&list, &origin).map_or(Verdict::NoMatch, Verdict::Matched)
    }

    fn list(self, patterns: &[&str]) -> Rules {
        let mut known = Vec::new();
        let mut rules = Vec::new();
        let mut number = 0;
        for text in patterns {
            let Ok(parsed) = Pattern::parse(text) else { continue };
            let canonical = parsed.canonical().to_owned();
            if known.contains(&canonical) {
                number += usize::from(self.has(Bug::DuplicatesNumbered));
                continue;
            }
            let host = |text: &str| text.split(':').next().unwrap_or_default().to_owned();
            let is_like = |other: &String| {
                other.contains(':') && canonical.contains(':') && host(other) == host(&canonical)
            };
            if !(self.has(Bug::PortOfFirstRule) && known.iter().any(is_like)) {
                rules.push((number, Rule::new(self, &canonical)));
            }
            known.push(canonical);
            number += 1;
        }
        Rules { rules }
    }
}

impl Subject for Planted {
    type List = Rules;
    type Host<'t> = Origin;

    fn parse(&self, pattern: &str) -> Result<String, Refused> {
        let trimmed = pattern.trim();
        let limits = match self.bug {
            Some(Bug::PatternOneByteTooLong) => Limits { bytes: 1025, ..Limits::default() },
            Some(Bug::AlternativesUnlimited) => Limits { alternatives: usize::MAX, ..Limits::default() },
            _ => Limits::default(),
        };
        let read = match self.bug {
            Some(Bug::ParenthesesAsBraces) => trimmed.replace('(', "{").replace(')', "}"),
            Some(Bug::DoubleStarAsStar) => trimmed.replace("**", "*"),
            Some(Bug::PatternPathCutOff) => match trimmed.split_once("://") {
                Some((scheme, rest)) => format!("{scheme}://{}", rest.split('/').next().unwrap_or_default()),
                None if trimmed.starts_with("//") => trimmed.to_owned(),
                None => trimmed.split('/').next().unwrap_or_default().to_owned(),
            },
            Some(Bug::UnderscoreInPatternRefused) => trimmed.replace('_', "!"),
            _ => trimmed.to_owned(),
        };
        let refused = |why: String| Refused {
            span: 0..pattern.len() + usize::from(self.has(Bug::MessageBesideTheText)),
            text: pattern.to_owned(),
            drawn: format!("{why}; help: write another"),
        };
        let parsed = Pattern::parse_with(&read, &limits).map_err(|why| refused(why.to_string()))?;
        let canonical = parsed.canonical();
        Ok(match self.bug {
            Some(Bug::CanonicalKeepsCapitals) if canonical.eq_ignore_ascii_case(trimmed) => {
                trimmed.to_owned()
            }
            Some(Bug::CanonicalKeepsNonAscii) if !trimmed.is_ascii() => trimmed.to_lowercase(),
            Some(Bug::CanonicalKeepsRootDot) if *trimmed == format!("{canonical}.") => trimmed.to_owned(),
            _ => canonical.to_owned(),
        })
    }

    fn lists(&self, patterns: &[&str]) -> Vec<Rules> {
        vec![self.list(patterns)]
    }

    fn host(&self, text: &str) -> Option<Origin> {
        self.read_host(text.as_bytes())
    }

    fn matches(&self, list: &Rules, host: &Origin) -> Vec<usize> {
        let all = self.matching(list, host);
        if self.has(Bug::FirstRuleOnly) { all.take(1).collect() } else { all.collect() }
    }

    fn find(&self, list: &Rules, host: &Origin) -> Option<usize> {
        let mut all = self.matching(list, host);
        if self.has(Bug::LastRuleFirst) { all.last() } else { all.next() }
    }

    fn is_match(&self, list: &Rules, host: &Origin) -> bool {
        match list.rules.first() {
            Some((_, first)) if self.has(Bug::IsMatchOfFirstRule) => first.matches(*self, host),
            _ => self.matching(list, host).next().is_some(),
        }
    }

    fn describe(&self, _: &Rules) -> String {
        format!("{:?}", self.bug)
    }

    fn read_origin(&self, value: &[u8]) -> Header {
        self.read_header(Name::Origin, value)
    }

    fn read_referer(&self, value: &[u8]) -> Header {
        self.read_header(Name::Referer, value)
    }

    fn decide(&self, case: &GateCase) -> Decided {
        let verdict = self.verdict(case);
        let reports = case.effective_mode() == Mode::Report && !self.has(Bug::ReportBlocks);
        Decided {
            verdict,
            lets_through: verdict.is_allow() || reports,
            near: (self.has(Bug::NearMissOfAllowed) && matches!(verdict, Verdict::Matched(_))).then_some(0),
            words: format!("{verdict:?}"),
        }
    }
}
