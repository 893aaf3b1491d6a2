//! Examples of who gets in: made from the parts of a pattern as a person would fill them in, and checked before they are shown.

use std::collections::HashSet;

use guestlist::ast::{Node, NodeKind, SetItem};
use guestlist::{Host, List, Pattern};

use crate::budget::Undecided;
use crate::prover::Prover;
use crate::rules::{Rules, admits, list_of};

/// Somebody who gets in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Example {
    /// The rule that was filled in: its place among the patterns, from 0.
    pub rule: usize,
    /// The host, or `host:port` where the rule asks for a port.
    pub host: String,
}

/// How many fillings are tried for each example that is wanted.
const ROUNDS: usize = 8;

impl Prover {
    /// Hosts that get in, `most` at most, and varied: one of each rule in turn, each another way through its parts, as a person would fill them in. Where no such way is a valid host, it is the shortest that
    /// the rule admits. Each is checked with the engine, and none is there twice. Without any, nobody gets in.
    ///
    /// Costs some fillings for each rule and example; only a rule that cannot be filled in is searched.
    ///
    /// ```
    /// use guestlist_proof::{Prover, Rules};
    ///
    /// let rules = Rules::parse(["*.example.com", "localhost:300?"])?;
    /// let hosts: Vec<String> = Prover::new().examples(&rules, 4)?.into_iter().map(|example| example.host).collect();
    /// assert_eq!(hosts, ["www.example.com", "localhost:3000", "a.example.com", "localhost:3009"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Nobody was found, and the budget did not suffice to show that nobody gets in.
    pub fn examples(&self, rules: &Rules, most: usize) -> Result<Vec<Example>, Undecided> {
        let mut examples: Vec<Example> = Vec::new();
        let mut known: HashSet<String> = HashSet::new();
        let mut undecided = None;
        let mut fillings: Vec<(usize, Fillings<'_>)> =
            rules.patterns().iter().map(|pattern| Fillings::new(pattern, most)).enumerate().collect();
        let mut is_first = true;
        while examples.len() < most && !fillings.is_empty() {
            fillings.retain_mut(|(rule, fillings)| {
                if examples.len() == most {
                    return false;
                }
                let found = match fillings.next() {
                    Some(host) => Some(host),
                    None if is_first => {
                        let alone = Rules::from(fillings.pattern.clone());
                        let found = self.example(&alone);
                        undecided = undecided.or(found.as_ref().err().copied());
                        found.ok().flatten().map(|witness| witness.to_string())
                    }
                    None => return false,
                };
                if let Some(host) = found.filter(|host| known.insert(host.clone())) {
                    examples.push(Example { rule: *rule, host });
                }
                true
            });
            is_first = false;
        }
        // Where people would think of no more, the shortest of the others.
        while !examples.is_empty() && examples.len() < most {
            let shown: Rules =
                examples.iter().filter_map(|example| Pattern::parse(&example.host).ok()).collect();
            let Ok(Some(witness)) = self.only_in(rules, &shown) else { break };
            let host = witness.to_string();
            let Some(rule) = rules
                .patterns()
                .iter()
                .position(|pattern| admits(&list_of(std::slice::from_ref(pattern)), &host))
            else {
                break;
            };
            if !known.insert(host.clone()) {
                break;
            }
            examples.push(Example { rule, host });
        }
        match undecided {
            Some(undecided) if examples.is_empty() => Err(undecided),
            _ => Ok(examples),
        }
    }
}

/// The hosts that a pattern matches when it is filled in, each once.
struct Fillings<'p> {
    pattern: &'p Pattern,
    /// Made when it is asked.
    list: Option<List>,
    rounds: core::ops::Range<usize>,
    found: Vec<String>,
}

impl<'p> Fillings<'p> {
    fn new(pattern: &'p Pattern, most: usize) -> Fillings<'p> {
        Fillings { pattern, list: None, rounds: 0..most.saturating_mul(ROUNDS), found: Vec::new() }
    }
}

impl Iterator for Fillings<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let pattern = self.pattern;
        let list = self.list.get_or_insert_with(|| list_of(std::slice::from_ref(pattern)));
        for round in self.rounds.by_ref() {
            let host = fill(pattern, round, Style::Ordinary);
            if !self.found.contains(&host) && admits(list, &host) {
                self.found.push(host.clone());
                return Some(host);
            }
        }
        None
    }
}

