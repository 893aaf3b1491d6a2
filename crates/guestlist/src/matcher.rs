//! What a list is decided with: an [index](crate::index) for the rules that it holds, an [automaton](crate::automaton) for the others.
//!
//! The automaton is the definition of what a list means: it can be asked for any list as a whole ([`EngineChoice::Automaton`]), and every suite holds both against the reference.
//! Whichever rule comes first of those that either finds is the answer.

use crate::automaton::{Automaton, Budget, Engine, EngineChoice, EngineKind};
use crate::index::{Built, Fast, Index, IndexBuf, NONE, Shape, Source};
use crate::origin::{Origin, Short, with_port_text};
use crate::pattern::Pattern;
use crate::vector::Vector;

pub(crate) struct MatcherBuf {
    /// What most hosts are decided with alone, if there is such a thing.
    fast: Option<Fast>,
    index: Option<IndexBuf>,
    rest: Option<Box<Rest>>,
}

/// A view of it, or of one whose index is among other bytes.
#[derive(Clone, Copy)]
pub(crate) struct Matcher<'a> {
    index: Option<Index<'a>>,
    rest: Option<&'a Rest>,
}

/// The rules that the index does not hold.
pub(crate) struct Rest {
    automaton: Automaton,
    /// For each of the automaton's patterns its rule.
    rules: Box<[u32]>,
}

impl MatcherBuf {
    /// Never fails. Cost: linear in the written-out patterns for the index, and for the rest as [`Automaton::build`] says.
    pub(crate) fn build(patterns: &[&Pattern], budget: &Budget, choice: EngineChoice) -> MatcherBuf {
        if let EngineChoice::Auto | EngineChoice::Index(_) = choice {
            let rest = |rules: &[usize]| {
                let patterns = rules.iter().map(|rule| patterns[*rule]);
                Automaton::build(patterns, budget, EngineChoice::Automaton)
            };
            return MatcherBuf::indexed(patterns.iter().copied(), budget.entries, Shape::Fast, rest);
        }
        let automaton = Automaton::build(patterns.iter().copied(), budget, choice);
        let rules = (0..).take(patterns.len()).collect();
        MatcherBuf { fast: None, index: None, rest: Some(Box::new(Rest { automaton, rules })) }
    }

    /// An index of as many rules as it holds; `rest` builds the automaton of the others.
    pub(crate) fn indexed(
        patterns: impl ExactSizeIterator<Item = impl Source>,
        most_entries: usize,
        shape: Shape,
        rest: impl FnOnce(&[usize]) -> Automaton,
    ) -> MatcherBuf {
        let count = patterns.len();
        let Built { index, fast, left_over } = IndexBuf::build(patterns, most_entries, shape);
        if left_over.is_empty() {
            return MatcherBuf { fast, index: Some(index), rest: None };
        }
        let automaton = rest(&left_over);
        let holds_some = left_over.len() < count || shape == Shape::Compact;
        let rules = left_over.iter().map(|rule| u32::try_from(*rule).unwrap_or(NONE)).collect();
        MatcherBuf {
            fast: None,
            index: holds_some.then_some(index),
            rest: Some(Box::new(Rest { automaton, rules })),
        }
    }

    /// What it is, for a list of this many rules.
    pub(crate) fn engine(&self, rules: usize) -> Engine {
        let fast = self.fast.as_ref().map_or(0, Fast::bytes);
        let bytes = fast + self.index.as_ref().map_or(0, IndexBuf::bytes);
        match &self.rest {
            Some(rest) => {
                let engine = rest.automaton.engine();
                Engine { bytes: engine.bytes + bytes, indexed: rules - rest.rules.len(), ..engine }
            }
            None => {
                let states = self.index.as_ref().map_or(0, IndexBuf::len);
                Engine { kind: EngineKind::Index, direction: None, states, bytes, indexed: rules }
            }
        }
    }

    /// What most hosts are decided with alone, if there is such a thing.
    #[inline(always)]
    pub(crate) fn fast(&self) -> Option<&Fast> {
        self.fast.as_ref()
    }

