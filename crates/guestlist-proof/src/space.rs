//! Several lists in one automaton, made deterministic as far as it is asked for.
//!
//! A state is the set of all places in all patterns at once, so it knows *which* rules admit a host, and one automaton answers every question about the lists: what one admits and another does not, what
//! all admit, which rule is needed. States are made when a search comes to them; a question about one rule of a thousand costs little more than the rule is long.
//!
//! **Ports.** From the right the port comes first. What matters of a port is only which places in the hosts it leads to, so all ports fall into a few [`Class`]es, mostly one.

use core::ops::Range;
use std::collections::HashMap;

use guestlist::Pattern;
use guestlist::ast::{Node, NodeKind};

use crate::budget::{Budget, Purse, Undecided};
use crate::nfa::{Nfa, State};
use crate::symbol::{self, Mask};
use crate::valid::Known;

/// The number of a set of states.
pub(crate) type Set = u32;

/// The set that leads nowhere.
pub(crate) const NOTHING: Set = 0;

/// The automaton.
#[derive(Debug)]
pub(crate) struct Space {
    nfa: Nfa,
    pub(crate) known: Known,
    pub(crate) purse: Purse,
    sets: Vec<SetData>,
    numbers: HashMap<Box<[State]>, Set>,
    pub(crate) classes: Vec<Class>,
}

#[derive(Debug)]
struct SetData {
    states: Box<[State]>,
    /// The rules that admit what is read, in ascending order.
    rules: Box<[u32]>,
    /// Symbols that lead to the same set; made when it is asked for.
    groups: Option<Box<[(Mask, Set)]>>,
}

/// Ports that no rule tells apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Class {
    /// What has been read when the host begins.
    pub(crate) start: Set,
    /// The one to show: 443 if it is one, else 80, else the lowest; none where no port at all is all there is.
    pub(crate) port: Option<u16>,
}

