//! What people use today, behind one trait, so that one comparison times them all and one test holds them all against the reference.
//!
//! A peer gets every advantage that costs it no correctness: patterns are translated into its syntax, and hosts into its spelling, before any
//! clock runs, and it may take a host for valid and in lower case.

mod automata;
mod glob;
mod hash;
mod lower_case;
mod regex_set;

use guestlist::Pattern;

pub use self::automata::{DenseDfa, LazyDfa, SparseDfa};
pub use self::glob::{FastGlob, GlobSet, Wax};
pub use self::hash::{FoldHash, HashSets, SipHash};
pub use self::lower_case::lower_case_regexes;
pub use self::regex_set::{RegexSets, any_case_regex_set, http_and_regex_set, regex_set, url_and_regex_set};

use crate::workload::Workload;

/// Why a peer does not take part: its syntax has no such pattern, or the list grows over its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unable(pub &'static str);

/// Something else that finds out whether a host matches any pattern of a list.
pub trait Peer: Sized + 'static {
    /// Its name in tables.
    const NAME: &'static str;

    /// The patterns in its own syntax.
    type Rules: 'static;

    /// Says the patterns in its own syntax.
    ///
    /// # Errors
    ///
    /// If that has no words for one of them.
    fn translate(patterns: &[Pattern]) -> Result<Self::Rules, Unable>;

    /// Makes it ready for checks.
    ///
    /// # Errors
    ///
    /// If the list grows over a limit.
    fn build(rules: &Self::Rules) -> Result<Self, Unable>;

    /// `host` or `host:port` as [`is_match`](Peer::is_match) takes it.
    fn spell(host: &str) -> String {
        host.to_owned()
    }

    /// Whether any pattern matches this host, which [`spell`](Peer::spell) wrote.
    fn is_match(&mut self, host: &str) -> bool;
}

/// Does the same with every peer.
pub trait Visitor {
    /// Does it with one.
    fn visit<P: Peer>(&mut self);
}

/// A field of peers.
pub trait Peers {
    /// Shows every peer to the visitor, always in the same order.
    fn each(visitor: &mut impl Visitor);
}

/// The peers that are written in Rust, and build wherever Rust does.
#[derive(Debug)]
pub struct Portable;

impl Peers for Portable {
    fn each(visitor: &mut impl Visitor) {
        visitor.visit::<RegexSets<false>>();
        visitor.visit::<RegexSets<true>>();
        visitor.visit::<LazyDfa>();
        visitor.visit::<DenseDfa>();
        visitor.visit::<SparseDfa>();
        visitor.visit::<GlobSet>();
        visitor.visit::<FastGlob>();
        visitor.visit::<Wax>();
        visitor.visit::<HashSets<SipHash>>();
        visitor.visit::<HashSets<FoldHash>>();
    }
}

/// The names of the peers that can express a workload.
///
/// # Panics
///
/// If one of them gives an answer that the reference does not.
pub fn able<P: Peers>(workload: &Workload) -> Vec<&'static str> {
    let mut answers = Answers { workload, expected: workload.expected(), able: Vec::new() };
    P::each(&mut answers);
    answers.able
}

struct Answers<'a> {
    workload: &'a Workload,
    expected: Vec<bool>,
    able: Vec<&'static str>,
}

impl Visitor for Answers<'_> {
    fn visit<P: Peer>(&mut self) {
        let ready = P::translate(&self.workload.parsed()).and_then(|rules| P::build(&rules));
        let Ok(mut peer) = ready else { return };
        self.able.push(P::NAME);
        for (host, expected) in self.workload.hosts.iter().zip(&self.expected) {
            assert_eq!(peer.is_match(&P::spell(host)), *expected, "{}: {host}", P::NAME);
        }
    }
}

/// `host:port` or `host` without its port, and whether there was one.
fn without_port(host: &str) -> (&str, bool) {
    host.split_once(':').map_or((host, false), |(host, _)| (host, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn able(workload: &Workload) -> Vec<&'static str> {
        super::able::<Portable>(workload)
    }

    const AUTOMATA: [&str; 5] = ["regex-set", "regex-set-tuned", "lazy-dfa", "dense-dfa", "sparse-dfa"];
    const GLOBS: [&str; 3] = ["globset", "fast-glob", "wax"];
    const HASHES: [&str; 2] = ["hash-siphash", "hash-foldhash"];

    /// With as many hosts again, sampled.
    fn with_more_hosts(mut workload: Workload) -> Workload {
        let sampled = workload.with_sampled_hosts(workload.hosts.len());
        workload.hosts.extend(sampled.hosts);
        workload
    }

    #[test]
    fn every_peer_agrees_with_the_reference_on_every_workload_it_can_express() {
        let all = [&AUTOMATA[..], &GLOBS, &HASHES].concat();
        for workload in [Workload::one_literal(), Workload::ordinary(), Workload::thousand()] {
            assert_eq!(able(&with_more_hosts(workload)), all);
        }
    }

    #[test]
    fn what_explodes_is_left_to_those_that_do_not_determinize_ahead() {
        for workload in [Workload::adversarial(), Workload::adversarial_both_ways()] {
            assert_eq!(
                able(&with_more_hosts(workload)),
                ["regex-set", "regex-set-tuned", "lazy-dfa", "globset", "fast-glob", "wax"]
            );
        }
    }

    #[test]
    fn ports_sets_and_braces_mean_the_same_to_every_peer() {
        let patterns = [
            "*.a.com:8443",
            "{app,www,}b.com",
            "c[0-3x].org",
            "d.com:{80,81}",
            "{e.,}f.com",
            "g{h,i*,?k}.com",
        ];
        let hosts = [
            "x.a.com:8443",
            "x.a.com:8444",
            "x.a.com",
            "x.y.a.com:8443",
            "a.com:8443",
            "appb.com",
            "b.com:1",
            "xb.com",
            "c2.org",
            "cx.org:9",
            "c4.org",
            "d.com:80",
            "d.com:82",
            "d.com",
            "e.f.com",
            "f.com",
            "ef.com",
            "gh.com",
            "gi.com",
            "gixx.com",
            "gi.x.com",
            "gxk.com",
            "gk.com",
        ];
        for count in 1..=patterns.len() {
            let patterns = patterns[..count].iter().map(|text| (*text).to_owned()).collect();
            let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
            let able = able(&Workload { name: "mixed", patterns, hosts });
            let all = [&AUTOMATA[..], &GLOBS, &HASHES].concat();
            assert_eq!(able, if count < 6 { &all[..] } else { &all[..8] }, "{count}");
        }
    }
}
