//! Verifying policies, beside the bare HMAC: `benches/policy` builds and runs it. [`guestlist_benches::policy`] says what it does.

use std::process::ExitCode;

fn main() -> ExitCode {
    guestlist_benches::policy::main()
}
