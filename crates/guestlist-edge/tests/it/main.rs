//! The server as its users have it: started on free ports, asked over sockets.

mod admin;
mod answers;
mod bad_requests;
mod limits;
mod reloads;
mod routes;
mod server;
mod sockets;
mod tls;