impl Space {
    /// Puts patterns together; their rules are numbered in this order.
    pub(crate) fn new<'p>(
        patterns: impl IntoIterator<Item = &'p Pattern> + Clone,
        budget: Budget,
    ) -> Result<Space, Undecided> {
        let mut labels = Vec::new();
        for pattern in patterns.clone() {
            collect_a_labels(&pattern.ast().nodes, &mut labels);
        }
        let mut space = Space {
            nfa: Nfa::new(patterns),
            known: Known::new(labels.iter().map(String::as_str)),
            purse: Purse::new(budget),
            sets: Vec::new(),
            numbers: HashMap::new(),
            classes: Vec::new(),
        };
        space.set(Vec::new());
        space.make_classes()?;
        Ok(space)
    }

    /// The set that all classes begin with together: from it a host is admitted if it is with some port, or with none.
    pub(crate) fn any_port(&mut self) -> Result<Set, Undecided> {
        let states: Vec<State> = self
            .classes
            .iter()
            .flat_map(|class| self.sets[class.start as usize].states.iter().copied())
            .collect();
        self.purse.spend(states.len())?;
        Ok(self.set(states))
    }

    /// Where each symbol leads; symbols that lead nowhere are left out. Asked once for a set, it is known.
    pub(crate) fn groups(&mut self, set: Set) -> Result<&[(Mask, Set)], Undecided> {
        if self.sets[set as usize].groups.is_none() {
            let groups = self.make_groups(set)?;
            self.sets[set as usize].groups = Some(groups);
        }
        Ok(self.sets[set as usize].groups.as_deref().unwrap_or_default())
    }

    /// Where a byte leads.
    pub(crate) fn step(&mut self, set: Set, byte: u8) -> Result<Set, Undecided> {
        let mask = symbol::of(byte);
        let groups = self.groups(set)?;
        Ok(groups.iter().find(|(group, _)| group & mask != 0).map_or(NOTHING, |(_, to)| *to))
    }

    /// The rules that admit what is read, in ascending order.
    pub(crate) fn rules(&self, set: Set) -> &[u32] {
        &self.sets[set as usize].rules
    }

    /// True if one of these rules admits what is read.
    pub(crate) fn admits(&self, set: Set, rules: &Range<usize>) -> bool {
        let all = self.rules(set);
        let first = all.partition_point(|rule| (*rule as usize) < rules.start);
        all.get(first).is_some_and(|rule| (*rule as usize) < rules.end)
    }

    /// True if one of these rules may still admit what goes on from here.
    pub(crate) fn is_alive(&self, set: Set, rules: &Range<usize>) -> bool {
        let states = &self.sets[set as usize].states;
        let range = self.nfa.states_of(rules);
        let first = states.partition_point(|state| *state < range.start);
        states.get(first).is_some_and(|state| *state < range.end)
    }

    /// The number of a set, which need not be sorted.
    fn set(&mut self, mut states: Vec<State>) -> Set {
        states.sort_unstable();
        states.dedup();
        if let Some(number) = self.numbers.get(states.as_slice()) {
            return *number;
        }
        // Each set took at least one step, of which a budget has far fewer than four billion.
        let number = Set::try_from(self.sets.len()).unwrap_or(Set::MAX);
        let states: Box<[State]> = states.into();
        let admitting = states.iter().filter(|state| self.nfa.accepts(**state));
        let mut rules: Vec<u32> =
            admitting.map(|state| u32::try_from(self.nfa.rule_of(*state)).unwrap_or(u32::MAX)).collect();
        rules.dedup();
        self.sets.push(SetData { states: states.clone(), rules: rules.into(), groups: None });
        self.numbers.insert(states, number);
        number
    }

    fn make_groups(&mut self, set: Set) -> Result<Box<[(Mask, Set)]>, Undecided> {
        let states = &self.sets[set as usize].states;
        let edges = || states.iter().flat_map(|state| self.nfa.edges(*state));
        let mut masks: Vec<Mask> = edges().map(|(mask, _)| *mask).collect();
        self.purse.spend(masks.len() + 1)?;
        masks.sort_unstable();
        masks.dedup();
        // The coarsest sets of symbols that every edge takes all or none of.
        let mut parts: Vec<Mask> = vec![masks.iter().fold(0, |all, mask| all | mask)];
        for mask in masks {
            for index in 0..parts.len() {
                let (inside, outside) = (parts[index] & mask, parts[index] & !mask);
                if inside != 0 && outside != 0 {
                    parts[index] = inside;
                    parts.push(outside);
                }
            }
        }
        parts.retain(|part| *part != 0);
        // By their first symbol, so that a search tries symbols in their order.
        parts.sort_unstable_by_key(|part| part.trailing_zeros());
        let mut part_of = [0usize; 64];
        for (index, part) in parts.iter().enumerate() {
            let mut rest = *part;
            while rest != 0 {
                part_of[rest.trailing_zeros() as usize] = index;
                rest &= rest - 1;
            }
        }
        let mut targets: Vec<Vec<State>> = vec![Vec::new(); parts.len()];
        for (mask, to) in edges() {
            let mut rest = *mask;
            while rest != 0 {
                let index = part_of[rest.trailing_zeros() as usize];
                targets[index].push(*to);
                rest &= !parts[index];
            }
        }
        self.purse.spend(targets.iter().map(Vec::len).sum())?;
        let mut groups = Vec::with_capacity(parts.len());
        for (part, states) in parts.into_iter().zip(targets) {
            groups.push((part, self.set(states)));
        }
        Ok(groups.into())
    }

    /// Finds which ports the rules tell apart.
    fn make_classes(&mut self) -> Result<(), Undecided> {
        let behind_hosts: Vec<State> = self.nfa.behind_hosts().collect();
        let behind_ports: Vec<State> = self.nfa.behind_ports().collect();
        self.purse.spend(behind_hosts.len())?;
        let bare = self.set(behind_hosts.clone());
        let port_start = self.set(behind_ports);
        let mut classes = vec![Class { start: bare, port: None }];
        for (in_front, port) in self.ports(port_start)? {
            let states = self.sets[in_front as usize].states.iter().chain(&behind_hosts).copied().collect();
            let start = self.set(states);
            let index = classes.iter().position(|class| class.start == start);
            let class = match index {
                Some(index) => &mut classes[index],
                None => {
                    classes.push(Class { start, port: None });
                    let last = classes.len() - 1;
                    &mut classes[last]
                }
            };
            if class.port.is_none_or(|old| oddness(port) < oddness(old)) {
                class.port = Some(port);
            }
        }
        self.classes = classes;
        Ok(())
    }

    /// For each set that ports lead to, in front of their colon, the lowest of them; 80 and 443 beside.
    fn ports(&mut self, start: Set) -> Result<Vec<(Set, u16)>, Undecided> {
        /// A number from its last digit: how many digits are read, whether they are above those of 65535, whether the first is 0, and their value, the lowest of those that are alike.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        struct Number {
            len: u8,
            is_above: bool,
            has_zero: bool,
        }
        const LIMIT: [u8; 5] = *b"53556";
        let mut found: Vec<(Set, u16)> = Vec::new();
        let mut level: Vec<((Set, Number), u32)> =
            vec![((start, Number { len: 0, is_above: false, has_zero: true }), 0)];
        for (place, limit) in [1u32, 10, 100, 1000, 10_000].into_iter().zip(LIMIT) {
            let mut next: HashMap<(Set, Number), u32> = HashMap::new();
            for ((set, number), value) in level {
                for digit in b'0'..=b'9' {
                    self.purse.spend(1)?;
                    let to = self.step(set, digit)?;
                    let number = Number {
                        len: number.len + 1,
                        is_above: digit > limit || (digit == limit && number.is_above),
                        has_zero: digit == b'0',
                    };
                    let value = value + u32::from(digit - b'0') * place;
                    let lowest = next.entry((to, number)).or_insert(value);
                    *lowest = value.min(*lowest);
                }
            }
            level = next.into_iter().collect();
            level.sort_unstable();
            for ((set, number), value) in &level {
                let is_port = !number.has_zero && (number.len < 5 || !number.is_above);
                if let Some(port) = u16::try_from(*value).ok().filter(|_| is_port) {
                    found.push((self.step(*set, b':')?, port));
                }
            }
        }
        for port in [80u16, 443] {
            let text = format!(":{port}");
            let set = text.bytes().rev().try_fold(start, |set, byte| self.step(set, byte))?;
            found.push((set, port));
        }
        Ok(found)
    }
}

/// Of ports the one with the least is shown: 443, else 80, else the lowest.
pub(crate) fn oddness(port: u16) -> (bool, bool, u16) {
    (port != 443, port != 80, port)
}

/// The labels beginning with `xn--` that a pattern spells out in one piece.
fn collect_a_labels(nodes: &[Node], labels: &mut Vec<String>) {
    for node in nodes {
        match &node.kind {
            NodeKind::Literal(literal) if literal.ascii.starts_with("xn--") => {
                labels.push(literal.ascii.to_string());
            }
            NodeKind::Braces(alternatives) => {
                alternatives.iter().for_each(|nodes| collect_a_labels(nodes, labels));
            }
            _ => {}
        }
    }
}
