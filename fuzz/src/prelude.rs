//! What the line at the end of a disagreement needs to be a test: `use guestlist_fuzz::prelude::*;`.

pub use guestlist::{Budget, Limits, ListType, Mode};
pub use guestlist_proof::Budget as ProofBudget;

pub use crate::gate_case::GateCase;
pub use crate::limits::LimitsCase;
pub use crate::proof::budget::budgets_hold;
pub use crate::proof::count::counts_hold;
pub use crate::proof::difference::differences_hold;
pub use crate::proof::findings::findings_hold;
pub use crate::proof::overlap::overlaps_hold;
pub use crate::proof::prover;
pub use crate::proof::redundancy::redundancies_hold;
pub use crate::subject::Engine;
pub use crate::{browser, config, laws, limits, oracle, policy};
