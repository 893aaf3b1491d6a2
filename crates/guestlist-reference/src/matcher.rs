//! Matching (SPEC §2), by sets of end positions.
//!
//! [`ends`] answers: where can a match of these nodes end, if it may start at any position of this set? Each node is
//! visited once for a whole set, so the work is at most (nodes × positions × length of the text).
//!
//! A port is matched by its `:`. No wildcard, set or range takes a `:`, so a way through the pattern without a port
//! can match the text `host` only, and a way with a port the text `host:port` only. A pattern therefore matches an
//! origin if it matches one of the two texts.

use std::collections::BTreeSet;

use crate::header::Origin;
use crate::host::Host;
use crate::pattern::{Atom, Node, Pattern};

impl Pattern {
    /// Whether the pattern matches the whole host, and its port where the pattern has one (SPEC §2).
    pub fn matches(&self, origin: &Origin) -> bool {
        // What the nodes have to match: all of a name, or what stands after the bracket of an address.
        let host = match (&self.address, &origin.host) {
            (None, Host::Name(name)) => name.as_str(),
            (Some(address), Host::Ipv6(groups)) if address == groups => "",
            _ => return false,
        };
        let with_port = origin.port.map(|port| format!("{host}:{port}"));
        matches_whole(&self.nodes, host) || with_port.is_some_and(|text| matches_whole(&self.nodes, &text))
    }
}

fn matches_whole(nodes: &[Node], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    ends(nodes, &text, BTreeSet::from([0])).contains(&text.len())
}

/// The positions where the nodes, one after the other, can end.
fn ends(nodes: &[Node], text: &[char], starts: BTreeSet<usize>) -> BTreeSet<usize> {
    let mut positions = starts;
    for node in nodes {
        positions = match node {
            Node::Braces(alternatives) => alternatives
                .iter()
                .flat_map(|alternative| ends(alternative, text, positions.clone()))
                .collect(),
            Node::Atom(atom) => positions.iter().flat_map(|&start| atom_ends(atom, text, start)).collect(),
        };
    }
    positions
}

/// The positions where one atom that starts at `start` can end.
fn atom_ends(atom: &Atom, text: &[char], start: usize) -> Vec<usize> {
    let rest = &text[start..];
    let one_if = |takes: &dyn Fn(char) -> bool| match rest.first() {
        Some(&character) if takes(character) => vec![start + 1],
        _ => vec![],
    };
    match atom {
        Atom::Char(written) => one_if(&|character| character == *written),
        Atom::Dot => one_if(&|character| character == '.'),
        Atom::Colon => one_if(&|character| character == ':'),
        Atom::One => one_if(&|character| !is_separator(character)),
        Atom::Set(set) => one_if(&|character| set.members.contains(&character)),
        Atom::Any => {
            let longest = rest.iter().take_while(|&&character| !is_separator(character)).count();
            (start..=start + longest).collect()
        }
        Atom::Foreign(label) => {
            let label: Vec<char> = label.chars().collect();
            if rest.starts_with(&label) { vec![start + label.len()] } else { vec![] }
        }
    }
}

/// The two separators (SPEC §1), which no wildcard crosses.
fn is_separator(character: char) -> bool {
    character == '.' || character == ':'
}
