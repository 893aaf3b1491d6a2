//! `RE2::Set`, anchored at both ends.

use guestlist::Pattern;
use guestlist_benches::peers::{Peer, Unable, lower_case_regexes};

use crate::ffi::Re2Set;

/// So much that no workload's states push each other out.
const MAX_MEM: i64 = 1 << 30;

#[derive(Debug)]
pub(crate) struct Re2(Re2Set);

impl Peer for Re2 {
    const NAME: &'static str = "re2-set";
    type Rules = Vec<String>;

    fn translate(patterns: &[Pattern]) -> Result<Vec<String>, Unable> {
        lower_case_regexes(patterns)
    }

    fn build(regexes: &Vec<String>) -> Result<Re2, Unable> {
        Re2Set::new(regexes, MAX_MEM).map(Re2).ok_or(Unable("RE2 refuses the set"))
    }

    fn is_match(&mut self, host: &str) -> bool {
        self.0.is_match(host).expect("an automaton within its memory")
    }
}
