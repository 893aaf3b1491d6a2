//! What is uploaded and delivered is what was sent.

use super::{APPS, FRIEND, STRANGER};
use crate::harness::{Proxy, Request, Site};

pub(crate) fn an_upload_is_stored_byte_by_byte<P: Proxy>() {
    let Some(site) = Site::<P>::start(APPS) else { return };
    let photo = noise(2_000_000);
    let answer = site.ask(
        Request::post("/upload/?key=shop", photo.clone())
            .with("Origin", FRIEND)
            .with("Content-Type", "image/jpeg"),
    );
    let seen = answer.assert_let_through();
    assert_eq!(seen.method, "POST");
    assert_eq!(seen.target, "/upload/?key=shop");
    assert!(site.backend.stored(seen) == photo, "the stored bytes are others");
    // Sent to the end although nobody wants it: denied, and no more than that.
    site.ask(Request::post("/upload/?key=shop", noise(20_000)).with("Origin", STRANGER)).assert_denied();
}

pub(crate) fn a_file_is_delivered_byte_by_byte<P: Proxy>() {
    let Some(site) = Site::<P>::start(APPS) else { return };
    let photo = noise(2_000_000);
    site.backend.add_file("files/shop/2026/a photo.jpg", &photo);
    let answer = site.ask(Request::get("/files/shop/2026/a%20photo.jpg").with("Origin", FRIEND));
    answer.assert_let_through();
    assert!(answer.response().body == photo, "the delivered bytes are others");
    let denied = site.ask(Request::get("/files/shop/2026/a%20photo.jpg").with("Origin", STRANGER));
    denied.assert_denied();
}

/// Bytes in no order, always the same.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56).to_le_bytes()[0]
    };
    std::iter::repeat_with(next).take(length).collect()
}
