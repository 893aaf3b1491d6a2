//! Pattern → regular language, as an anchored and separator-aware [`Hir`]. The one place that keeps separators out of wildcards.
//!
//! The language is over the text of an origin: `host`, or `host:port` with the port in decimal digits. All of SPEC §2 is in it,
//! so that one automaton answers the whole question:
//!
//! - letters match in either case;
//! - `*`, `?` and sets range over host symbols (letters, digits, `-`, `_`) in the host and over digits in the port, so never over `.` or `:`;
//! - a way through the pattern without a port is followed by any port or none;
//! - the brackets and colons of an IPv6 literal are plain characters, in canonical form on both sides.
//!
//! **Ports inside braces.** `{localhost:3000,example.com}` and even `{a:8,b}0` mean that the same part of a pattern can stand in the host on
//! one way and in the port on another. Each sequence is therefore translated into three languages: `host`, ways that begin and end in the
//! host; `ported`, ways that begin in the host and end in the port; and, where it is entered from a port, `port`. They compose like upper triangular matrices,
//! and because no way has two colons, nothing is written out more than twice.
//!
//! Values are built by smart constructors only; no regular expression is ever glued together as text.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, Look, Repetition};

use crate::host;
use crate::pattern::Pattern;
use crate::pattern::ast::{Node, NodeKind, Symbols};

impl Pattern {
    /// The pattern as an anchored regular expression in the syntax of the `regex` crate, over `host` or `host:port` in ASCII.
    ///
    /// It is printed from the structure that the automaton is built of; nothing is ever parsed from it.
    ///
    /// ```
    /// let pattern = guestlist::Pattern::parse("*.tv:8080")?;
    /// assert_eq!(pattern.to_regex(), r"(?:\A[\-0-9A-Z_a-z]*\.[Tt][Vv](?::8080)\z)");
    /// # Ok::<(), guestlist::Error>(())
    /// ```
    pub fn to_regex(&self) -> String {
        translate(self).to_string()
    }
}

/// The language of the pattern, anchored at both ends.
pub(crate) fn translate(pattern: &Pattern) -> Hir {
    let ways = sequence(&pattern.ast().nodes);
    let mut choices = Vec::new();
    if let Some(host) = ways.host {
        choices.push(Hir::concat(vec![host, any_port()]));
    }
    choices.extend(ways.ported);
    Hir::concat(vec![Hir::look(Look::Start), Hir::alternation(choices), Hir::look(Look::End)])
}

/// The languages of a sequence that is entered in the host; `None` is the empty language.
struct Ways {
    host: Option<Hir>,
    ported: Option<Hir>,
}

fn sequence(nodes: &[Node]) -> Ways {
    let mut host = Some(Vec::with_capacity(nodes.len()));
    let mut ported: Option<Vec<Hir>> = None;
    for node in nodes {
        let (node_host, node_ported) = match &node.kind {
            NodeKind::Colon => (None, Some(Hir::literal(*b":"))),
            NodeKind::Braces(alternatives) => {
                let ways: Vec<Ways> = alternatives.iter().map(|nodes| sequence(nodes)).collect();
                let (hosts, ports): (Vec<_>, Vec<_>) =
                    ways.into_iter().map(|ways| (ways.host, ways.ported)).unzip();
                (choice(hosts), choice(ports))
            }
            kind => (host_part(kind), None),
        };
        // Already in the port before this node; or in the port because of it. Never both: such a way has two colons, and was refused.
        let stays = ported.and_then(|mut parts| {
            parts.push(port_part(&node.kind)?);
            Some(parts)
        });
        let enters = node_ported.and_then(|node_ported| {
            let mut parts = if node_host.is_some() { host.clone()? } else { host.take()? };
            parts.push(node_ported);
            Some(parts)
        });
        ported = stays.or(enters);
        host = match (host, node_host) {
            (Some(mut parts), Some(part)) => {
                parts.push(part);
                Some(parts)
            }
            _ => None,
        };
    }
    Ways { host: host.map(Hir::concat), ported: ported.map(Hir::concat) }
}

fn choice(choices: Vec<Option<Hir>>) -> Option<Hir> {
    let choices: Vec<Hir> = choices.into_iter().flatten().collect();
    if choices.is_empty() { None } else { Some(Hir::alternation(choices)) }
}

/// A part that has neither a colon nor braces, where it stands in the host.
fn host_part(kind: &NodeKind) -> Option<Hir> {
    Some(match kind {
        NodeKind::Literal(literal) => Hir::concat(literal.ascii.bytes().map(letter).collect()),
        NodeKind::Star => star(class(Symbols::HOST)),
        NodeKind::Question => class(Symbols::HOST),
        NodeKind::Set(set) => class(set.symbols()),
        NodeKind::Dot => Hir::literal(*b"."),
        NodeKind::Ipv6(groups) => {
            let mut text = [0; host::MAX_IPV6];
            let len = host::write_ipv6(*groups, &mut text);
            Hir::concat(text[..len].iter().copied().map(letter).collect())
        }
        NodeKind::Colon | NodeKind::Braces(_) => return None,
    })
}

/// A part where it stands in the port; `None` for what was refused there.
fn port_part(kind: &NodeKind) -> Option<Hir> {
    match kind {
        NodeKind::Literal(literal) => Some(Hir::literal(literal.ascii.as_bytes())),
        NodeKind::Star => Some(star(class(Symbols::DIGITS))),
        NodeKind::Question => Some(class(Symbols::DIGITS)),
        NodeKind::Set(set) => Some(class(set.symbols().intersection(Symbols::DIGITS))),
        NodeKind::Braces(alternatives) => choice(
            alternatives
                .iter()
                .map(|nodes| {
                    nodes
                        .iter()
                        .map(|node| port_part(&node.kind))
                        .collect::<Option<Vec<_>>>()
                        .map(Hir::concat)
                })
                .collect(),
        ),
        NodeKind::Dot | NodeKind::Colon | NodeKind::Ipv6(_) => None,
    }
}

/// What follows a host whose pattern does not look at the port.
fn any_port() -> Hir {
    let digits = Hir::repetition(Repetition {
        min: 1,
        max: None,
        greedy: true,
        sub: Box::new(class(Symbols::DIGITS)),
    });
    let port = Hir::concat(vec![Hir::literal(*b":"), digits]);
    Hir::repetition(Repetition { min: 0, max: Some(1), greedy: true, sub: Box::new(port) })
}

fn star(class: Hir) -> Hir {
    Hir::repetition(Repetition { min: 0, max: None, greedy: true, sub: Box::new(class) })
}

/// One byte, letters in either case.
fn letter(byte: u8) -> Hir {
    if byte.is_ascii_alphabetic() { class(Symbols::of(byte)) } else { Hir::literal([byte]) }
}

/// One of the symbols, letters in either case.
fn class(symbols: Symbols) -> Hir {
    let uppercase = symbols.iter().filter(u8::is_ascii_lowercase).map(|byte| byte.to_ascii_uppercase());
    let one = |byte: u8| ClassUnicodeRange::new(char::from(byte), char::from(byte));
    let joined = ClassUnicode::new(symbols.iter().chain(uppercase).map(one));
    // Made again of its few ranges, because a class keeps the room it was given.
    Hir::class(Class::Unicode(ClassUnicode::new(joined.ranges().iter().copied())))
}
