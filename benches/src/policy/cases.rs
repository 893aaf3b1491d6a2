//! What is verified: policies, signed, with a request for each.

use guestlist_policy::{
    Call, Denial, InvalidPolicy, InvalidSecret, Policy, Request, Secret, Secrets, Signed, Verifier,
};

/// The secret of the vendor's example.
pub(super) const SECRET: &[u8] = b"testAppSecret";

/// When requests are made.
pub(super) const NOW: u64 = 1_523_000_000;

/// When policies expire.
const EXPIRY: u64 = 1_523_595_600;

/// The wrong signature that is not even near.
const WRONG: &str = "00000000000000000000000000000000000000000000000000000000deadbeef";

/// A policy, and a request that brings it.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) signed: Signed,
    /// In place of the right one.
    wrong_signature: Option<&'static str>,
    pub(super) request: Request<'static>,
    pub(super) expected: Result<(), Denial>,
    /// Whether it is held against the target.
    pub(super) has_target: bool,
}

impl Case {
    /// What the request carries.
    pub(super) fn signature(&self) -> &[u8] {
        self.wrong_signature.unwrap_or(self.signed.signature()).as_bytes()
    }
}

/// Signing failed, which it does not.
#[derive(Debug)]
pub(super) struct Unsigned(String);

impl std::fmt::Display for Unsigned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unsigned {}

impl From<InvalidSecret> for Unsigned {
    fn from(error: InvalidSecret) -> Unsigned {
        Unsigned(error.to_string())
    }
}

impl From<InvalidPolicy> for Unsigned {
    fn from(error: InvalidPolicy) -> Unsigned {
        Unsigned(error.to_string())
    }
}

/// What verifies.
pub(super) fn verifier() -> Result<Verifier, Unsigned> {
    Ok(Verifier::new(Secrets::one(Secret::new(SECRET)?)))
}

/// The policies whose time is compared with that of the bare HMAC.
pub(super) fn cases() -> Result<Vec<Case>, Unsigned> {
    let small = Policy::expires_at(EXPIRY).calls([Call::Read]);
    let known = Policy::expires_at(EXPIRY).calls(Call::ALL).handle("TEST_HANDLE");
    let sizes = Policy::expires_at(EXPIRY).handle("KW9EJhYtS6y48Whm2S6D").min_size(1).max_size(10 << 20);
    let path = Policy::expires_at(EXPIRY).calls([Call::Store]).path("/photos/2018/.*");
    let printable = Policy::expires_at(EXPIRY).calls([Call::Store]).path("/photos/2018/[ -~]*");
    let ascii = Policy::expires_at(EXPIRY).calls([Call::Store]).path("[A-Za-z0-9_-]{1,32}");
    let unicode = Policy::expires_at(EXPIRY).calls([Call::Store]).path(r"[\w-]+");
    let repeated = Policy::expires_at(EXPIRY).calls([Call::Store]).path(r"[\w-]{1,12}");
    let read = Request::new(Call::Read);
    let store = Request::new(Call::Store);
    let mut cases = Vec::new();
    for (name, policy, request, has_target) in [
        ("expiry and call", &small, read.handle("KW9EJhYtS6y48Whm2S6D"), true),
        ("the vendor's example", &known, read.handle("TEST_HANDLE"), true),
        (
            "handle and sizes",
            &sizes,
            Request::new(Call::Write).handle("KW9EJhYtS6y48Whm2S6D").size(5 << 20),
            true,
        ),
        ("a path: /photos/2018/.*", &path, store.path("/photos/2018/cat.jpg"), false),
        ("a path: /photos/2018/[ -~]*", &printable, store.path("/photos/2018/cat.jpg"), false),
        ("a path: [A-Za-z0-9_-]{1,32}", &ascii, store.path("cat-of-2018"), false),
        (r"a path: [\w-]+", &unicode, store.path("cat-of-2018"), false),
        (r"a path: [\w-]{1,12}", &repeated, store.path("cat-of-2018"), false),
    ] {
        let signed = policy.sign(&Secret::new(SECRET)?)?;
        cases.push(Case { name, signed, wrong_signature: None, request, expected: Ok(()), has_target });
    }
    cases.insert(
        3,
        Case {
            name: "a wrong signature",
            signed: known.sign(&Secret::new(SECRET)?)?,
            wrong_signature: Some(WRONG),
            request: read,
            expected: Err(Denial::Signature),
            has_target: true,
        },
    );
    Ok(cases)
}