/// What a pattern is filled in with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// What its author thinks of.
    Ordinary,
    /// What its author does not think of: a stranger, wherever there is room for one.
    Stranger,
}

/// One way through the parts of a pattern, which need not be a valid host: in round 0 the first everywhere, then a mix that is the same every time.
pub(crate) fn fill(pattern: &Pattern, round: usize, style: Style) -> String {
    let ast = pattern.ast();
    let is_open = style == Style::Stranger && pattern.warning().is_some();
    let mut filler = Filler {
        choices: Choices { round, state: round },
        style,
        is_open,
        host: String::new(),
        in_port: false,
    };
    filler.write(&ast.nodes, None);
    filler.host
}

/// Which way to take where there are several.
struct Choices {
    round: usize,
    state: usize,
}

impl Choices {
    fn choose(&mut self, count: usize) -> usize {
        if self.round == 0 {
            return 0;
        }
        // A linear congruential generator; its low bits repeat quickly, so they are left out.
        self.state = self.state.wrapping_mul(1_103_515_245).wrapping_add(12_345) & 0x7fff_ffff;
        (self.state >> 8) % count.max(1)
    }
}

struct Filler {
    choices: Choices,
    style: Style,
    /// Whether anyone can have a name where the stars are.
    is_open: bool,
    host: String,
    in_port: bool,
}

impl Filler {
    /// Writes one way through the parts; `behind` is what comes after them, as far as it is known.
    fn write(&mut self, nodes: &[Node], behind: Option<&Node>) {
        for (index, node) in nodes.iter().enumerate() {
            match &node.kind {
                NodeKind::Literal(literal) => self.host += &literal.ascii,
                NodeKind::Star => {
                    let filling = self.star(nodes.get(index + 1).or(behind));
                    self.host += filling;
                }
                NodeKind::Question if self.in_port => self.host += ["0", "1", "9"][self.choices.choose(3)],
                NodeKind::Question => self.host += ["1", "a", "x"][self.choices.choose(3)],
                NodeKind::Set(set) => {
                    let byte = match set.items[self.choices.choose(set.items.len())] {
                        SetItem::One(byte) => byte,
                        SetItem::Range(first, last) => [first, last][self.choices.choose(2)],
                        _ => continue,
                    };
                    self.host.push(char::from(byte));
                }
                NodeKind::Dot => self.host.push('.'),
                NodeKind::Colon => {
                    self.in_port = true;
                    self.host.push(':');
                }
                NodeKind::Braces(alternatives) => {
                    let chosen = self.choices.choose(alternatives.len());
                    self.write(&alternatives[chosen], nodes.get(index + 1).or(behind));
                }
                NodeKind::Ipv6(groups) => self.host += &Host::Ipv6(*groups).to_string(),
                _ => {}
            }
        }
    }

    fn star(&mut self, behind: Option<&Node>) -> &'static str {
        if self.in_port {
            return ["8080", "3000", "443", ""][self.choices.choose(4)];
        }
        // Alone in its label a star should look like a label; next to other characters it may be nothing.
        let is_first = self.host.is_empty() || self.host.ends_with('.');
        // Behind a number comes a number, or it is no address.
        let before = self.host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
        let is_number = is_first && !before.is_empty() && before.bytes().all(|byte| byte.is_ascii_digit());
        let is_end = behind.is_none_or(|node| matches!(node.kind, NodeKind::Colon));
        let is_last = is_end || behind.is_some_and(|node| node.kind == NodeKind::Dot);
        let fillings = match (self.style, is_first, is_last) {
            (_, true, _) if is_number => ["7", "www", "250"],
            (Style::Ordinary, true, _) => ["www", "app", "a"],
            (Style::Ordinary, false, _) => ["", "-1", "x"],
            (Style::Stranger, true, true) if is_end && !self.host.is_empty() => ["xyz", "net", "evil"],
            (Style::Stranger, true, true) if self.is_open => ["evil", "phish", "x"],
            (Style::Stranger, true, true) => ["shop", "www", "app"],
            (Style::Stranger, true, false) => ["evil-", "evil", "x"],
            (Style::Stranger, false, true) => ["-evil", "evil", ""],
            (Style::Stranger, false, false) => ["-evil-", "evil", ""],
        };
        fillings[self.choices.choose(3)]
    }
}
