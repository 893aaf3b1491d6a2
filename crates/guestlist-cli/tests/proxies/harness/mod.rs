//! Starts a proxy, the check server and a web server on free loopback ports, and talks to them.

mod checker;
mod http;
mod ports;
mod process;
mod proxy;
mod shipped;
mod site;
mod wire;

pub(crate) use checker::Checker;
pub(crate) use http::{Address, Connection, Request, Response, send};
pub(crate) use ports::free_port;
pub(crate) use process::wait_until;
pub(crate) use proxy::{Place, Proxy};
pub(crate) use shipped::{configuration, root, shipped};
pub(crate) use site::{Answer, Site, fresh_number};
pub(crate) use wire::{Head, Headers, read_body, read_head};
