//! Where the lists of apps are kept: every version of each, who saved it, when and why.
//!
//! ```text
//!  a save ──► Content::of(&List)   only what the engine reads can be kept
//!               │
//!               ▼
//!  Store::save_list(key, list, number that was seen, content, change)
//!               │     one transaction: the list, its version, the log entry; on disk before it returns
//!               ├─► the number is still the current one: a new Revision
//!               └─► somebody saved in between: a conflict, with what they saved
//! ```
//!
//! [`Store`] is what the server asks of a store; [`RedbStore`] keeps everything in one file beside it.
//!
//! # Example
//!
//! ```
//! use guestlist::{List, ListType, Mode};
//! use guestlist_store::{AppSettings, Change, Content, RedbStore, Store};
//!
//! # let folder = tempfile::tempdir()?;
//! let store = RedbStore::open_or_create(folder.path().join("lists.redb"))?;
//! let app = store.create_app("AbCd1234", AppSettings::named("Shop"), &Change::by("ada"))?;
//! let seen = app.list(ListType::Upload);
//! assert_eq!((seen.number, seen.content.mode()), (1, Mode::Off));
//!
//! let list = List::builder(ListType::Upload).patterns(["*.Example.com"]).mode(Mode::Enforce).build()?;
//! let change = Change::by("ada").why("the shop goes live");
//! let saved = store.save_list("AbCd1234", ListType::Upload, seen.number, &Content::of(&list), &change)?;
//! assert_eq!((saved.number, saved.content.patterns()), (2, &["*.example.com".to_string()][..]));
//!
//! // Who has seen an older version saves over nobody.
//! let error = store.save_list("AbCd1234", ListType::Upload, seen.number, &Content::of(&list), &change).unwrap_err();
//! assert_eq!(error.conflict().map(|theirs| theirs.by.as_str()), Some("ada"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What holds after a crash
//!
//! What was acknowledged is there, whole; what was not is there whole or not at all. A file that was damaged since is refused with what to do, and never taken for lists with nothing in them: everything is read when it is opened,
//! page by page against redb's checksums and row by row against its own (`sealed`).
//!
//! # In reading order
//!
//! - [`Content`], [`Revision`], [`App`], [`Change`], [`LogEntry`]: what is kept.
//! - [`Store`], [`StoreError`]: what is asked, and what can go wrong.
//! - [`Token`], [`Secret`]: who may ask.
//! - [`AppSecrets`]: what policies are signed with, for apps that require them.
//! - [`Document`]: lists into a store and out of it.
//! - [`RedbStore`]: the file.

#![warn(missing_docs)]

mod app;
mod content;
mod document;
mod error;
mod log;
mod redb_store;
mod revision;
mod secrets;
mod store;
mod time;
mod token;

pub use crate::app::{App, AppQuery, AppSettings, AppSummary, Defaults, ListSummary};
pub use crate::content::Content;
pub use crate::document::{Document, DocumentApp, DocumentError, Imported};
pub use crate::error::{StoreError, StoreErrorKind};
pub use crate::log::{Action, LogEntry};
pub use crate::redb_store::RedbStore;
pub use crate::revision::{Change, Revision};
pub use crate::secrets::{AppSecret, AppSecrets};
pub use crate::store::Store;
pub use crate::time::Timestamp;
pub use crate::token::{Access, Grant, Scope, Secret, Token};
