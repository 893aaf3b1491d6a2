//! What others sign is verified, and what is signed here is what others sign.

use guestlist_policy::{Call, Denial, Policy, Request, Secret, Secrets, SignedRef, Verifier, decode};

const JSON: &str = r#"{"expiry":1523595600,"call":["pick","read","stat","write","writeUrl","store","convert","remove","exif","runWorkflow"],"handle":"TEST_HANDLE"}"#;
const POLICY: &str = "eyJleHBpcnkiOjE1MjM1OTU2MDAsImNhbGwiOlsicGljayIsInJlYWQiLCJzdGF0Iiwid3JpdGUiLCJ3cml0ZVVybCIsInN0b3JlIiwiY29udmVydCIsInJlbW92ZSIsImV4aWYiLCJydW5Xb3JrZmxvdyJdLCJoYW5kbGUiOiJURVNUX0hBTkRMRSJ9";
const SIGNATURE: &str = "7df0536104cdcc16370ad6494cdbda30c9773a62eec6e5153fa539544db6206e";

fn secret() -> Secret {
    Secret::new("testAppSecret").unwrap()
}

#[test]
fn the_vendors_example_has_the_vendors_signature() {
    let signed = Policy::parse(JSON).unwrap().sign(&secret()).unwrap();
    assert_eq!((signed.policy(), signed.signature()), (POLICY, SIGNATURE));
    assert_eq!(decode(POLICY.as_bytes()).unwrap(), JSON.as_bytes());

    let verifier = Verifier::new(Secrets::one(secret()));
    let request = Request::new(Call::Exif).handle("TEST_HANDLE");
    assert_eq!(verifier.verify(signed.as_ref(), 1_523_595_599, &request), Ok(()));
    assert_eq!(verifier.verify(signed.as_ref(), 1_523_595_600, &request), Err(Denial::Expired));
}

/// In each of the forms in which Base64 is written, it is the text that came that is signed.
#[test]
fn the_text_is_verified_as_it_came() {
    let json = br#"{"expiry":4102444800,"handle":"\u003f>?>~~\u007f??>>"}"#;
    let json = &json[..];
    let url_safe = Policy::parse(json).unwrap();
    assert_eq!(url_safe.expiry(), 4_102_444_800);
    // Made elsewhere, with other spellings of the same.
    let texts = [
        "eyJleHBpcnkiOjQxMDI0NDQ4MDAsImhhbmRsZSI6Ij8+Pz5+fn8/Pz4+In0=",
        "eyJleHBpcnkiOjQxMDI0NDQ4MDAsImhhbmRsZSI6Ij8-Pz5-fn8_Pz4-In0=",
        "eyJleHBpcnkiOjQxMDI0NDQ4MDAsImhhbmRsZSI6Ij8-Pz5-fn8_Pz4-In0",
    ];
    let verifier = Verifier::new(Secrets::one(secret()));
    let signatures = texts.map(|text| sign(text.as_bytes()));
    for (at, text) in texts.iter().enumerate() {
        for (of, signature) in signatures.iter().enumerate() {
            let signed = SignedRef { policy: text.as_bytes(), signature: signature.as_bytes() };
            let verified = verifier.verify(signed, 1, &Request::new(Call::Read).handle("?>?>~~\u{7f}??>>"));
            let expected = if at == of { Ok(()) } else { Err(Denial::Signature) };
            assert_eq!(verified, expected, "{text} {signature}");
        }
    }
}

/// The HMAC of any text, by the one thing of this crate that signs text as it is.
pub(crate) fn sign(text: &[u8]) -> String {
    // A webhook's signature is one of `TIMESTAMP "." BODY`: here it is made by the library that all of it is built on.
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"testAppSecret").unwrap();
    mac.update(text);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}