    #[inline(always)]
    pub(crate) fn view(&self) -> Matcher<'_> {
        Matcher { index: self.index.as_ref().map(IndexBuf::view), rest: self.rest.as_deref() }
    }

    /// Its index, which one that was built as [`Shape::Compact`] always has, and what decides on the rules that the index does not hold.
    pub(crate) fn into_parts(self) -> (Option<IndexBuf>, Option<Box<Rest>>) {
        (self.index, self.rest)
    }
}

impl<'a> Matcher<'a> {
    #[inline(always)]
    pub(crate) fn from_parts(index: Index<'a>, rest: Option<&'a Rest>) -> Matcher<'a> {
        Matcher { index: Some(index), rest }
    }

    /// The first rule that matches, or [`NONE`].
    #[inline(always)]
    pub(crate) fn first<V: Vector>(&self, vector: V, origin: &Origin<'_>) -> u32 {
        if let Some(host) = Short::of_origin(vector, origin) {
            return self.first_of_short(vector, host);
        }
        match origin.name() {
            Some(name) => self.first_of_name(vector, name, origin.port()),
            None => self.first_of_address(origin),
        }
    }

    /// The first rule that matches a name or an IPv4 address, or [`NONE`].
    #[inline(always)]
    pub(crate) fn first_of_name<V: Vector>(&self, vector: V, name: &[u8], port: Option<u16>) -> u32 {
        let first = match &self.index {
            Some(index) => index.first(vector, name, port),
            None => NONE,
        };
        match self.rest {
            Some(rest) => first.min(rest.first(name, port)),
            None => first,
        }
    }

    /// [`Matcher::first_of_name`] of a host that is framed already.
    #[inline(always)]
    pub(crate) fn first_of_short<V: Vector>(&self, vector: V, host: Short<'_, V>) -> u32 {
        let Short { name, port, .. } = host;
        let first = match &self.index {
            Some(index) => index.first_of_short(vector, host),
            None => NONE,
        };
        match self.rest {
            Some(rest) => first.min(rest.first(name, port)),
            None => first,
        }
    }

    /// [`Matcher::first_of_name`] of a name of up to 32 bytes of which [`MatcherBuf::fast`] says that it is unusual.
    #[inline(always)]
    pub(crate) fn first_unusual<V: Vector>(
        &self,
        vector: V,
        fast: &Fast,
        name: &[u8],
        port: Option<u16>,
    ) -> u32 {
        match &self.index {
            Some(index) => index.first_unusual(vector, fast, name, port),
            None => NONE,
        }
    }

    #[cold]
    #[inline(never)]
    fn first_of_address(&self, origin: &Origin<'_>) -> u32 {
        origin.with_text(|address, _| {
            let index = self.index.as_ref();
            let first = index.map_or(NONE, |index| index.first_slow(address, origin.port(), false));
            let rest = self.rest.map_or(NONE, |rest| rest.first(address, origin.port()));
            first.min(rest)
        })
    }

    /// Every rule that matches, in their order.
    pub(crate) fn all(&self, origin: &Origin<'_>) -> Vec<u32> {
        let mut all = Vec::new();
        if let Some(index) = &self.index {
            let is_name = origin.name().is_some();
            origin.with_text(|host, _| index.each(host, origin.port(), is_name, |rule| all.push(rule)));
        }
        if let Some(rest) = self.rest {
            let found = origin.with_text(|host, tail| rest.automaton.all(host, tail));
            all.extend(found.into_iter().map(|pattern| rest.rules[pattern]));
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl Rest {
    /// All bytes that it keeps, its own included.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Rest>() + size_of_val(&*self.rules) + self.automaton.engine().bytes
    }

    #[inline(never)]
    fn first(&self, host: &[u8], port: Option<u16>) -> u32 {
        let first = with_port_text(port, |tail| self.automaton.first(host, tail));
        first.map_or(NONE, |pattern| self.rules[pattern])
    }
}
