//! `regex::RegexSet`, alone and behind two URL parsers.

use std::fmt::Write;

use guestlist::Pattern;
use regex::{RegexSet, RegexSetBuilder};

use super::{Peer, Unable, lower_case_regexes};

/// The most memory the set may take, far more than a list needs.
const SIZE_LIMIT: usize = 1 << 30;

/// The cache of a tuned set: states of a lazily built automaton, which many different hosts would otherwise push out of the ordinary 2 MB.
const TUNED_CACHE: usize = 256 << 20;

/// All patterns as one `RegexSet`, with the ordinary cache or a tuned one.
#[derive(Debug)]
pub struct RegexSets<const TUNED: bool>(RegexSet);

impl<const TUNED: bool> Peer for RegexSets<TUNED> {
    const NAME: &'static str = if TUNED { "regex-set-tuned" } else { "regex-set" };
    type Rules = Vec<String>;

    fn translate(patterns: &[Pattern]) -> Result<Vec<String>, Unable> {
        lower_case_regexes(patterns)
    }

    fn build(regexes: &Vec<String>) -> Result<RegexSets<TUNED>, Unable> {
        let mut builder = RegexSetBuilder::new(regexes);
        builder.unicode(false).size_limit(SIZE_LIMIT);
        if TUNED {
            builder.dfa_size_limit(TUNED_CACHE);
        }
        let set = builder.build();
        set.map(RegexSets).map_err(|_| Unable("the set is over its size limit"))
    }

    fn is_match(&mut self, host: &str) -> bool {
        self.0.is_match(host)
    }
}

/// All patterns as one `RegexSet`, over `host` or `host:port` in lower case.
///
/// # Panics
///
/// If a pattern is bad; the workloads have none.
pub fn regex_set(patterns: &[String]) -> RegexSet {
    let patterns: Result<Vec<_>, _> = patterns.iter().map(|text| Pattern::parse(text)).collect();
    let regexes = RegexSets::<false>::translate(&patterns.expect("a good pattern"));
    let set = regexes.and_then(|regexes| RegexSets::<false>::build(&regexes));
    set.expect("a printed pattern is a regular expression").0
}

/// The same in any case: for a parser that leaves hosts as they are.
///
/// # Panics
///
/// If a pattern is bad; the workloads have none.
pub fn any_case_regex_set(patterns: &[String]) -> RegexSet {
    let patterns: Result<Vec<_>, _> = patterns.iter().map(|text| Pattern::parse(text)).collect();
    let regexes: Vec<String> = patterns.expect("a good pattern").iter().map(Pattern::to_regex).collect();
    RegexSets::<false>::build(&regexes).expect("a printed pattern is a regular expression").0
}

/// A header value through the URL parser, which writes hosts in lower case, then the set.
pub fn url_and_regex_set(set: &RegexSet, header: &[u8]) -> bool {
    let Some(url) = core::str::from_utf8(header).ok().and_then(|text| url::Url::parse(text).ok()) else {
        return false;
    };
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else { return false };
    set.is_match(&format!("{host}:{port}"))
}

/// A header value through `http::Uri`, then a set for any case; `scratch` saves the allocation for `host:port`.
pub fn http_and_regex_set(set: &RegexSet, header: &[u8], scratch: &mut String) -> bool {
    let Ok(uri) = http::Uri::try_from(header) else { return false };
    let known = match uri.scheme_str() {
        Some("https") => Some(443),
        Some("http") => Some(80),
        _ => None,
    };
    let (Some(host), Some(port)) = (uri.host(), uri.port_u16().or(known)) else { return false };
    scratch.clear();
    write!(scratch, "{host}:{port}").is_ok() && set.is_match(scratch)
}
