//! Patterns → one nondeterministic automaton that reads the text of an origin from the right.
//!
//! From the right because host patterns are nearly a trie from there: wildcards lead. There is no step that reads nothing: a place in the pattern is a set of states
//! (Glushkov's construction, "The abstract theory of automata", 1961), so braces and stars cost edges and not states.
//!
//! **Ports.** A part of a pattern can stand in the host on one way and in the port on another (`{a:8,b}0`), so each part is read twice: from behind the port, until the colon leads into the
//! host, and from behind the host, where the pattern does not look at the port.

use core::ops::Range;
use std::collections::HashSet;

use guestlist::ast::{Node, NodeKind};
use guestlist::{Host, Pattern};

use crate::symbol::{self, COLON, DIGITS, HOST, Mask};

/// The number of a state.
pub(crate) type State = u32;

/// The automaton of several patterns, each with states of its own.
#[derive(Debug, Default)]
pub(crate) struct Nfa {
    /// For each state what it reads and where that leads.
    edges: Vec<Vec<(Mask, State)>>,
    /// The pattern whose host is read in this state.
    accepts: Vec<bool>,
    /// For each pattern where its states begin, and where the last one's end.
    starts: Vec<State>,
}

/// The states of a place in a pattern, reached from behind the host and from behind the port.
#[derive(Clone, Default)]
struct Place {
    host: Vec<State>,
    port: Vec<State>,
}

