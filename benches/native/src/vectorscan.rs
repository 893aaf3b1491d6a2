//! Vectorscan in block mode, up to the first match.
//!
//! The patterns are alternatives of few expressions. With an expression for each, it takes as long for ordinary lists, but twelve times as long for
//! `w5-adversarial`; and an expression has a greatest length.

use guestlist::Pattern;
use guestlist_benches::peers::{Peer, Unable, lower_case_regexes};

use crate::ffi::Database;

/// Alternatives of an expression: a list of the usual size is one.
const ALTERNATIVES: usize = 20;

#[derive(Debug)]
pub(crate) struct Vectorscan(Database);

impl Peer for Vectorscan {
    const NAME: &'static str = "vectorscan";
    type Rules = Vec<String>;

    fn translate(patterns: &[Pattern]) -> Result<Vec<String>, Unable> {
        Ok(lower_case_regexes(patterns)?.chunks(ALTERNATIVES).map(|regexes| regexes.join("|")).collect())
    }

    fn build(regexes: &Vec<String>) -> Result<Vectorscan, Unable> {
        Database::new(regexes).map(Vectorscan).ok_or(Unable("Vectorscan refuses the list"))
    }

    fn is_match(&mut self, host: &str) -> bool {
        self.0.is_match(host).expect("a scan that works")
    }
}
