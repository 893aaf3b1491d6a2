//! What the line at the end of a disagreement needs to be a test: `use guestlist_fuzz::prelude::*;`.

pub use guestlist::{Budget, Limits, ListType, Mode};

pub use crate::gate_case::GateCase;
pub use crate::limits::LimitsCase;
pub use crate::subject::Engine;
pub use crate::{browser, config, laws, limits, oracle};
