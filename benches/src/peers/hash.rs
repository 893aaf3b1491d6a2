//! What one writes by hand: hash sets of whole hosts and of the domains behind `*.`.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use guestlist::Pattern;
use guestlist::ast::{Node, NodeKind, SetItem};

use super::{Peer, Unable, without_port};

/// A hash function.
pub trait Hasher: BuildHasher + Default + 'static {
    /// The name of the peer that uses it.
    const NAME: &'static str;
}

/// What the standard library uses.
pub type SipHash = RandomState;
/// A fast one that is still seeded at random.
pub type FoldHash = foldhash::fast::RandomState;

impl Hasher for SipHash {
    const NAME: &'static str = "hash-siphash";
}

impl Hasher for FoldHash {
    const NAME: &'static str = "hash-foldhash";
}

/// Four look-ups at most: the host, the host without its first label, and both with the port.
#[derive(Debug, Default)]
pub struct HashSets<S> {
    hosts: HashSet<Box<str>, S>,
    parents: HashSet<Box<str>, S>,
    ported_hosts: HashSet<Box<str>, S>,
    ported_parents: HashSet<Box<str>, S>,
}

impl<S: Hasher> Peer for HashSets<S> {
    const NAME: &'static str = S::NAME;
    /// Hosts, and `*.` with a domain, each with or without a port.
    type Rules = Vec<String>;

    fn translate(patterns: &[Pattern]) -> Result<Vec<String>, Unable> {
        let mut all = Vec::new();
        for pattern in patterns {
            let mut texts = vec![String::new()];
            expand(&pattern.ast().nodes, &mut texts)?;
            if texts.iter().any(|text| text.strip_prefix("*.").unwrap_or(text).contains('*')) {
                return Err(Unable("a star that is not the whole first label"));
            }
            all.append(&mut texts);
        }
        Ok(all)
    }

    fn build(texts: &Vec<String>) -> Result<HashSets<S>, Unable> {
        let mut sets = HashSets::<S>::default();
        for text in texts {
            let parent = text.strip_prefix("*.");
            let set = match (parent.is_some(), text.contains(':')) {
                (false, false) => &mut sets.hosts,
                (true, false) => &mut sets.parents,
                (false, true) => &mut sets.ported_hosts,
                (true, true) => &mut sets.ported_parents,
            };
            set.insert(parent.unwrap_or(text).into());
        }
        Ok(sets)
    }

    fn is_match(&mut self, host: &str) -> bool {
        let parent = |host: &str, parents: &HashSet<Box<str>, S>| {
            !parents.is_empty() && host.split_once('.').is_some_and(|(_, parent)| parents.contains(parent))
        };
        let (name, has_port) = without_port(host);
        self.hosts.contains(name)
            || parent(name, &self.parents)
            || (has_port && (self.ported_hosts.contains(host) || parent(host, &self.ported_parents)))
    }
}

/// Appends to each text everything that the nodes can stand for; a star stays a star.
fn expand(nodes: &[Node], texts: &mut Vec<String>) -> Result<(), Unable> {
    for node in nodes {
        let ways: Vec<String> = match &node.kind {
            NodeKind::Literal(literal) => vec![literal.ascii.to_string()],
            NodeKind::Star => vec!["*".to_owned()],
            NodeKind::Dot => vec![".".to_owned()],
            NodeKind::Colon => vec![":".to_owned()],
            NodeKind::Set(set) => {
                let mut bytes = Vec::new();
                for item in &set.items {
                    match *item {
                        SetItem::One(byte) => bytes.push(byte),
                        SetItem::Range(first, last) => bytes.extend(first..=last),
                        _ => return Err(Unable("an unknown part")),
                    }
                }
                bytes.into_iter().map(|byte| char::from(byte).to_string()).collect()
            }
            NodeKind::Braces(alternatives) => {
                let mut ways = Vec::new();
                for alternative in alternatives {
                    let mut texts = vec![String::new()];
                    expand(alternative, &mut texts)?;
                    ways.append(&mut texts);
                }
                ways
            }
            NodeKind::Question => return Err(Unable("a question mark")),
            _ => return Err(Unable("an address or an unknown part")),
        };
        if texts.len() * ways.len() > 4096 {
            return Err(Unable("more than 4,096 ways to read a pattern"));
        }
        *texts = texts.iter().flat_map(|text| ways.iter().map(move |way| format!("{text}{way}"))).collect();
    }
    Ok(())
}
