//! What people use today.

use guestlist::Pattern;
use regex::{RegexSet, RegexSetBuilder};

/// All patterns as one `RegexSet`, over `host` or `host:port`.
///
/// # Panics
///
/// If a pattern is bad; the workloads have none.
pub fn regex_set(patterns: &[String]) -> RegexSet {
    let regexes = patterns.iter().map(|text| Pattern::parse(text).map(|pattern| pattern.to_regex()));
    let regexes: Vec<String> = regexes.collect::<Result<_, _>>().expect("a good pattern");
    RegexSetBuilder::new(regexes)
        .unicode(false)
        .size_limit(1 << 30)
        .build()
        .expect("a printed pattern is a regular expression")
}

/// A header value through the URL parser, then the set.
pub fn url_and_regex_set(set: &RegexSet, header: &[u8]) -> bool {
    let Some(url) = core::str::from_utf8(header).ok().and_then(|text| url::Url::parse(text).ok()) else {
        return false;
    };
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else { return false };
    set.is_match(&format!("{host}:{port}"))
}