impl Nfa {
    pub(crate) fn new<'p>(patterns: impl IntoIterator<Item = &'p Pattern>) -> Nfa {
        let mut nfa = Nfa { starts: vec![0], ..Nfa::default() };
        for pattern in patterns {
            // The two states that every pattern begins with; see `behind_host`.
            let place = Place { host: vec![nfa.state()], port: vec![nfa.state()] };
            for state in nfa.sequence(&pattern.ast().nodes, place).host {
                nfa.accepts[state as usize] = true;
            }
            nfa.starts.push(nfa.count());
        }
        nfa
    }

    /// How many patterns there are.
    pub(crate) fn rules(&self) -> usize {
        self.starts.len() - 1
    }

    /// The states behind the last byte of the host, for the patterns that do not look at the port: one for each.
    pub(crate) fn behind_hosts(&self) -> impl Iterator<Item = State> + '_ {
        self.starts[..self.rules()].iter().copied()
    }

    /// The states behind the last digit of the port: one for each pattern.
    pub(crate) fn behind_ports(&self) -> impl Iterator<Item = State> + '_ {
        self.behind_hosts().map(|state| state + 1)
    }

    pub(crate) fn edges(&self, state: State) -> &[(Mask, State)] {
        &self.edges[state as usize]
    }

    /// True if the host is whole in this state.
    pub(crate) fn accepts(&self, state: State) -> bool {
        self.accepts[state as usize]
    }

    /// The states of these patterns.
    pub(crate) fn states_of(&self, rules: &Range<usize>) -> Range<State> {
        self.starts[rules.start]..self.starts[rules.end]
    }

    /// The pattern that a state belongs to.
    pub(crate) fn rule_of(&self, state: State) -> usize {
        self.starts.partition_point(|start| *start <= state) - 1
    }

    /// Those of these patterns that admit this host with some port or with none, in ascending order; now and then one more, whose port is no number. Hosts begin in these states, which are those of
    /// [`Nfa::in_front_of_ports`]. Adds to `steps` what it took.
    pub(crate) fn admitting(
        &self,
        rules: &Range<usize>,
        fronts: &[State],
        host: &str,
        steps: &mut u64,
    ) -> Vec<usize> {
        let range = self.states_of(rules);
        let place = |end: State| fronts.partition_point(|state| *state < end);
        let mut states = fronts[place(range.start)..place(range.end)].to_vec();
        let mut next = Vec::new();
        for byte in host.bytes().rev() {
            let symbol = symbol::of(byte);
            for state in states.drain(..) {
                *steps += 1;
                next.extend(
                    self.edges(state).iter().filter(|(mask, _)| mask & symbol != 0).map(|(_, to)| *to),
                );
            }
            // A pattern's states follow those of the one before, so this is nearly in order.
            next.sort_unstable();
            next.dedup();
            core::mem::swap(&mut states, &mut next);
        }
        states.retain(|state| self.accepts(*state));
        let mut rules: Vec<usize> = states.into_iter().map(|state| self.rule_of(state)).collect();
        rules.dedup();
        rules
    }

    /// Where the host begins, whatever the port is.
    pub(crate) fn in_front_of_ports(&self) -> Vec<State> {
        let mut fronts: Vec<State> = self.behind_hosts().collect();
        let mut to_do: Vec<State> = self.behind_ports().collect();
        let mut is_seen = HashSet::<State>::new();
        while let Some(state) = to_do.pop() {
            for (mask, to) in self.edges(state) {
                if mask & COLON != 0 {
                    fronts.push(*to);
                } else if mask & DIGITS != 0 && is_seen.insert(*to) {
                    to_do.push(*to);
                }
            }
        }
        fronts.sort_unstable();
        fronts.dedup();
        fronts
    }

    fn count(&self) -> State {
        // A pattern has two states more than bytes, and a list far fewer than four billion of those.
        State::try_from(self.edges.len()).unwrap_or(State::MAX)
    }

    fn state(&mut self) -> State {
        let state = self.count();
        self.edges.push(Vec::new());
        self.accepts.push(false);
        state
    }

    /// The place in front of a sequence, whose end is this place.
    fn sequence(&mut self, nodes: &[Node], end: Place) -> Place {
        nodes.iter().rev().fold(end, |place, node| self.node(&node.kind, place))
    }

    fn node(&mut self, kind: &NodeKind, end: Place) -> Place {
        match kind {
            NodeKind::Literal(literal) => {
                literal.ascii.bytes().rev().fold(end, |place, byte| self.one(symbol::of(byte), &place))
            }
            NodeKind::Question => self.one(HOST, &end),
            NodeKind::Set(set) => self.one(symbol::of_set(set), &end),
            NodeKind::Dot => Place { host: self.step(symbol::of(b'.'), &end.host), port: Vec::new() },
            NodeKind::Star => {
                let mut place = end;
                for (states, mask) in [(&mut place.host, HOST), (&mut place.port, DIGITS)] {
                    if let Some(star) = self.step(mask, states).first().copied() {
                        self.edges[star as usize].push((mask, star));
                        states.push(star);
                    }
                }
                place
            }
            // In front of the colon stands the host. A colon in the host would be the second one, and was refused.
            NodeKind::Colon => Place { host: self.step(COLON, &end.port), port: Vec::new() },
            NodeKind::Braces(alternatives) => {
                let mut front = Place::default();
                for nodes in alternatives {
                    let place = self.sequence(nodes, end.clone());
                    front.host.extend(place.host);
                    front.port.extend(place.port);
                }
                for states in [&mut front.host, &mut front.port] {
                    states.sort_unstable();
                    states.dedup();
                }
                front
            }
            NodeKind::Ipv6(groups) => {
                let text = Host::Ipv6(*groups).to_string();
                let host =
                    text.bytes().rev().fold(end.host, |states, byte| self.step(symbol::of(byte), &states));
                Place { host, port: Vec::new() }
            }
            // No other kind exists yet.
            _ => Place::default(),
        }
    }

    /// One symbol of a set: in the port only its digits.
    fn one(&mut self, mask: Mask, end: &Place) -> Place {
        Place { host: self.step(mask, &end.host), port: self.step(mask & DIGITS, &end.port) }
    }

    /// A new state that is reached by one symbol; none where there is no way to it.
    fn step(&mut self, mask: Mask, from: &[State]) -> Vec<State> {
        if from.is_empty() || mask == 0 {
            return Vec::new();
        }
        let state = self.state();
        for from in from {
            self.edges[*from as usize].push((mask, state));
        }
        vec![state]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether one of the patterns matches, by following all states at once.
    fn matches(pattern: &str, host: &str, port: Option<&str>) -> bool {
        let nfa = Nfa::new([&Pattern::parse(pattern).unwrap()]);
        let walk = |states: Vec<State>, text: &str| {
            text.bytes().rev().fold(states, |states, byte| {
                let edges = states.iter().flat_map(|state| nfa.edges(*state));
                edges.filter(|(mask, _)| mask & symbol::of(byte) != 0).map(|(_, to)| *to).collect()
            })
        };
        let mut states: Vec<State> = nfa.behind_hosts().collect();
        if let Some(port) = port {
            states.extend(walk(nfa.behind_ports().collect(), &format!(":{port}")));
        }
        walk(states, host).iter().any(|state| nfa.accepts(*state))
    }

    #[test]
    fn patterns_are_read_from_the_right() {
        for (pattern, host, port, expected) in [
            ("example.com", "example.com", None, true),
            ("example.com", "example.com", Some("8080"), true),
            ("example.com", "xample.com", None, false),
            ("*.com", "a.com", None, true),
            ("*.com", "a.b.com", None, false),
            ("a*b?", "abb", None, true),
            ("a*b?", "ab", None, false),
            ("{,www.}a.com", "a.com", None, true),
            ("{,www.}a.com", "www.a.com", None, true),
            ("a.com:8080", "a.com", None, false),
            ("a.com:8080", "a.com", Some("8080"), true),
            ("a.com:8080", "a.com", Some("808"), false),
            ("a.com:*", "a.com", Some("1"), true),
            ("{a:8,b}0", "a", Some("80"), true),
            ("{a:8,b}0", "b0", None, true),
            ("{a:8,b}0", "b0", Some("80"), true),
            ("{a:8,b}0", "a", Some("8"), false),
            ("a.com{,:80}", "a.com", Some("81"), true),
            ("[::1]:[1-3]", "[::1]", Some("2"), true),
            ("[::1]:[1-3]", "[::1]", Some("4"), false),
            ("a[b-c]", "ac", None, true),
        ] {
            assert_eq!(matches(pattern, host, port), expected, "{pattern} {host} {port:?}");
        }
    }

    #[test]
    fn ipv6_is_written_as_the_engine_reads_it() {
        for text in [
            "::",
            "::1",
            "1::",
            "1:0:0:2::3",
            "1::2:3:0:0:4",
            "1:0:2:3:4:5:6:7",
            "::ffff:102:304",
            "1:2:3:4:5:6:7:8",
        ] {
            let address: core::net::Ipv6Addr = text.parse().unwrap();
            let written = Host::Ipv6(address.segments()).to_string();
            assert_eq!(written, format!("[{text}]"));
            assert!(matches(&written, &written, None), "{text}");
        }
    }
}
