//! Questions about languages: who gets in, what changed, what is redundant.

#![warn(missing_docs)]

pub mod railroad;
