//! The API's description of itself, for `docs/openapi.json`.
//!
//! ```sh
//! cargo run -p guestlist-admin --example openapi > docs/openapi.json
//! ```

#![allow(clippy::print_stdout)]

fn main() {
    print!("{}", guestlist_admin::openapi());
}
