//! The engine against its peers: `benches/compare` builds and runs it. [`guestlist_benches::comparison`] says what it does.

use std::process::ExitCode;

use guestlist_benches::{comparison, peers};

fn main() -> ExitCode {
    comparison::main::<peers::Portable>()
}
