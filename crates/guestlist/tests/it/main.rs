//! The engine held against the tables of cases, with its messages pinned.

// Helpers are test code too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod allocation;
mod automaton;
mod cases;
mod decision;
mod errors;
mod gate;
mod list;
mod near;
mod origin;
mod pattern;
mod regex_like;
mod traits;

use guestlist::{Budget, Direction, EngineChoice, List, ListBuilder, ListType};

/// Every way to decide a list; each must give the same answers.
pub(crate) const ENGINES: [EngineChoice; 5] = [
    EngineChoice::Auto,
    EngineChoice::Dfa(Direction::Forward),
    EngineChoice::Dfa(Direction::Reverse),
    EngineChoice::Bounded,
    EngineChoice::Simulation,
];

/// The same list in every configuration of the engine.
pub(crate) fn in_every_engine(builder: &ListBuilder) -> impl Iterator<Item = List> + '_ {
    let tight = builder.clone().budget(Budget::default().states(16));
    ENGINES.iter().map(|engine| builder.clone().engine(*engine).restore()).chain([tight.restore()])
}

/// An upload list of these patterns, all of which must be good.
pub(crate) fn upload(patterns: &[&str]) -> List {
    List::builder(ListType::Upload).patterns(patterns).build().unwrap()
}
