//! The API as its clients have it: requests to the router, over a store in a folder.

#![allow(clippy::unwrap_used, clippy::panic)]

mod activity;
mod api;
mod apps;
mod beside;
mod configured;
mod console;
mod errors;
mod failing;
mod hostile;
mod lists;
mod live;
mod openapi;
mod policies;
mod preview;
mod scopes;
mod tokens;
mod trial;
mod versions;
