//! The description that is checked in is that of the code.

use std::fs;
use std::path::Path;

use crate::api::{Api, Sent};

#[tokio::test]
async fn the_description_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let kept = fs::read_to_string(path).unwrap();
    assert!(
        kept == guestlist_admin::openapi(),
        "docs/openapi.json is of another version: cargo run -p guestlist-admin --example openapi > docs/openapi.json"
    );
    // Everybody may read it.
    let answer = Api::new().send_as(None, "GET", "/openapi.json", Sent::default()).await;
    assert_eq!((answer.status, answer.text), (200, kept));
}
