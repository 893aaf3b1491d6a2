//! The rule of policies as plain code: JSON into a list of members and their values, and the documentation's sentences one after the other. Shares nothing with the reader that it is held against but the names of denials.

use core::fmt;

use guestlist_policy::{Call, Denial, Key, Malformed, MalformedKind, Subject};
use regex::Regex;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::case::RequestCase;

/// An object with its members as they are written, those that are there twice too, which a `Value` forgets.
struct Members(Vec<(String, Value)>);

impl<'d> Deserialize<'d> for Members {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Members, D::Error> {
        struct Reads;
        impl<'d> Visitor<'d> for Reads {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'d>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reads)
    }
}

/// What a policy says.
#[derive(Debug, Default)]
pub(super) struct Naive {
    pub(super) expiry: u64,
    call: Option<Vec<String>>,
    handle: Option<String>,
    url: Option<String>,
    path: Option<String>,
    container: Option<String>,
    min_size: Option<u64>,
    max_size: Option<u64>,
}

impl Naive {
    /// A policy, or `None` if it is none.
    pub(super) fn read(json: &[u8]) -> Option<Naive> {
        let Members(members) = serde_json::from_slice(json).ok()?;
        let mut policy = Naive::default();
        for (at, (key, value)) in members.iter().enumerate() {
            if members[..at].iter().any(|(other, _)| other == key) {
                return None;
            }
            let number = || value.as_u64().map(Some);
            let text = || value.as_str().map(|text| Some(text.to_owned()));
            match key.as_str() {
                "expiry" => policy.expiry = value.as_u64()?,
                "call" => policy.call = Some(calls(value)?),
                "handle" => policy.handle = text()?,
                "url" => policy.url = text()?,
                "path" => policy.path = text()?,
                "container" => policy.container = text()?,
                "minSize" => policy.min_size = number()?,
                "maxSize" => policy.max_size = number()?,
                _ => return None,
            }
        }
        members.iter().any(|(key, _)| key == "expiry").then_some(())?;
        match (policy.min_size, policy.max_size) {
            (Some(min), Some(max)) if min >= max => None,
            _ => Some(policy),
        }
    }

    /// Its canonical text.
    pub(super) fn canonical(&self) -> String {
        let mut text = format!("{{\"expiry\":{}", self.expiry);
        if let Some(calls) = &self.call {
            let all =
                Call::ALL.into_iter().map(Call::as_str).filter(|name| calls.iter().any(|call| call == name));
            let names: Vec<String> = all.map(|name| format!("{name:?}")).collect();
            text += &format!(",\"call\":[{}]", names.join(","));
        }
        let texts = [
            ("handle", &self.handle),
            ("url", &self.url),
            ("path", &self.path),
            ("container", &self.container),
        ];
        for (key, value) in texts {
            if let Some(value) = value {
                text += &format!(",\"{key}\":{}", Value::from(value.as_str()));
            }
        }
        for (key, value) in [("minSize", self.min_size), ("maxSize", self.max_size)] {
            if let Some(value) = value {
                text += &format!(",\"{key}\":{value}");
            }
        }
        text + "}"
    }

