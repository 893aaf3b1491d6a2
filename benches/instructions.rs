//! How many instructions the engine takes: `benches/instructions` builds and runs it. [`guestlist_benches::instructions`] says what it does.

use std::process::ExitCode;

fn main() -> ExitCode {
    guestlist_benches::instructions::main()
}
