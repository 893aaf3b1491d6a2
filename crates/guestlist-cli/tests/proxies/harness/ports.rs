//! Free loopback ports.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

/// A loopback address on which nothing listens.
///
/// Whoever asked binds it a moment later, so it must not be taken in between: each is given out once in this process, another process
/// begins elsewhere, and all are below the ports that systems take for outgoing connections.
pub(crate) fn free_port() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % u32::from(COUNT)).unwrap().wrapping_mul(101) % COUNT;
    for _ in 0..COUNT {
        let offset = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = FIRST + (start + offset % COUNT) % COUNT;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
    panic!("no loopback port from {FIRST} on is free");
}

const FIRST: u16 = 12_000;
const COUNT: u16 = 20_000;
