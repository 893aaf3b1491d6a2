//! `guestlist serve` as a process, under what a network and its people do to it: slow clients, floods, garbage, kill -9, reloads under load.
//!
//! What must hold in all of it: nothing is answered wrongly, nobody waits for ever, and the server is there for others meanwhile and for everybody after. No
//! test asks how long something takes; the bounds on waiting are far above what any machine needs, and mean that it hangs.

#![cfg(unix)]
// The helpers are test code too.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod client;
mod configmap;
mod drain;
mod files;
mod flood;
mod garbage;
mod h2;
mod memory;
mod ready;
mod restart;
mod server;
mod slow;
mod stderr;
mod swap;

use std::time::Duration;

/// Longer than anything takes that does not hang.
pub(crate) const FOR_EVER: Duration = Duration::from_secs(60);

/// Waits until something holds.
#[track_caller]
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = std::time::Instant::now();
    while !holds() {
        assert!(start.elapsed() < FOR_EVER, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
