//! [`Denial`]: why a policy keeps a request out.

use core::fmt;

use crate::call::{Call, Subject};
use crate::document::Key;

/// Why a policy keeps a request out: small `Copy` data, without anything of the secret or of the policy's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Denial {
    /// The request carries no policy, or a policy without its signature, or the other way round.
    Missing,
    /// The request carries more than one.
    Repeated,
    /// It is not clear what the request asks for.
    Unclear,
    /// The signature is not that of this policy under a live secret of the app.
    Signature,
    /// The policy is signed, but is no policy.
    Malformed(Malformed),
    /// Its time is over.
    Expired,
    /// It does not allow this call.
    Call(Call),
    /// It is for another file.
    Handle,
    /// It is for other URLs.
    Url,
    /// It is for other paths.
    Path,
    /// It is for other containers.
    Container,
    /// The file is smaller than it allows.
    TooSmall,
    /// The file is larger than it allows.
    TooLarge,
    /// It restricts what the request does not say.
    NotStated(Subject),
}

/// What is wrong with a policy, and where in its JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// What.
    pub kind: MalformedKind,
    /// The byte of the JSON text at which it was noticed; 0 where it is about all of it.
    pub at: usize,
}

/// The kinds of what can be wrong with a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MalformedKind {
    /// It is longer than policies are.
    TooLong,
    /// It is not Base64.
    Encoding,
    /// It is not JSON, or not an object.
    Json,
    /// It has a key that no policy has.
    UnknownKey,
    /// It has this key twice.
    RepeatedKey(Key),
    /// The value of this key is of the wrong kind.
    WrongType(Key),
    /// It names a call that there is not.
    UnknownCall,
    /// It has no `expiry`.
    NoExpiry,
    /// `minSize` is not below `maxSize`.
    Sizes,
    /// The regular expression of this key is none, or too large.
    Pattern(Key),
}

impl Denial {
    /// A short name that does not change between releases, such as `policy-expired`; for metrics and reports.
    pub const fn code(self) -> &'static str {
        match self {
            Denial::Missing => "policy-missing",
            Denial::Repeated => "policy-repeated",
            Denial::Unclear => "policy-unclear",
            Denial::Signature => "policy-signature",
            Denial::Malformed(_) => "policy-malformed",
            Denial::Expired => "policy-expired",
            Denial::Call(_) => "policy-call",
            Denial::Handle => "policy-handle",
            Denial::Url => "policy-url",
            Denial::Path => "policy-path",
            Denial::Container => "policy-container",
            Denial::TooSmall => "policy-too-small",
            Denial::TooLarge => "policy-too-large",
            Denial::NotStated(_) => "policy-not-stated",
        }
    }
}

impl From<Malformed> for Denial {
    fn from(malformed: Malformed) -> Denial {
        Denial::Malformed(malformed)
    }
}

/// In words, such as `the policy has expired`.
impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Denial::Missing => f.write_str("a signed policy is required, and the request carries none"),
            Denial::Repeated => f.write_str("the request carries more than one policy or signature"),
            Denial::Unclear => f.write_str("what the request asks for can be read in more than one way"),
            Denial::Signature => {
                f.write_str("the signature is not that of this policy under a secret of the app")
            }
            Denial::Malformed(malformed) => write!(f, "the policy is signed, but {malformed}"),
            Denial::Expired => f.write_str("the policy has expired"),
            Denial::Call(call) => write!(f, "the policy does not allow the call {call}"),
            Denial::Handle => f.write_str("the policy is for another file"),
            Denial::Url => f.write_str("the policy is for other URLs"),
            Denial::Path => f.write_str("the policy is for other paths"),
            Denial::Container => f.write_str("the policy is for other containers"),
            Denial::TooSmall => f.write_str("the file is smaller than the policy allows"),
            Denial::TooLarge => f.write_str("the file is larger than the policy allows"),
            Denial::NotStated(subject) => {
                write!(f, "the policy restricts the {}, which the request does not say", subject.as_str())
            }
        }
    }
}

impl fmt::Display for MalformedKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MalformedKind::TooLong => write!(f, "it is longer than {} bytes", crate::MAX_POLICY_BYTES),
            MalformedKind::Encoding => f.write_str("it is not Base64"),
            MalformedKind::Json => f.write_str("it is not a JSON object"),
            MalformedKind::UnknownKey => f.write_str("it has a key that no policy has"),
            MalformedKind::RepeatedKey(key) => write!(f, "it has the key `{key}` twice"),
            MalformedKind::WrongType(key) => write!(f, "`{key}` must be {}", key.expects()),
            MalformedKind::UnknownCall => f.write_str("`call` names a call that there is not"),
            MalformedKind::NoExpiry => f.write_str("it has no `expiry`"),
            MalformedKind::Sizes => f.write_str("`minSize` is not below `maxSize`"),
            MalformedKind::Pattern(key) => {
                write!(f, "`{key}` is no regular expression that can be used here")
            }
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)?;
        match self.kind {
            MalformedKind::TooLong
            | MalformedKind::Encoding
            | MalformedKind::NoExpiry
            | MalformedKind::Sizes
            | MalformedKind::Pattern(_) => Ok(()),
            _ => write!(f, " (at byte {} of the JSON)", self.at),
        }
    }
}

impl std::error::Error for Malformed {}
