//! Bugs that others have had: each is planted in a verifier of a few lines, and the suite must find it. Without a bug the same lines pass, so that it is the bug that is found.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use guestlist_policy::{Call, Calls, Denial, Key, Malformed, MalformedKind, Request, SignedRef, Subject};
use regex::bytes::Regex;
use serde_json::Value;

use crate::known::sign;
use crate::suite::{Ours, Verifies, run};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bug {
    None,
    /// The signature is compared as far as it goes.
    PrefixCompare,
    /// What is signed is the JSON, not the text that came.
    DecodedIsSigned,
    /// Expiry is compared as text.
    ExpiryAsText,
    /// It is taken at its last second.
    ExpiryInclusive,
    /// A policy without `call` allows all calls.
    MissingCallAllowsExif,
    /// A regular expression may match a part.
    Unanchored,
    /// It is anchored by gluing text.
    GluedAnchors,
    /// What the request does not say is not looked at.
    UnsaidIsFine,
    /// The last of two keys counts.
    LastKeyWins,
    /// Unknown keys are left out.
    UnknownKeysIgnored,
    /// A null is as if it were not there.
    NullIsAbsent,
    /// `call` is searched as text.
    CallBySubstring,
    /// The handle begins so.
    HandlePrefix,
    /// `maxSize` is not itself allowed.
    MaxSizeExclusive,
    /// The signature may be in capitals.
    UpperCaseSignature,
    /// Dot segments are held against expressions as they are.
    DotsAreFine,
}

const BUGS: [Bug; 16] = [
    Bug::PrefixCompare,
    Bug::DecodedIsSigned,
    Bug::ExpiryAsText,
    Bug::ExpiryInclusive,
    Bug::MissingCallAllowsExif,
    Bug::Unanchored,
    Bug::GluedAnchors,
    Bug::UnsaidIsFine,
    Bug::LastKeyWins,
    Bug::UnknownKeysIgnored,
    Bug::NullIsAbsent,
    Bug::CallBySubstring,
    Bug::HandlePrefix,
    Bug::MaxSizeExclusive,
    Bug::UpperCaseSignature,
    Bug::DotsAreFine,
];

/// A verifier of its own, from the words of the documentation, with a JSON tree and a bug.
struct Planted(Bug);

fn malformed(kind: MalformedKind) -> Denial {
    Denial::Malformed(Malformed { kind, at: 0 })
}

impl Planted {
    fn is_signed(&self, policy: &[u8], signature: &[u8]) -> bool {
        let expected = match self.0 {
            Bug::DecodedIsSigned => sign(&URL_SAFE.decode(policy).unwrap_or_default()),
            _ => sign(policy),
        };
        match self.0 {
            Bug::PrefixCompare => {
                expected.as_bytes().iter().zip(signature).all(|(expected, found)| expected == found)
            }
            Bug::UpperCaseSignature => expected.as_bytes().eq_ignore_ascii_case(signature),
            _ => expected.as_bytes() == signature,
        }
    }

    /// The keys with their values, once each.
    fn keys(&self, policy: &[u8]) -> Result<Vec<(Key, Value)>, Denial> {
        let json = URL_SAFE.decode(policy).map_err(|_| malformed(MalformedKind::Encoding))?;
        let value: Value = serde_json::from_slice(&json).map_err(|_| malformed(MalformedKind::Json))?;
        let Value::Object(map) = value else { return Err(malformed(MalformedKind::Json)) };
        // The tree has each key once; that it was there twice is seen in the text, in which no value of the suite looks like a key.
        let text = String::from_utf8_lossy(&json).replace("\\u0065", "e");
        let mut keys = Vec::new();
        for (name, value) in map {
            let Some(key) = Key::ALL.into_iter().find(|key| key.as_str() == name) else {
                if self.0 == Bug::UnknownKeysIgnored {
                    continue;
                }
                return Err(malformed(MalformedKind::UnknownKey));
            };
            if text.matches(&format!("\"{name}\":")).count() > 1 && self.0 != Bug::LastKeyWins {
                return Err(malformed(MalformedKind::RepeatedKey(key)));
            }
            if !(value.is_null() && self.0 == Bug::NullIsAbsent) {
                keys.push((key, value));
            }
        }
        Ok(keys)
    }

    /// A path that is another one for some server.
    fn is_odd(&self, path: &[u8]) -> bool {
        let text = String::from_utf8_lossy(path);
        let escape = Regex::new("%[0-9A-Fa-f]{2}").unwrap();
        let has_dots = text.split('/').any(|segment| segment == "." || segment == "..");
        self.0 != Bug::DotsAreFine
            && (has_dots || escape.is_match(path) || text.contains(|c: char| c == '\\' || c < ' '))
    }

    fn regex(&self, pattern: &str, key: Key, value: &[u8]) -> Result<bool, Denial> {
        let invalid = malformed(MalformedKind::Pattern(key));
        let text = match self.0 {
            Bug::Unanchored => pattern.to_string(),
            Bug::GluedAnchors => format!("^{pattern}$"),
            _ => {
                Regex::new(pattern).map_err(|_| invalid)?;
                format!(r"\A(?:{pattern})\z")
            }
        };
        Ok(Regex::new(&text).map_err(|_| invalid)?.is_match(value))
    }
}

