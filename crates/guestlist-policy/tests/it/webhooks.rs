//! Signatures of webhooks.

use std::time::Duration;

use guestlist_policy::webhook::{WebhookDenial, sign, verify};
use guestlist_policy::{Secret, Secrets};

const TIME: u64 = 1_521_733_983;
const TOLERANCE: Duration = Duration::from_secs(300);

#[test]
fn a_message_is_taken_as_it_was_sent_and_in_its_time() {
    let secret = Secret::new("testAppSecret").unwrap();
    let signature = sign(&secret, TIME, b"{\"id\":1}");
    assert_eq!(signature, crate::known::sign(b"1521733983.{\"id\":1}"));
    let secrets = Secrets::one(secret);
    let taken = |timestamp: &str, body: &str, signature: &str, now| {
        verify(&secrets, timestamp.as_bytes(), body.as_bytes(), signature.as_bytes(), now, TOLERANCE)
    };
    let body = "{\"id\":1}";
    for now in [TIME - 300, TIME, TIME + 300] {
        assert_eq!(taken("1521733983", body, &signature, now), Ok(()));
    }
    for now in [0, TIME - 301, TIME + 301, u64::MAX] {
        assert_eq!(taken("1521733983", body, &signature, now), Err(WebhookDenial::Stale));
    }
    for (timestamp, body, signature) in [
        ("1521733984", body, &*signature),
        ("01521733983", body, &signature),
        ("1521733983", "{\"id\":2}", &signature),
        ("1521733983", "{\"id\": 1}", &signature),
        ("1521733983", body, &signature[..63]),
        ("1521733983", body, ""),
        ("1521733983", body, &signature.to_uppercase()),
    ] {
        assert_eq!(taken(timestamp, body, signature, TIME), Err(WebhookDenial::Signature));
    }
    for timestamp in ["", "1521733983.{\"id\":1}", "-1", "+1521733983", " 1521733983", "1521733983.", "1.5e9"]
    {
        assert_eq!(taken(timestamp, body, &signature, TIME), Err(WebhookDenial::Timestamp), "{timestamp}");
    }
    // Signed, and of no time that there is.
    let far = "9".repeat(30);
    let signature = crate::known::sign(format!("{far}.{body}").as_bytes());
    assert_eq!(taken(&far, body, &signature, TIME), Err(WebhookDenial::Timestamp));
}

#[test]
fn the_secret_before_goes_on_being_taken() {
    let [old, new] = ["testAppSecret", "other"].map(|text| Secret::new(text).unwrap());
    let signature = sign(&old, TIME, b"");
    let secrets = Secrets::one(old).rotated(new);
    let taken =
        |secrets: &Secrets| verify(secrets, b"1521733983", b"", signature.as_bytes(), TIME, TOLERANCE);
    assert_eq!(taken(&secrets), Ok(()));
    assert_eq!(taken(&secrets.without_previous()), Err(WebhookDenial::Signature));
}
