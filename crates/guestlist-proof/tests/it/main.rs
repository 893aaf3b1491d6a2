//! Questions and their answers, case by case; each answer is also asked of the engine.

mod questions;
