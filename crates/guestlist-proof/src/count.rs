//! How many hosts are admitted.

use std::collections::{HashMap, HashSet};

use guestlist::Origin;

use crate::budget::Undecided;
use crate::space::{NOTHING, Set, Space};
use crate::symbol;
use crate::valid::Valid;

/// How many hosts are admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Count {
    /// So many; `u128::MAX` stands for that many or more.
    Exactly(u128),
    /// Not fewer than the first and not more than the second number: some have a label that begins with `xn--`, and are too many to look at each.
    Between(u128, u128),
    /// As many as a host has room for: somewhere a `*` stands.
    Unbounded,
}

/// More hosts than these are not looked at one by one.
const MOST_UNCERTAIN: u128 = 10_000;

/// Where a host can go on: what is read of it, and in which label.
type Place = (Set, Valid, usize);

struct Counter<'s> {
    space: &'s mut Space,
    most_labels: usize,
    /// Certain and uncertain hosts from here; `None` while it is being counted.
    known: HashMap<Place, Option<(u128, u128)>>,
    /// A circle was found from which a host can end: going round means ever more hosts.
    is_unbounded: bool,
}

pub(crate) fn count(space: &mut Space, most_labels: usize) -> Result<Count, Undecided> {
    let start = space.any_port()?;
    let mut counter = Counter { space, most_labels, known: HashMap::new(), is_unbounded: false };
    if most_labels == 0 {
        return Ok(Count::Exactly(0));
    }
    let (certain, uncertain) = counter.count((start, Valid::START, 1))?;
    if counter.is_unbounded {
        return Ok(Count::Unbounded);
    }
    if uncertain == 0 {
        return Ok(Count::Exactly(certain));
    }
    if uncertain > MOST_UNCERTAIN {
        return Ok(Count::Between(certain, certain.saturating_add(uncertain)));
    }
    let valid = counter.uncertain((start, Valid::START, 1), &mut Vec::new())?;
    Ok(Count::Exactly(certain.saturating_add(valid)))
}

impl Counter<'_> {
    fn next(&mut self, (set, valid, labels): Place) -> Result<Vec<(u8, Place)>, Undecided> {
        let mut next = Vec::new();
        for (mask, to) in self.space.groups(set)?.to_vec() {
            for byte in symbol::bytes(mask).filter(|_| to != NOTHING) {
                self.space.purse.spend(1)?;
                let labels = labels + usize::from(byte == b'.');
                if let Some(valid) =
                    valid.step(byte, &self.space.known).filter(|_| labels <= self.most_labels)
                {
                    next.push((byte, (to, valid, labels)));
                }
            }
        }
        Ok(next)
    }

    /// Whether the host can end here: as a certain one, as an uncertain one.
    fn end(&self, (set, valid, _): Place) -> (u128, u128) {
        match valid.end(&self.space.known) {
            Some(valid) if !self.space.rules(set).is_empty() => {
                (u128::from(!valid.is_uncertain), u128::from(valid.is_uncertain))
            }
            _ => (0, 0),
        }
    }

    /// Certain and uncertain hosts from here on. Depth is bounded by the text of the patterns: a circle is not followed.
    fn count(&mut self, place: Place) -> Result<(u128, u128), Undecided> {
        self.known.insert(place, None);
        let (mut certain, mut uncertain) = self.end(place);
        for (_, next) in self.next(place)? {
            let (more_certain, more_uncertain) = match self.known.get(&next) {
                Some(Some(counted)) => *counted,
                Some(None) => {
                    self.is_unbounded = self.leads_to_an_end(next)?;
                    (0, 0)
                }
                None => self.count(next)?,
            };
            if self.is_unbounded {
                return Ok((0, 0));
            }
            certain = certain.saturating_add(more_certain);
            uncertain = uncertain.saturating_add(more_uncertain);
        }
        self.known.insert(place, Some((certain, uncertain)));
        Ok((certain, uncertain))
    }

    /// Whether a host can end somewhere from here on. A star leads nowhere in a port that was taken for the end of a host, or in front of more labels than are counted; such places are known then.
    fn leads_to_an_end(&mut self, place: Place) -> Result<bool, Undecided> {
        let mut seen = HashSet::from([place]);
        let mut left = vec![place];
        while let Some(place) = left.pop() {
            if self.end(place) != (0, 0) {
                return Ok(true);
            }
            left.extend(
                self.next(place)?.into_iter().map(|(_, next)| next).filter(|next| seen.insert(*next)),
            );
        }
        self.known.extend(seen.into_iter().map(|place| (place, Some((0, 0)))));
        Ok(false)
    }

    /// How many of the uncertain hosts from here on are valid. `text` is what is read, from right to left.
    fn uncertain(&mut self, place: Place, text: &mut Vec<u8>) -> Result<u128, Undecided> {
        if self.known.get(&place).is_some_and(|counts| counts.is_some_and(|(_, uncertain)| uncertain == 0)) {
            return Ok(0);
        }
        let mut valid = 0;
        if self.end(place).1 == 1 {
            let host: Vec<u8> = text.iter().rev().copied().collect();
            valid += u128::from(Origin::from_host(&host).is_ok());
        }
        for (byte, next) in self.next(place)? {
            text.push(byte);
            valid += self.uncertain(next, text)?;
            text.pop();
        }
        Ok(valid)
    }
}
