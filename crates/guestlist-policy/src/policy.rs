//! [`Policy`]: what may be done until when; made, signed, and shown.

use core::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::call::{Call, Calls};
use crate::denial::{Malformed, MalformedKind};
use crate::document::{Document, Key, UnknownKeys};
use crate::encoding;
use crate::pattern::Pattern;
use crate::secret::Secret;
use crate::verify::MAX_POLICY_BYTES;

/// What may be done until when. Made with [`Policy::expires_at`], or read from JSON with [`Policy::parse`].
///
/// ```
/// use guestlist_policy::{Call, Policy, Secret};
///
/// let policy = Policy::expires_at(1_523_595_600).calls(Call::ALL).handle("TEST_HANDLE");
/// assert_eq!(policy.to_json(), r#"{"expiry":1523595600,"call":["pick","read","stat","write","writeUrl","store","convert","remove","exif","runWorkflow"],"handle":"TEST_HANDLE"}"#);
///
/// let signed = policy.sign(&Secret::new("testAppSecret")?)?;
/// assert_eq!(signed.signature(), "7df0536104cdcc16370ad6494cdbda30c9773a62eec6e5153fa539544db6206e");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    expiry: u64,
    call: Option<Calls>,
    handle: Option<String>,
    url: Option<String>,
    path: Option<String>,
    container: Option<String>,
    min_size: Option<u64>,
    max_size: Option<u64>,
}

impl Policy {
    /// One that allows every call but `exif` until this time, in seconds since 1970.
    pub fn expires_at(expiry: u64) -> Policy {
        Policy {
            expiry,
            call: None,
            handle: None,
            url: None,
            path: None,
            container: None,
            min_size: None,
            max_size: None,
        }
    }

    /// Allows these calls and no others.
    #[must_use]
    pub fn calls(self, calls: impl IntoIterator<Item = Call>) -> Policy {
        Policy { call: Some(calls.into_iter().collect()), ..self }
    }

    /// Only for this file.
    #[must_use]
    pub fn handle(self, handle: impl Into<String>) -> Policy {
        Policy { handle: Some(handle.into()), ..self }
    }

    /// Only for files from URLs all of which this regular expression matches.
    #[must_use]
    pub fn url(self, pattern: impl Into<String>) -> Policy {
        Policy { url: Some(pattern.into()), ..self }
    }

    /// Only for paths all of which this regular expression matches.
    #[must_use]
    pub fn path(self, pattern: impl Into<String>) -> Policy {
        Policy { path: Some(pattern.into()), ..self }
    }

    /// Only for containers all of whose name this regular expression matches.
    #[must_use]
    pub fn container(self, pattern: impl Into<String>) -> Policy {
        Policy { container: Some(pattern.into()), ..self }
    }

    /// Only for files of at least so many bytes.
    #[must_use]
    pub fn min_size(self, bytes: u64) -> Policy {
        Policy { min_size: Some(bytes), ..self }
    }

    /// Only for files of at most so many bytes.
    #[must_use]
    pub fn max_size(self, bytes: u64) -> Policy {
        Policy { max_size: Some(bytes), ..self }
    }

    /// Reads the JSON text of a policy, as strictly as [`Verifier`](crate::Verifier) does, and its regular expressions too.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub fn parse(json: impl AsRef<[u8]>) -> Result<Policy, InvalidPolicy> {
        let document =
            Document::read(json.as_ref(), UnknownKeys::Refuse).map_err(|malformed| InvalidPolicy {
                malformed,
                why: String::new(),
                json: String::from_utf8_lossy(json.as_ref()).into_owned(),
            })?;
        let policy = Policy::from(document);
        policy.check()?;
        Ok(policy)
    }

    /// When it expires, in seconds since 1970.
    pub fn expiry(&self) -> u64 {
        self.expiry
    }

    /// The calls that it allows.
    pub fn allowed_calls(&self) -> Calls {
        self.call.unwrap_or(Calls::UNLESS_SAID)
    }

    /// Its JSON text: without blanks, its keys in the order of [`Key::ALL`], calls in that of [`Call::ALL`].
    pub fn to_json(&self) -> String {
        // Nothing in it fails to be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Signs it. Two equal policies have one text and one signature.
    ///
    /// # Errors
    ///
    /// If a regular expression in it cannot be used, `minSize` is not below `maxSize`, or it is longer than policies are.
    pub fn sign(&self, secret: &Secret) -> Result<Signed, InvalidPolicy> {
        self.check()?;
        let policy = encoding::encode(self.to_json().as_bytes());
        if policy.len() > MAX_POLICY_BYTES {
            let why = format!("it would have {} bytes", policy.len());
            return Err(self.invalid(MalformedKind::TooLong, why));
        }
        let signature = secret.sign(policy.as_bytes());
        Ok(Signed { policy, signature })
    }

    fn check(&self) -> Result<(), InvalidPolicy> {
        if let (Some(min), Some(max)) = (self.min_size, self.max_size)
            && min >= max
        {
            return Err(self.invalid(MalformedKind::Sizes, format!("{min} is not below {max}")));
        }
        for (key, pattern) in
            [(Key::Url, &self.url), (Key::Path, &self.path), (Key::Container, &self.container)]
        {
            if let Some(pattern) = pattern {
                Pattern::new(pattern).map_err(|why| self.invalid(MalformedKind::Pattern(key), why))?;
            }
        }
        Ok(())
    }

    fn invalid(&self, kind: MalformedKind, why: String) -> InvalidPolicy {
        InvalidPolicy { malformed: Malformed { kind, at: 0 }, why, json: self.to_json() }
    }
}

