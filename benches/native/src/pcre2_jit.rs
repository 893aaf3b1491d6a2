//! PCRE2 with its compiler to machine code: alternations of as many patterns as it takes, which is faster than one expression after the other.

use guestlist::Pattern;
use guestlist_benches::peers::{Peer, Unable, lower_case_regexes};
use pcre2::bytes::{Regex, RegexBuilder};

/// An expression may take 64 KiB; so many patterns of domains are safely less.
const ALTERNATIVES: usize = 200;

#[derive(Debug)]
pub(crate) struct Pcre2(Vec<Regex>);

impl Peer for Pcre2 {
    const NAME: &'static str = "pcre2-jit";
    type Rules = Vec<String>;

    fn translate(patterns: &[Pattern]) -> Result<Vec<String>, Unable> {
        lower_case_regexes(patterns)
    }

    fn build(regexes: &Vec<String>) -> Result<Pcre2, Unable> {
        let mut builder = RegexBuilder::new();
        builder.jit(true);
        let built = regexes.chunks(ALTERNATIVES).map(|chunk| builder.build(&chunk.join("|")));
        built
            .collect::<Result<_, _>>()
            .map(Pcre2)
            .map_err(|_| Unable("PCRE2 finds the alternation too large"))
    }

    fn is_match(&mut self, host: &str) -> bool {
        self.0.iter().any(|regex| regex.is_match(host.as_bytes()).expect("a match within PCRE2's limits"))
    }
}
