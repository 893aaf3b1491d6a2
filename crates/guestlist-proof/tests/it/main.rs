//! Questions and their answers, case by case; each answer is also asked of the engine.

// Helpers are test code too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod diff;
mod docs;
mod examples;
mod lint;
mod questions;
