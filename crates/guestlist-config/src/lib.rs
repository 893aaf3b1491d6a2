//! The configuration file: TOML with one `[apps.KEY]` for each app and its two lists.
//!
//! ```toml
//! [apps.AbCd1234]
//! name = "Shop"            # what people call it; for nothing else
//! # Schemes other than http and https whose origins may be matched; anyone can make a client that sends one.
//! dangerously_supported_schemes = ["capacitor"]
//!
//! [apps.AbCd1234.upload]
//! patterns = ["{,www.}example.com", "localhost:*"]
//! mode = "enforce"         # off, report, enforce; without it, a list with patterns is enforced
//! block_missing = true     # deny requests without the header; true for upload, false for delivery
//! limit = 20               # how many distinct patterns the list may have
//!
//! [apps.AbCd1234.delivery]
//! patterns = ["*.example.com"]
//!
//! [apps.AbCd1234.policy]   # signed requests beside the whitelists; docs/policies.md
//! upload = "required"      # off, required
//! secrets = "shop.secret"  # one a line, the newest first; two at most. Nobody else may read it
//! ```
//!
//! `[server]` has the settings of `guestlist serve`; docs/server.md has them all.
//!
//! Everything that is wrong is found in one go, each with its place. What was read can be printed again, in canonical form.

#![warn(missing_docs)]

mod apps;
mod parse;
mod policy;
mod print;
mod server;
mod show;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;

use guestlist::{Gate, Limits, ListType};

pub use crate::policy::AppPolicy;
pub use crate::server::{
    Address, AppSource, Asks, Carrier, DecisionLog, InvalidAddress, Named, PolicySettings, Route, Server,
    ServerLimits, Source, StoreSettings, TlsFiles,
};
pub use crate::show::{show, show_short};

/// How long the key of an app may be.
pub const MAX_KEY_BYTES: usize = 128;

/// How long the name of an app may be.
pub const MAX_NAME_BYTES: usize = 200;

/// A configuration file: read with [`Config::parse`], printed with `Display`.
#[derive(Debug, Default)]
pub struct Config {
    /// The server that decides for them.
    pub server: Server,
    /// Each app under its key.
    pub apps: BTreeMap<String, App>,
}

/// An app, ready to decide.
#[derive(Debug)]
pub struct App {
    /// What people call it; may be empty.
    pub name: String,
    /// Its two lists, and its schemes.
    pub gate: Gate,
    /// How many distinct patterns the upload list may have.
    pub upload_limit: usize,
    /// How many distinct patterns the delivery list may have.
    pub delivery_limit: usize,
    /// What its requests must carry beside.
    pub policy: AppPolicy,
    /// Where the patterns of both lists stand in the file, in bytes; in the order in which they were given.
    places: [Vec<Range<usize>>; 2],
}

impl App {
    /// Where the patterns of this list stand in the file, in bytes; in the order in which they were given.
    pub fn places(&self, list_type: ListType) -> &[Range<usize>] {
        &self.places[usize::from(list_type == ListType::Delivery)]
    }

    /// How many distinct patterns the list of this type may have.
    pub fn limit(&self, list_type: ListType) -> usize {
        match list_type {
            ListType::Upload => self.upload_limit,
            ListType::Delivery => self.delivery_limit,
        }
    }
}

/// An app of which the file says nothing: both lists are off.
impl Default for App {
    fn default() -> App {
        let limit = Limits::default().patterns;
        App {
            name: String::new(),
            gate: Gate::new(),
            upload_limit: limit,
            delivery_limit: limit,
            policy: AppPolicy::default(),
            places: Default::default(),
        }
    }
}

/// Something that is wrong in a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong.
    pub message: String,
    /// Where, in bytes of the file.
    pub span: Range<usize>,
    /// What to write instead.
    pub help: String,
}
