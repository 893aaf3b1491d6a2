//! Deciding a line of a table of headers.

use guestlist_reference::table::HeaderCase;
use guestlist_reference::{List, Pattern, Verdict, decide};

/// What the reference says of a line.
pub(crate) fn verdict(case: &HeaderCase) -> Verdict {
    let parse = |pattern: &String| {
        Pattern::parse(pattern).unwrap_or_else(|why| unreachable!("line {}: {why}", case.line))
    };
    let mut list = List::new(case.list_type, case.patterns.iter().map(parse).collect());
    list.block_missing = case.block_missing.unwrap_or(list.block_missing);
    list.mode = case.mode.unwrap_or(list.mode);
    let schemes: Vec<&str> = case.schemes.iter().map(String::as_str).collect();
    let origin: Vec<&[u8]> = case.origin.iter().map(Vec::as_slice).collect();
    let referer: Vec<&[u8]> = case.referer.iter().map(Vec::as_slice).collect();
    decide(case.list_type, &list, &schemes, &origin, &referer)
}
