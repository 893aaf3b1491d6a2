//! Signed policies: the lock beside the domain whitelist.
//!
//! A whitelist keeps other web sites from using a key. It does not stop a script that sends whatever `Origin` it likes. An app that requires a *policy* lets in only who brings one: a small JSON document, in Base64, with an
//! HMAC-SHA256 of it under a secret that the app's own server has and nobody else.
//!
//! ```text
//!  {"expiry":…,"call":["store"]} ── Base64URL ──► policy ── HMAC-SHA256 with the secret ──► signature      Policy::sign
//!
//!  policy, signature ── the same HMAC over the text as it came? ── no ──► denied                            Verifier::verify
//!                                  │ yes
//!                                  ▼
//!                          Base64 ─► JSON, strictly ─► not expired? ─► may do what the request asks? ─► let in
//! ```
//!
//! # Example
//!
//! ```
//! use guestlist_policy::{Call, Denial, Policy, Request, Secret, Secrets, Verifier};
//!
//! let secret = Secret::new("testAppSecret")?;
//! let signed = Policy::expires_at(1_523_595_600).calls([Call::Store]).max_size(10 << 20).sign(&secret)?;
//!
//! let verifier = Verifier::new(Secrets::one(secret));
//! let request = Request::new(Call::Store).size(5 << 20);
//! assert_eq!(verifier.verify(signed.as_ref(), 1_523_595_599, &request), Ok(()));
//! assert_eq!(verifier.verify(signed.as_ref(), 1_523_595_600, &request), Err(Denial::Expired));
//! assert_eq!(verifier.verify(signed.as_ref(), 1_523_595_599, &request.size(20 << 20)), Err(Denial::TooLarge));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Both locks
//!
//! [`decide`] takes what the whitelist said and what the app requires, and says whether both locks are open, or which one is not. It is the only place that does. [`Locks`] has what many apps require, by their keys.
//!
//! # What a policy restricts
//!
//! | key | value | a request must |
//! | --- | --- | --- |
//! | `expiry` | Unix seconds, needed | be made before that |
//! | `call` | array of names, or one name | ask for one of them; without `call`, for any but `exif` |
//! | `handle` | text | be about this file |
//! | `url` | regular expression | be about a URL all of which matches |
//! | `path`, `container` | regular expressions | store where all of it matches |
//! | `minSize`, `maxSize` | bytes | bring no less, and no more |
//!
//! What a request says is held against the policy, whatever it asks for. What it does not say, but its [call](Call) is about, is a denial ([`Call::is_about`]): a policy for one file is not one for no file in particular. A regular expression
//! must match the whole value, not a part of it.
//!
//! # Errors and denials
//!
//! A [`Denial`] is small `Copy` data for a request that is kept out, each with a reason of its own. An [`InvalidPolicy`] or an [`InvalidSecret`] is for whoever makes one.
//!
//! # Hostile input
//!
//! Nothing is decoded before its signature is right, and that is compared in constant time (docs/policies.md has how it was measured). What is longer than [`MAX_POLICY_BYTES`] is refused unread. JSON is read without
//! recursion, in one pass or in two; regular expressions have limits of their own ([`MAX_PATTERN_BYTES`]) and what they are held against has one too.
//! Secrets are wiped from memory when they are dropped, and no `Debug` or error shows them.
//!
//! # In reading order
//!
//! [`Secret`], [`Secrets`] · [`Policy`], [`Signed`] · [`Call`], [`Request`] · [`Verifier`], [`Denial`] · [`Locks`], [`decide`], [`Access`] · [`webhook`]

#![warn(missing_docs)]

mod call;
mod denial;
mod document;
mod encoding;
mod locks;
mod ordinary;
mod pattern;
mod policy;
mod request;
mod secret;
mod verify;
pub mod webhook;

pub use crate::call::{Call, Calls, Subject};
pub use crate::denial::{Denial, Malformed, MalformedKind};
pub use crate::document::Key;
pub use crate::encoding::decode;
pub use crate::locks::{Access, AppLock, Lock, Locks, PolicyOutcome, Presented, Requirement, decide};
pub use crate::pattern::MAX_PATTERN_BYTES;
pub use crate::policy::{InvalidPolicy, Policy, Signed, SignedRef};
pub use crate::request::Request;
pub use crate::secret::{InvalidSecret, MAX_SECRET_BYTES, Secret, Secrets, SecretsError};
pub use crate::verify::{MAX_POLICY_BYTES, Opened, Verifier};