    /// What becomes of a request; `None` where a regular expression is more than this reader reads.
    pub(super) fn decide(&self, case: &RequestCase) -> Option<Result<(), Denial>> {
        if self.expiry <= case.now {
            return Some(Err(Denial::Expired));
        }
        let is_allowed = match &self.call {
            Some(calls) => calls.iter().any(|name| name == case.call.as_str()),
            None => case.call != Call::Exif,
        };
        if !is_allowed {
            return Some(Err(Denial::Call(case.call)));
        }
        match (&self.handle, &case.handle) {
            (Some(only), Some(said)) if only != said => return Some(Err(Denial::Handle)),
            (Some(_), None) if lacks(case, Subject::Handle) => {
                return Some(Err(Denial::NotStated(Subject::Handle)));
            }
            _ => {}
        }
        for (only, said, subject, key, denial) in [
            (&self.url, &case.url, Subject::Url, Key::Url, Denial::Url),
            (&self.path, &case.path, Subject::Path, Key::Path, Denial::Path),
            (&self.container, &case.container, Subject::Container, Key::Container, Denial::Container),
        ] {
            match (only, said) {
                (Some(_), Some(said)) if key != Key::Url && is_another_for_some(said) => {
                    return Some(Err(Denial::Unclear));
                }
                (Some(only), Some(said)) => match all_of_it(only, said) {
                    Whole::Matches => {}
                    Whole::Not => return Some(Err(denial)),
                    Whole::NoPattern => {
                        return Some(Err(Malformed { kind: MalformedKind::Pattern(key), at: 0 }.into()));
                    }
                    Whole::Unknown => return None,
                },
                (Some(_), None) if lacks(case, subject) => return Some(Err(Denial::NotStated(subject))),
                _ => {}
            }
        }
        let is_bounded = self.min_size.is_some() || self.max_size.is_some();
        match case.size {
            Some(bytes) if self.min_size.is_some_and(|min| bytes < min) => Some(Err(Denial::TooSmall)),
            Some(bytes) if self.max_size.is_some_and(|max| bytes > max) => Some(Err(Denial::TooLarge)),
            None if is_bounded && lacks(case, Subject::Size) => Some(Err(Denial::NotStated(Subject::Size))),
            _ => Some(Ok(())),
        }
    }
}

/// An array of names of calls, or one.
fn calls(value: &Value) -> Option<Vec<String>> {
    let names = match value {
        Value::String(name) => vec![name.clone()],
        Value::Array(names) => {
            names.iter().map(|name| name.as_str().map(str::to_owned)).collect::<Option<_>>()?
        }
        _ => return None,
    };
    names.iter().all(|name| Call::from_name(name).is_some()).then_some(names)
}

/// The table of the documentation, call by call.
fn lacks(case: &RequestCase, subject: Subject) -> bool {
    let about: &[Subject] = match case.call {
        Call::Pick => &[],
        Call::Read | Call::Stat | Call::Remove | Call::Exif | Call::RunWorkflow => &[Subject::Handle],
        Call::Write => &[Subject::Handle, Subject::Size],
        Call::WriteUrl => &[Subject::Handle, Subject::Url, Subject::Size],
        Call::Store => &[Subject::Path, Subject::Container, Subject::Size],
        // One of the two says what is converted.
        Call::Convert if case.url.is_some() => &[Subject::Url],
        Call::Convert if case.handle.is_some() => &[Subject::Handle],
        Call::Convert => &[Subject::Handle, Subject::Url],
    };
    about.contains(&subject)
}

/// Whether some server takes a path for another one.
fn is_another_for_some(path: &str) -> bool {
    let characters: Vec<char> = path.chars().collect();
    let is_escape = |three: &[char]| three[0] == '%' && three[1..].iter().all(char::is_ascii_hexdigit);
    path.split('/').any(|segment| [".", ".."].contains(&segment))
        || characters.windows(3).any(is_escape)
        || path.contains(|c: char| c == '\\' || c.is_ascii_control())
}

enum Whole {
    Matches,
    Not,
    NoPattern,
    Unknown,
}

/// Whether all of a text matches, by anchors around the pattern's text, which is right as long as nothing in it reads beyond its end.
fn all_of_it(pattern: &str, text: &str) -> Whole {
    if is_beyond(pattern) {
        return Whole::Unknown;
    }
    match Regex::new(pattern) {
        Err(regex::Error::Syntax(_)) => return Whole::NoPattern,
        Err(_) => return Whole::Unknown,
        Ok(_) => {}
    }
    match Regex::new(&format!(r"\A(?:{pattern})\z")) {
        Ok(regex) if regex.is_match(text) => Whole::Matches,
        Ok(_) => Whole::Not,
        Err(_) => Whole::Unknown,
    }
}

/// What this reader leaves alone: a flag, as in `(?x)`, behind which the end may be a comment, and what is large or deep, for which either has limits of its own.
fn is_beyond(pattern: &str) -> bool {
    let is_large = || {
        pattern.contains('{') && pattern.as_bytes().windows(2).any(|two| two.iter().all(u8::is_ascii_digit))
    };
    // Classes of Unicode, which have hundreds of ranges each.
    let is_wide = || {
        let classes = pattern.matches('\\').count();
        classes > 3 || classes > 1 && pattern.contains('{')
    };
    let is_deep = || pattern.matches(['(', '[', '*', '+', '?', '{', '|']).count() > 20;
    pattern.contains("(?")
        || pattern.len() > 100
        || is_large()
        || is_wide()
        || is_deep()
        || pattern.matches('{').count() > 1
}
