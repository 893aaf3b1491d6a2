//! The check server under load: `benches/edge` builds and runs it. [`guestlist_benches::edge`] says what it does.

use std::process::ExitCode;

fn main() -> ExitCode {
    guestlist_benches::edge::main()
}
