//! One binary for all integration tests.

#![allow(clippy::unwrap_used, clippy::panic)]

mod files;
mod forgery;
mod known;
mod locks;
mod planted;
mod python;
mod suite;
mod webhooks;
