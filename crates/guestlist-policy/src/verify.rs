//! [`Verifier`]: policy, signature, request → let in, or a [`Denial`].

use std::borrow::Cow;
use std::time::Duration;

use crate::call::{Calls, Subject};
use crate::denial::{Denial, Malformed, MalformedKind};
use crate::document::{Document, Key, UnknownKeys};
use crate::encoding::Buffer;
use crate::pattern;
use crate::policy::{Policy, SignedRef};
use crate::request::Request;
use crate::secret::Secrets;

/// How long a policy may be, in Base64.
pub const MAX_POLICY_BYTES: usize = 8192;

/// Verifies policies under the live secrets of an app.
///
/// What it does, in this order:
///
/// 1. the signature is not that of the policy, as it came, under a live secret → [`Denial::Signature`]
/// 2. the policy is no Base64, or no policy → [`Denial::Malformed`]
/// 3. its time is over → [`Denial::Expired`]
/// 4. it does not allow the call → [`Denial::Call`]
/// 5. it restricts what the request is about, and the request says something else, or nothing → [`Denial::Handle`], [`Denial::Url`], [`Denial::Path`], [`Denial::Container`], [`Denial::TooSmall`], [`Denial::TooLarge`], [`Denial::NotStated`]; [`Denial::Unclear`] for a path or container that servers read in two ways
/// 6. else it is let in
#[derive(Clone, Debug)]
pub struct Verifier {
    secrets: Secrets,
    skew: u64,
    unknown_keys: UnknownKeys,
}

impl Verifier {
    /// With these secrets, no skew, and no key that policies have not.
    pub fn new(secrets: Secrets) -> Verifier {
        Verifier { secrets, skew: 0, unknown_keys: UnknownKeys::Refuse }
    }

    /// Takes a policy for so long after its expiry, in whole seconds: for clocks that are behind.
    #[must_use]
    pub fn skew(self, skew: Duration) -> Verifier {
        Verifier { skew: skew.as_secs(), ..self }
    }

    /// Leaves out keys that no policy has, instead of refusing them. A restriction that is misspelt is then none.
    #[must_use]
    pub fn dangerously_ignore_unknown_keys(self) -> Verifier {
        Verifier { unknown_keys: UnknownKeys::Ignore, ..self }
    }

    /// The secrets.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Whether the policy lets this request in at this time, in seconds since 1970.
    ///
    /// Cost: an HMAC-SHA256 of the policy for each live secret, and a pass over its JSON, or two; nothing but the HMAC where the signature is wrong. A regular expression that the request is held against costs matching, and where the thread has not used it lately building it: some tens of
    /// microseconds, hundreds with a class of Unicode such as `\w`, and milliseconds where one is repeated, as in `\w{1,12}`.
    ///
    /// # Errors
    ///
    /// The first of the reasons above that applies.
    pub fn verify(&self, signed: SignedRef<'_>, now: u64, request: &Request<'_>) -> Result<(), Denial> {
        let mut json = Buffer::new();
        let document = self.read(signed, &mut json)?;
        if document.expiry.saturating_add(self.skew) <= now {
            return Err(Denial::Expired);
        }
        allows(&document, request)
    }

    /// The policy, if its signature is right; expired or not. For people who want to see what is in it.
    ///
    /// # Errors
    ///
    /// [`Denial::Signature`] or [`Denial::Malformed`].
    pub fn open(&self, signed: SignedRef<'_>, now: u64) -> Result<Opened, Denial> {
        let mut json = Buffer::new();
        let document = self.read(signed, &mut json)?;
        let is_expired = document.expiry.saturating_add(self.skew) <= now;
        Ok(Opened { policy: document.into(), is_expired })
    }

    fn read<'j>(&self, signed: SignedRef<'_>, json: &'j mut Buffer) -> Result<Document<'j>, Denial> {
        let SignedRef { policy, signature } = signed;
        if policy.len() > MAX_POLICY_BYTES {
            return Err(Malformed { kind: MalformedKind::TooLong, at: 0 }.into());
        }
        if !self.secrets.have_signed(&[policy], signature) {
            return Err(Denial::Signature);
        }
        Ok(Document::read(json.decode(policy)?, self.unknown_keys)?)
    }
}

/// A policy whose signature is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What it says.
    pub policy: Policy,
    /// Whether its time is over.
    pub is_expired: bool,
}

fn allows(document: &Document<'_>, request: &Request<'_>) -> Result<(), Denial> {
    if !document.call.unwrap_or(Calls::UNLESS_SAID).contains(request.call) {
        return Err(Denial::Call(request.call));
    }
    if let Some(handle) = &document.handle {
        match request.handle {
            Some(said) if said != handle.as_bytes() => return Err(Denial::Handle),
            Some(_) => {}
            None => unsaid(request, Subject::Handle)?,
        }
    }
    matches(&document.url, request.url, request, Subject::Url, Key::Url, Denial::Url)?;
    matches(&document.path, request.path, request, Subject::Path, Key::Path, Denial::Path)?;
    matches(
        &document.container,
        request.container,
        request,
        Subject::Container,
        Key::Container,
        Denial::Container,
    )?;
    if document.min_size.is_some() || document.max_size.is_some() {
        match request.size {
            Some(bytes) if document.min_size.is_some_and(|min| bytes < min) => return Err(Denial::TooSmall),
            Some(bytes) if document.max_size.is_some_and(|max| bytes > max) => return Err(Denial::TooLarge),
            Some(_) => {}
            None => unsaid(request, Subject::Size)?,
        }
    }
    Ok(())
}

fn matches(
    pattern: &Option<Cow<'_, str>>,
    said: Option<&[u8]>,
    request: &Request<'_>,
    subject: Subject,
    key: Key,
    denial: Denial,
) -> Result<(), Denial> {
    match (pattern, said) {
        (None, _) => Ok(()),
        (Some(_), None) => unsaid(request, subject),
        (Some(pattern), Some(said)) => {
            if matches!(subject, Subject::Path | Subject::Container) && is_read_in_two_ways(said) {
                return Err(Denial::Unclear);
            }
            match pattern::matches(pattern, said) {
                Some(true) => Ok(()),
                Some(false) => Err(denial),
                None => Err(Malformed { kind: MalformedKind::Pattern(key), at: 0 }.into()),
            }
        }
    }
}

/// Whether some server takes this path for another one: it has a dot segment, a `\`, a control character, or an escape that is left.
///
/// Without it `/photos/.*` would let `/photos/../etc` in, and an expression that does not can hardly be written without look-around.
fn is_read_in_two_ways(path: &[u8]) -> bool {
    let has_dots = path.split(|byte| *byte == b'/').any(|segment| matches!(segment, b"." | b".."));
    let has_escape =
        path.windows(3).any(|text| text[0] == b'%' && text[1..].iter().all(u8::is_ascii_hexdigit));
    has_dots || has_escape || path.iter().any(|byte| *byte == b'\\' || byte.is_ascii_control())
}

/// What a request does not say, of a subject that the policy restricts.
fn unsaid(request: &Request<'_>, subject: Subject) -> Result<(), Denial> {
    if request.lacks(subject) { Err(Denial::NotStated(subject)) } else { Ok(()) }
}
