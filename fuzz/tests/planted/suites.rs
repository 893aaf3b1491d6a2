//! The suites, each as a function from an engine to a verdict.

use guestlist_fuzz::exhaustive::{Hosts, Model, Subjects, host_texts};
use guestlist_fuzz::oracle::Agreement;
use guestlist_fuzz::replay::{self, PropertyOf, properties_of};
use guestlist_fuzz::seed;
use guestlist_fuzz::tables::tables_agree;

use crate::saving::{self, Wrong};
use crate::subject::Planted;

/// How many cases a property is held against. A fuzzer makes as many in less than a second.
const ROUNDS: u64 = 1000;

/// A small model of the format, in which the bugs of matching show.
const MODEL: Model =
    Model { tokens: 3, host_len: 3, long_tokens: 3, long_host_len: 3, pair_tokens: 1, long_pair_tokens: 1 };

/// A suite and its name.
pub(crate) struct Suite {
    pub(crate) name: &'static str,
    how: How,
}

enum How {
    Function(fn(Planted) -> Agreement),
    Property(PropertyOf<Planted>),
}

impl Suite {
    pub(crate) fn all() -> Vec<Suite> {
        let mut suites = vec![
            Suite { name: "the tables of cases", how: How::Function(tables) },
            Suite { name: "a small model, exhaustively", how: How::Function(exhaustive) },
            Suite { name: "the committed inputs", how: How::Function(committed_inputs) },
        ];
        for (name, property) in properties_of() {
            suites.push(Suite { name, how: How::Property(property) });
        }
        suites
    }

    /// An error is what the suite found.
    pub(crate) fn judge(&self, planted: Planted) -> Agreement {
        match self.how {
            How::Function(function) => function(planted),
            How::Property(property) => {
                let committed = seed::committed("corpus", self.name).unwrap();
                seed::inputs(&committed, ROUNDS).try_for_each(|input| property(&planted, &input))
            }
        }
    }
}

/// [`replay::limits_hold`] of a way to save a list, wrong or not.
pub(crate) fn limits(wrong: Option<Wrong>) -> Agreement {
    let committed = seed::committed("corpus", "limits_hold").unwrap();
    seed::inputs(&committed, ROUNDS)
        .try_for_each(|input| replay::limits_hold_when(|case| saving::save(wrong, case), &input))
}

fn tables(planted: Planted) -> Agreement {
    tables_agree(&planted)
}

fn exhaustive(planted: Planted) -> Agreement {
    let texts = host_texts(MODEL.host_len);
    let subjects = Subjects { main: &planted, every: &planted };
    let hosts = Hosts::read(&planted, &texts)?;
    let short = MODEL.short_patterns(&planted, &hosts)?;
    for piece in MODEL.pieces() {
        MODEL.check_piece(&piece, &subjects, &hosts)?;
    }
    for first in 0..short.0.len() {
        MODEL.check_pairs(first, &short, &subjects, &hosts)?;
    }
    Ok(())
}

fn committed_inputs(planted: Planted) -> Agreement {
    for (name, property) in properties_of() {
        for input in seed::committed("corpus", name).unwrap() {
            property(&planted, &input)?;
        }
    }
    Ok(())
}
