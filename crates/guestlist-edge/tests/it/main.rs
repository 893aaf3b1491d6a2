//! The server as its users have it: started on free ports, asked over sockets.

// The helpers are test code too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod activity;
mod admin;
mod answers;
mod bad_requests;
mod console;
mod http2;
mod limits;
mod live;
mod policies;
mod reloads;
mod routes;
mod server;
mod sockets;
mod tls;
