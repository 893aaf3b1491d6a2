//! The engine held against the tables of cases, with its messages pinned.

// Helpers are test code too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod allocation;
mod automaton;
mod batch;
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

use guestlist::{Budget, Direction, EngineChoice, List, ListBuilder, ListType, Simd};

/// Every way to decide a list; each must give the same answers.
pub(crate) fn engines() -> Vec<EngineChoice> {
    let mut engines = vec![
        EngineChoice::Auto,
        EngineChoice::Automaton,
        EngineChoice::Dfa(Direction::Forward),
        EngineChoice::Dfa(Direction::Reverse),
        EngineChoice::Bounded,
        EngineChoice::Simulation,
    ];
    engines.extend(Simd::available().map(EngineChoice::Index));
    engines
}

/// The same list in every configuration of the engine, also with budgets that few lists keep.
pub(crate) fn in_every_engine(builder: &ListBuilder) -> impl Iterator<Item = List> + '_ {
    let small = builder.clone().budget(Budget::default().entries(2));
    let tight = builder.clone().budget(Budget::default().entries(1).states(16));
    let chosen = engines().into_iter().map(|engine| builder.clone().engine(engine).restore());
    chosen.chain([small.restore(), tight.restore()])
}

/// An upload list of these patterns, all of which must be good.
pub(crate) fn upload(patterns: &[&str]) -> List {
    List::builder(ListType::Upload).patterns(patterns).build().unwrap()
}
