//! The shortest host that some rules admit and others do not.
//!
//! Breadth first from the right, over pairs of a set of places and what makes a host ([`Valid`]). Of two ways to the same pair the one with the shorter label is no worse, so a pair is looked at again only with a
//! shorter one; with the bound on the whole host the answer is exact, lengths included.
//!
//! A label that begins with `xn--` and that no pattern spells out is valid or not by rules that are no regular language. Hosts with such a label are left out at first. Only where nothing else is left they are tried one by
//! one, the shortest first, and the engine is asked of each ([`uncertain`]).

mod punycode;
mod uncertain;

use core::ops::Range;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use guestlist::Origin;

use crate::budget::Undecided;
use crate::space::{Class, NOTHING, Set, Space, oddness};
use crate::symbol;
use crate::valid::Valid;
use crate::witness::{Ports, Witness};

/// Longest label and longest host, in bytes (SPEC §4).
const MAX_LABEL: u8 = 63;
const MAX_HOST: u8 = 253;

/// Who is looked for: a host that a rule of each of these ranges admits, and no rule of those.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'w> {
    pub(crate) admitted_by: &'w [Range<usize>],
    pub(crate) not_by: &'w [Range<usize>],
}

impl Wanted<'_> {
    fn is_found(&self, space: &Space, set: Set) -> bool {
        self.admitted_by.iter().all(|rules| space.admits(set, rules))
            && !self.not_by.iter().any(|rules| space.admits(set, rules))
    }

    fn is_possible(&self, space: &Space, set: Set) -> bool {
        self.admitted_by.iter().all(|rules| space.is_alive(set, rules))
    }
}

/// A host that has been read so far as its end.
struct Reached {
    set: Set,
    valid: Valid,
    label_len: u8,
    len: u8,
    byte: u8,
    /// What was read before; itself where nothing was.
    before: usize,
}

/// The shortest of those who are wanted; of several the first by its letters from the right, among uncertain ones from the left. `None` if nobody is.
pub(crate) fn shortest(space: &mut Space, wanted: Wanted<'_>) -> Result<Option<Witness>, Undecided> {
    let certain = breadth_first(space, wanted, |space, set| wanted.is_found(space, set))?;
    match certain {
        // The engine has the last word on this host too.
        Some(host) if Origin::from_host(host.as_bytes()).is_ok() => Ok(Some(with_port(space, wanted, host)?)),
        Some(_) => uncertain::shortest(space, wanted, true),
        None => uncertain::shortest(space, wanted, false),
    }
}

/// Calls with the set of every kind of host that is wanted, each once, as far as hosts are certain.
pub(crate) fn for_each_kind(
    space: &mut Space,
    wanted: Wanted<'_>,
    mut visit: impl FnMut(&Space, Set),
) -> Result<(), Undecided> {
    breadth_first(space, wanted, |space, set| {
        if wanted.is_found(space, set) {
            visit(space, set);
        }
        false
    })?;
    Ok(())
}

/// The first certain host whose set is found, shortest first.
fn breadth_first(
    space: &mut Space,
    wanted: Wanted<'_>,
    mut is_found: impl FnMut(&Space, Set) -> bool,
) -> Result<Option<String>, Undecided> {
    let mut reached: Vec<Reached> = Vec::new();
    // The shortest label with which a pair was reached.
    let mut shortest_label: HashMap<(Set, Valid), u8> = HashMap::new();
    for index in 0..space.classes.len() {
        let set = space.classes[index].start;
        if wanted.is_possible(space, set) && shortest_label.insert((set, Valid::START), 0).is_none() {
            let before = reached.len();
            reached.push(Reached { set, valid: Valid::START, label_len: 0, len: 0, byte: 0, before });
        }
    }
    let mut at = 0;
    while at < reached.len() {
        let Reached { set, valid, label_len, len, .. } = reached[at];
        if len == MAX_HOST {
            break;
        }
        space.groups(set)?;
        for group in 0..space.groups(set)?.len() {
            let (mask, to) = space.groups(set)?[group];
            if to == NOTHING || !wanted.is_possible(space, to) {
                continue;
            }
            for byte in symbol::bytes(mask) {
                space.purse.spend(1)?;
                let label_len = if byte == b'.' { 0 } else { label_len + 1 };
                // An address literal is no label, and has its own end.
                if label_len > MAX_LABEL {
                    continue;
                }
                let Some(valid) = valid.step(byte, &space.known).filter(|valid| !valid.is_uncertain) else {
                    continue;
                };
                match shortest_label.entry((to, valid)) {
                    Entry::Occupied(old) if *old.get() <= label_len => continue,
                    Entry::Occupied(mut old) => drop(old.insert(label_len)),
                    Entry::Vacant(new) => drop(new.insert(label_len)),
                }
                reached.push(Reached { set: to, valid, label_len, len: len + 1, byte, before: at });
                let is_host = valid.end(&space.known).is_some_and(|valid| !valid.is_uncertain);
                if is_host && is_found(space, to) {
                    return Ok(Some(text(&reached)));
                }
            }
        }
        at += 1;
    }
    Ok(None)
}

/// The text of the last one, whose bytes are found from left to right.
fn text(reached: &[Reached]) -> String {
    let mut text = String::new();
    let mut at = reached.len() - 1;
    while reached[at].before != at {
        text.push(char::from(reached[at].byte));
        at = reached[at].before;
    }
    text
}

/// What is read when this host has been read, with a port with which it is shown.
pub(crate) fn set_of(space: &mut Space, witness: &Witness) -> Result<Set, Undecided> {
    let shown = |class: &Class| match witness.ports() {
        Ports::Any => true,
        Ports::One(port) => class.port == Some(port),
        Ports::None => class.port.is_none(),
    };
    let start = space.classes.iter().find(|class| shown(class)).map_or(NOTHING, |class| class.start);
    witness.host().bytes().rev().try_fold(start, |set, byte| space.step(set, byte))
}

/// The host with a port with which it is wanted.
fn with_port(space: &mut Space, wanted: Wanted<'_>, host: String) -> Result<Witness, Undecided> {
    let ports = fitting_ports(space, wanted, &host)?.unwrap_or(Ports::None);
    Ok(Witness::new(host, ports))
}

/// The host as a witness, if it is valid and wanted.
pub(crate) fn as_witness(
    space: &mut Space,
    wanted: Wanted<'_>,
    host: &str,
) -> Result<Option<Witness>, Undecided> {
    if Origin::from_host(host.as_bytes()).is_err() {
        return Ok(None);
    }
    let ports = fitting_ports(space, wanted, host)?;
    Ok(ports.map(|ports| Witness::new(host.to_string(), ports)))
}

/// With which ports the host is wanted; `None` if with no port and not without one either.
fn fitting_ports(space: &mut Space, wanted: Wanted<'_>, host: &str) -> Result<Option<Ports>, Undecided> {
    let mut fitting = Vec::new();
    for index in 0..space.classes.len() {
        let class = space.classes[index];
        let set = host.bytes().rev().try_fold(class.start, |set, byte| space.step(set, byte))?;
        if wanted.is_found(space, set) {
            fitting.push(class);
        }
    }
    if fitting.is_empty() {
        return Ok(None);
    }
    Ok(Some(if fitting.len() == space.classes.len() {
        Ports::Any
    } else {
        fitting
            .iter()
            .filter_map(|class| class.port)
            .min_by_key(|port| oddness(*port))
            .map_or(Ports::None, Ports::One)
    }))
}