impl Verifies for Planted {
    fn verify(
        &self,
        signed: SignedRef<'_>,
        now: u64,
        skew: u64,
        request: &Request<'_>,
    ) -> Result<(), Denial> {
        if !self.is_signed(signed.policy, signed.signature) {
            return Err(Denial::Signature);
        }
        let keys = self.keys(signed.policy)?;
        let value = |key: Key| keys.iter().find(|(found, _)| *found == key).map(|(_, value)| value);
        let wrong = |key| malformed(MalformedKind::WrongType(key));
        let number = |key: Key| value(key).map(|value| value.as_u64().ok_or(wrong(key))).transpose();
        let text = |key: Key| value(key).map(|value| value.as_str().ok_or(wrong(key))).transpose();
        let calls: Option<Calls> = value(Key::Call)
            .map(|value| {
                let names: Vec<&Value> = match value {
                    Value::Array(names) => names.iter().collect(),
                    Value::String(_) => vec![value],
                    _ => return Err(wrong(Key::Call)),
                };
                names
                    .into_iter()
                    .map(|name| {
                        let name = name.as_str().ok_or(wrong(Key::Call))?;
                        Call::from_name(name).ok_or(malformed(MalformedKind::UnknownCall))
                    })
                    .collect()
            })
            .transpose()?;
        let (handle, min, max) = (text(Key::Handle)?, number(Key::MinSize)?, number(Key::MaxSize)?);
        let patterns =
            [(Key::Url, Subject::Url), (Key::Path, Subject::Path), (Key::Container, Subject::Container)];
        for (key, _) in patterns {
            text(key)?;
        }
        let expiry = number(Key::Expiry)?.ok_or(malformed(MalformedKind::NoExpiry))?;
        if min.zip(max).is_some_and(|(min, max)| min >= max) {
            return Err(malformed(MalformedKind::Sizes));
        }
        let until = expiry.saturating_add(skew);
        let is_over = match self.0 {
            Bug::ExpiryAsText => until.to_string() <= now.to_string(),
            Bug::ExpiryInclusive => until < now,
            _ => until <= now,
        };
        if is_over {
            return Err(Denial::Expired);
        }
        let call = request.call;
        let is_allowed = match (calls, self.0) {
            (None, Bug::MissingCallAllowsExif) => true,
            (Some(calls), Bug::CallBySubstring) => {
                calls.iter().any(|allowed| allowed.as_str().contains(call.as_str()))
            }
            (None, _) => call != Call::Exif,
            (Some(calls), _) => calls.contains(call),
        };
        if !is_allowed {
            return Err(Denial::Call(call));
        }
        let unsaid = |subject: Subject| {
            let otherwise = call == Call::Convert
                && match subject {
                    Subject::Handle => request.url.is_some(),
                    Subject::Url => request.handle.is_some(),
                    _ => false,
                };
            if call.is_about(subject) && !otherwise && self.0 != Bug::UnsaidIsFine {
                Err(Denial::NotStated(subject))
            } else {
                Ok(())
            }
        };
        if let Some(handle) = handle {
            match request.handle {
                None => unsaid(Subject::Handle)?,
                Some(said) if self.0 == Bug::HandlePrefix && said.starts_with(handle.as_bytes()) => {}
                Some(said) if said == handle.as_bytes() => {}
                Some(_) => return Err(Denial::Handle),
            }
        }
        for (key, subject) in patterns {
            let (said, denial) = match key {
                Key::Url => (request.url, Denial::Url),
                Key::Path => (request.path, Denial::Path),
                _ => (request.container, Denial::Container),
            };
            match (text(key)?, said) {
                (None, _) => {}
                (Some(_), None) => unsaid(subject)?,
                (Some(_), Some(said)) if key != Key::Url && self.is_odd(said) => return Err(Denial::Unclear),
                (Some(pattern), Some(said)) if !self.regex(pattern, key, said)? => {
                    return Err(denial);
                }
                _ => {}
            }
        }
        match request.size {
            None if min.or(max).is_some() => unsaid(Subject::Size)?,
            Some(size) if min.is_some_and(|min| size < min) => return Err(Denial::TooSmall),
            Some(size)
                if max.is_some_and(|max| size > max || (size == max && self.0 == Bug::MaxSizeExclusive)) =>
            {
                return Err(Denial::TooLarge);
            }
            _ => {}
        }
        Ok(())
    }
}

#[test]
fn a_verifier_without_a_bug_passes_as_ours_does() {
    assert_eq!(run(&Planted(Bug::None)), run(&Ours));
}

#[test]
fn every_bug_is_found() {
    for bug in BUGS {
        let found = run(&Planted(bug)).expect_err(&format!("{bug:?} is not found"));
        println!("{bug:?}: {found}");
    }
}
