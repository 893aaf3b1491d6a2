//! Every pair of patterns of a small model: what one admits and the other does not, and what both admit.
//!
//! The patterns are those of [`crate::exhaustive`], and so are the hosts. Which hosts a pattern admits is asked of the reference once for each; a pair is then compared host by host, which costs little.

use guestlist_reference as reference;

use super::Proves;
use super::naive::{List, Wanted, World};
use crate::exhaustive::{Answered, Hosts};

/// Patterns of the model, and whom each admits.
#[derive(Debug)]
pub struct Small<R> {
    patterns: Vec<Pattern<R>>,
    /// The length of each host without its port, in the order of the sets.
    lens: Vec<usize>,
    /// For each the number of its host in the order of the model.
    order: Vec<usize>,
    /// Ports that the patterns tell apart, and others.
    world: World,
}

#[derive(Debug)]
struct Pattern<R> {
    text: String,
    rules: R,
    list: List,
    /// A bit for each host, the shortest first.
    admitted: Vec<u64>,
}

/// What was done, all of it without a disagreement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Questions that were asked.
    pub questions: u64,
    /// Answers that were "nobody".
    pub nobody: u64,
    /// Answers that showed somebody longer than all hosts of the model, or of other characters.
    pub beyond: u64,
}

impl Tally {
    /// Adds what another piece of work did.
    pub fn add(&mut self, other: Tally) {
        self.questions += other.questions;
        self.nobody += other.nobody;
        self.beyond += other.beyond;
    }
}

impl<R> Small<R> {
    /// Asks the reference of each pattern and host once.
    pub fn new<H>(subject: &impl Proves<Rules = R>, patterns: &[Answered], hosts: &Hosts<'_, H>) -> Small<R> {
        let len = |origin: &reference::Origin| match &origin.host {
            reference::Host::Name(name) => name.len(),
            // There is none in the model.
            reference::Host::Ipv6(_) => usize::MAX,
        };
        let mut order: Vec<usize> = (0..hosts.len()).collect();
        order.sort_by_key(|host| len(&hosts.reference()[*host]));
        let patterns = patterns.iter().map(|answered| {
            let mut admitted = vec![0u64; hosts.len().div_ceil(64)];
            for (at, host) in order.iter().enumerate() {
                admitted[at / 64] |= u64::from(answered.matches()[*host]) << (at % 64);
            }
            let text = answered.text().to_owned();
            let list = List::new(core::slice::from_ref(&text));
            Pattern { rules: subject.rules(&[&text]), list, text, admitted }
        });
        let patterns = patterns.collect();
        let lens = order.iter().map(|host| len(&hosts.reference()[*host])).collect();
        Small { patterns, lens, order, world: World::of_ports(&[1, 2, 11, 80, 111, 443, 65535]) }
    }

    /// How many patterns there are.
    pub fn len(&self) -> usize {
        self.patterns.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Who is only in this pattern and not in each other one, and who is in both of it and each later one.
    ///
    /// # Errors
    ///
    /// The first wrong answer, in words.
    pub fn check(&self, subject: &impl Proves<Rules = R>, first: usize) -> Result<Tally, String> {
        let mut tally = Tally::default();
        let a = &self.patterns[first];
        for (second, b) in self.patterns.iter().enumerate() {
            let only = subject.only_in(&a.rules, &b.rules);
            let wanted = Wanted { all: &[&a.list], none: Some(&b.list) };
            let hosts = a.admitted.iter().zip(&b.admitted).map(|(a, b)| a & !b);
            self.held(&format!("{:?} without {:?}", a.text, b.text), &wanted, &only, hosts, &mut tally)?;
            if second < first {
                let both = subject.in_both(&a.rules, &b.rules);
                let wanted = Wanted { all: &[&a.list, &b.list], none: None };
                let hosts = a.admitted.iter().zip(&b.admitted).map(|(a, b)| a & b);
                self.held(&format!("{:?} and {:?}", a.text, b.text), &wanted, &both, hosts, &mut tally)?;
            }
        }
        Ok(tally)
    }

    fn held(
        &self,
        question: &str,
        wanted: &Wanted<'_>,
        answer: &super::prove::Answer,
        hosts: impl Iterator<Item = u64>,
        tally: &mut Tally,
    ) -> Result<(), String> {
        tally.questions += 1;
        let shortest = hosts
            .enumerate()
            .find(|(_, bits)| *bits != 0)
            .map(|(word, bits)| word * 64 + bits.trailing_zeros() as usize);
        let wrong = |what: &str| Err(format!("{question}: {answer:?}: {what}"));
        match (answer, shortest) {
            (Ok(None), None) => {
                tally.nobody += 1;
                Ok(())
            }
            (Ok(None), Some(host)) => wrong(&format!("there is the host {} of the model", self.order[host])),
            (Ok(Some(shown)), host) => {
                if host.is_some_and(|host| self.lens[host] < shown.host.len()) {
                    return wrong("there is somebody shorter");
                }
                tally.beyond += u64::from(host.is_none());
                self.world.check_shown(wanted, shown).or_else(|what| wrong(&what))
            }
            (Err(_), _) => wrong("not decided"),
        }
    }
}
