//! regex-automata's own automata: one anchored search from the left for all patterns at once.

use guestlist::Pattern;
use regex_automata::dfa::{Automaton, StartKind, dense, sparse};
use regex_automata::hybrid::dfa as lazy;
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind};

use super::{Peer, Unable, lower_case_regexes};

/// The most memory that a table, and building it, may take each. It bounds the time as well: a list that explodes takes about a second to reach it.
const SIZE_LIMIT: usize = 16 << 20;

/// The cache of the lazy automaton: so large that no workload's states push each other out.
const LAZY_CACHE: usize = 256 << 20;

const TOO_LARGE: Unable = Unable("the automaton is over 16 MiB");

fn syntax() -> syntax::Config {
    syntax::Config::new().unicode(false).utf8(false)
}

fn thompson() -> thompson::Config {
    thompson::Config::new().utf8(false).which_captures(WhichCaptures::None)
}

fn input(host: &str) -> Input<'_> {
    Input::new(host).anchored(Anchored::Yes).earliest(true)
}

/// States are made when a host first needs them, and kept in a cache.
#[derive(Debug)]
pub struct LazyDfa {
    dfa: lazy::DFA,
    cache: lazy::Cache,
}

impl Peer for LazyDfa {
    const NAME: &'static str = "lazy-dfa";
    type Rules = Vec<String>;

    fn translate(patterns: &[Pattern]) -> Result<Vec<String>, Unable> {
        lower_case_regexes(patterns)
    }

    fn build(regexes: &Vec<String>) -> Result<LazyDfa, Unable> {
        let config = lazy::Config::new()
            .match_kind(MatchKind::All)
            .cache_capacity(LAZY_CACHE)
            .skip_cache_capacity_check(true);
        let mut builder = lazy::Builder::new();
        builder.syntax(syntax()).thompson(thompson()).configure(config);
        let dfa = builder.build_many(regexes).map_err(|_| TOO_LARGE)?;
        let cache = dfa.create_cache();
        Ok(LazyDfa { dfa, cache })
    }

    fn is_match(&mut self, host: &str) -> bool {
        self.dfa.try_search_fwd(&mut self.cache, &input(host)).is_ok_and(|end| end.is_some())
    }
}

/// Every state is made ahead, in one table.
#[derive(Debug)]
pub struct DenseDfa(dense::DFA<Vec<u32>>);

impl Peer for DenseDfa {
    const NAME: &'static str = "dense-dfa";
    type Rules = Vec<String>;

    fn translate(patterns: &[Pattern]) -> Result<Vec<String>, Unable> {
        LazyDfa::translate(patterns)
    }

    fn build(regexes: &Vec<String>) -> Result<DenseDfa, Unable> {
        let config = dense::Config::new()
            .match_kind(MatchKind::All)
            .start_kind(StartKind::Anchored)
            .dfa_size_limit(Some(SIZE_LIMIT))
            .determinize_size_limit(Some(SIZE_LIMIT));
        let mut builder = dense::Builder::new();
        builder.syntax(syntax()).thompson(thompson()).configure(config);
        builder.build_many(regexes).map(DenseDfa).map_err(|_| TOO_LARGE)
    }

    fn is_match(&mut self, host: &str) -> bool {
        self.0.try_search_fwd(&input(host)).is_ok_and(|end| end.is_some())
    }
}

/// The same states, each with only the transitions that lead somewhere.
#[derive(Debug)]
pub struct SparseDfa(sparse::DFA<Vec<u8>>);

impl Peer for SparseDfa {
    const NAME: &'static str = "sparse-dfa";
    type Rules = Vec<String>;

    fn translate(patterns: &[Pattern]) -> Result<Vec<String>, Unable> {
        LazyDfa::translate(patterns)
    }

    fn build(regexes: &Vec<String>) -> Result<SparseDfa, Unable> {
        DenseDfa::build(regexes)?.0.to_sparse().map(SparseDfa).map_err(|_| TOO_LARGE)
    }

    fn is_match(&mut self, host: &str) -> bool {
        self.0.try_search_fwd(&input(host)).is_ok_and(|end| end.is_some())
    }
}
