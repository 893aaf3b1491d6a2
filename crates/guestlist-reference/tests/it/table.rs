//! Deciding a line of a table of headers.

use guestlist_reference::table::header_values;
use guestlist_reference::{List, ListType, Pattern, Verdict, decide};

/// Decides a line of a table of headers: patterns, list type with settings, Origin, Referer. The settings are
/// `block_missing=0|1`, `mode=off|report|enforce` and `scheme=NAME`.
pub(crate) fn verdict(place: usize, patterns: &str, list_type: &str, origin: &str, referer: &str) -> Verdict {
    let patterns: Vec<Pattern> = patterns
        .split(' ')
        .filter(|&pattern| pattern != "-")
        .map(|pattern| Pattern::parse(pattern).unwrap_or_else(|why| unreachable!("{place}: {why}")))
        .collect();
    let mut settings = list_type.split(';');
    let list_type = match settings.next() {
        Some("upload") => ListType::Upload,
        Some("delivery") => ListType::Delivery,
        other => unreachable!("{place}: list type {other:?}"),
    };
    let mut list = List::new(list_type, patterns);
    let mut schemes = Vec::new();
    for setting in settings {
        match setting.split_once('=') {
            Some(("block_missing", value)) => list.block_missing = value == "1",
            Some(("mode", "off")) => list.mode = guestlist_reference::Mode::Off,
            Some(("mode", "report")) => list.mode = guestlist_reference::Mode::Report,
            Some(("mode", "enforce")) => list.mode = guestlist_reference::Mode::Enforce,
            Some(("scheme", name)) => schemes.push(name),
            _ => unreachable!("{place}: setting {setting:?}"),
        }
    }
    let (origin, referer) = (header_values(origin), header_values(referer));
    let origin: Vec<&[u8]> = origin.iter().map(Vec::as_slice).collect();
    let referer: Vec<&[u8]> = referer.iter().map(Vec::as_slice).collect();
    decide(list_type, &list, &schemes, &origin, &referer)
}
