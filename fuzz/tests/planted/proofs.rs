//! The suites for proofs, each as a function from a prover to a verdict.

use guestlist_fuzz::exhaustive::{Answered, Hosts, Model, host_texts};
use guestlist_fuzz::oracle::Agreement;
use guestlist_fuzz::proof::small::Small;
use guestlist_fuzz::replay::proofs_of;
use guestlist_fuzz::seed;
use guestlist_fuzz::subject::Engine;

use crate::proving::Planted;

/// How many cases a property is held against.
const ROUNDS: u64 = 120;
/// A small model of the format, every pair of whose patterns is asked of.
const MODEL: Model =
    Model { tokens: 2, host_len: 3, long_tokens: 2, long_host_len: 3, pair_tokens: 2, long_pair_tokens: 2 };

/// The suites, and what they are made of.
pub(crate) struct Suites {
    texts: Vec<String>,
    inputs: Vec<(&'static str, Vec<Vec<u8>>)>,
}

impl Suites {
    pub(crate) fn new() -> Suites {
        let committed = |name| seed::committed("corpus", name).unwrap();
        let inputs = proofs_of::<Planted>().into_iter().map(|(name, _)| (name, committed(name))).collect();
        Suites { texts: host_texts(MODEL.host_len), inputs }
    }

    pub(crate) fn names(&self) -> Vec<&'static str> {
        let mut names = vec!["every pair of a small model", "the committed inputs"];
        names.extend(self.inputs.iter().map(|(name, _)| *name));
        names
    }

    /// What each suite found.
    pub(crate) fn judge(&self, planted: Planted) -> Vec<Option<String>> {
        let mut verdicts = vec![self.every_pair(planted), self.committed(planted)];
        for ((_, property), (_, committed)) in proofs_of().into_iter().zip(&self.inputs) {
            verdicts.push(seed::inputs(committed, ROUNDS).try_for_each(|input| property(&planted, &input)));
        }
        verdicts.into_iter().map(Result::err).collect()
    }

    fn every_pair(&self, planted: Planted) -> Agreement {
        let hosts = Hosts::read(&Engine::DEFAULT, &self.texts)?;
        let (patterns, _): (Vec<Answered>, usize) = MODEL.short_patterns(&Engine::DEFAULT, &hosts)?;
        let small = Small::new(&planted, &patterns, &hosts);
        (0..small.len()).try_for_each(|first| small.check(&planted, first).map(drop))
    }

    fn committed(&self, planted: Planted) -> Agreement {
        for ((_, property), (_, committed)) in proofs_of().into_iter().zip(&self.inputs) {
            committed.iter().try_for_each(|input| property(&planted, input))?;
        }
        Ok(())
    }
}
