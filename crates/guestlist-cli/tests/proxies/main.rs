//! The check server behind real proxies, from end to end: a client, the proxy with the files of `deploy/`, `guestlist serve`, and a web
//! server behind it that stores uploads and serves files.
//!
//! A proxy that is not installed is skipped, and standard error says so; with `GUESTLIST_REQUIRE_PROXIES` in the environment it is a failure.
//! `tests/proxies/install` installs them all.
//!
//! In reading order: [`harness`] starts things and talks to them, [`backend`] is what the proxies protect, [`scenarios`] is what must hold
//! behind each of them, and each proxy has a module that says how it is started and what is special about it.

#![cfg(unix)]
// The helpers are test code too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod backend;
mod harness;
mod scenarios;

mod caddy;
mod direct;
mod envoy;
mod haproxy;
mod nginx;
mod traefik_contract;