impl From<Document<'_>> for Policy {
    fn from(document: Document<'_>) -> Policy {
        let Document { expiry, call, handle, url, path, container, min_size, max_size } = document;
        Policy {
            expiry,
            call,
            handle: handle.map(Into::into),
            url: url.map(Into::into),
            path: path.map(Into::into),
            container: container.map(Into::into),
            min_size,
            max_size,
        }
    }
}

impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(Key::Expiry.as_str(), &self.expiry)?;
        if let Some(calls) = self.call {
            let names: Vec<&str> = calls.iter().map(Call::as_str).collect();
            map.serialize_entry(Key::Call.as_str(), &names)?;
        }
        for (key, text) in [
            (Key::Handle, &self.handle),
            (Key::Url, &self.url),
            (Key::Path, &self.path),
            (Key::Container, &self.container),
        ] {
            if let Some(text) = text {
                map.serialize_entry(key.as_str(), text)?;
            }
        }
        for (key, bytes) in [(Key::MinSize, self.min_size), (Key::MaxSize, self.max_size)] {
            if let Some(bytes) = bytes {
                map.serialize_entry(key.as_str(), &bytes)?;
            }
        }
        map.end()
    }
}

/// A policy and its signature, as requests carry them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    policy: String,
    signature: String,
}

impl Signed {
    /// The policy, in Base64 for URLs with its padding.
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// The signature: the HMAC-SHA256 of [`Signed::policy`], 64 hexadecimal digits in lower case.
    pub fn signature(&self) -> &str {
        &self.signature
    }

    /// To be verified.
    pub fn as_ref(&self) -> SignedRef<'_> {
        SignedRef { policy: self.policy.as_bytes(), signature: self.signature.as_bytes() }
    }
}

/// As the parameters of a query, `policy=…&signature=…`.
impl fmt::Display for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `=` is the only character of it that is not for values, and all of it is padding.
        let text = self.policy.trim_end_matches('=');
        write!(f, "policy={text}")?;
        for _ in text.len()..self.policy.len() {
            f.write_str("%3D")?;
        }
        write!(f, "&signature={}", self.signature)
    }
}

/// A policy and a signature, as a request carried them: the bytes that came, without the escapes of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedRef<'r> {
    /// The policy.
    pub policy: &'r [u8],
    /// The signature.
    pub signature: &'r [u8],
}

/// A policy that cannot be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidPolicy {
    malformed: Malformed,
    why: String,
    json: String,
}

impl InvalidPolicy {
    /// What is wrong, and where in the JSON.
    pub fn malformed(&self) -> Malformed {
        self.malformed
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self.malformed.kind {
            MalformedKind::TooLong => "shorten its regular expressions",
            MalformedKind::Encoding => "encode it with Base64",
            MalformedKind::Json => "write an object such as {\"expiry\":1523595600,\"call\":[\"read\"]}",
            MalformedKind::UnknownKey => {
                "a policy has `expiry`, `call`, `handle`, `url`, `path`, `container`, `minSize` and `maxSize`"
            }
            MalformedKind::RepeatedKey(_) => "leave one of them out",
            MalformedKind::WrongType(key) => key.expects(),
            MalformedKind::UnknownCall => {
                "calls are pick, read, stat, write, writeUrl, store, convert, remove, exif and runWorkflow"
            }
            MalformedKind::NoExpiry => "add the time at which it ends, in seconds since 1970",
            MalformedKind::Sizes => "let `minSize` be lower, or leave it out",
            MalformedKind::Pattern(_) => {
                "write one without look-around and back-references; it must match the whole value"
            }
        }
    }
}

impl std::error::Error for InvalidPolicy {}

/// What is wrong, with the place in the JSON where it has one.
impl fmt::Display for InvalidPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this is no policy: {}", self.malformed)?;
        if !self.why.is_empty() {
            write!(f, ": {}", self.why)?;
        }
        write!(f, "; {}", self.help())
    }
}
