//! JSON text → [`Document`]: what a policy says, read strictly, in one pass.

use core::fmt;
use std::borrow::Cow;
use std::cell::Cell;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::call::{Call, Calls};
use crate::denial::{Malformed, MalformedKind};
use crate::ordinary;

/// The keys of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Key {
    Expiry,
    Call,
    Handle,
    Url,
    Path,
    Container,
    MinSize,
    MaxSize,
}

impl Key {
    /// All of them, in the order in which they are written.
    pub const ALL: [Key; 8] = [
        Key::Expiry,
        Key::Call,
        Key::Handle,
        Key::Url,
        Key::Path,
        Key::Container,
        Key::MinSize,
        Key::MaxSize,
    ];

    /// As it stands in JSON, such as `minSize`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Key::Expiry => "expiry",
            Key::Call => "call",
            Key::Handle => "handle",
            Key::Url => "url",
            Key::Path => "path",
            Key::Container => "container",
            Key::MinSize => "minSize",
            Key::MaxSize => "maxSize",
        }
    }

    /// What its value must be, in words.
    pub(crate) const fn expects(self) -> &'static str {
        match self {
            Key::Expiry => "a whole number of seconds since 1970, not a text",
            Key::Call => "an array of names of calls",
            Key::Handle => "a text",
            Key::Url | Key::Path | Key::Container => "a text with a regular expression",
            Key::MinSize | Key::MaxSize => "a whole number of bytes",
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is done with keys that no policy has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnknownKeys {
    Refuse,
    Ignore,
}

/// What a policy says. Its regular expressions have not been looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Document<'j> {
    pub(crate) expiry: u64,
    pub(crate) call: Option<Calls>,
    pub(crate) handle: Option<Cow<'j, str>>,
    pub(crate) url: Option<Cow<'j, str>>,
    pub(crate) path: Option<Cow<'j, str>>,
    pub(crate) container: Option<Cow<'j, str>>,
    pub(crate) min_size: Option<u64>,
    pub(crate) max_size: Option<u64>,
}

impl<'j> Document<'j> {
    pub(crate) fn read(json: &'j [u8], unknown_keys: UnknownKeys) -> Result<Document<'j>, Malformed> {
        match ordinary::read(json) {
            Some(document) => Ok(document),
            None => Document::read_carefully(json, unknown_keys),
        }
    }

    /// Reads any text, and says what is wrong with it.
    #[cold]
    pub(crate) fn read_carefully(
        json: &'j [u8],
        unknown_keys: UnknownKeys,
    ) -> Result<Document<'j>, Malformed> {
        let reader = Reader { flaw: Cell::new(None), key: Cell::new(None), unknown_keys };
        let mut deserializer = serde_json::Deserializer::from_slice(json);
        let read = (&reader).deserialize(&mut deserializer);
        read.and_then(|document| deserializer.end().map(|()| document)).map_err(|error| {
            let kind = match (reader.flaw.get(), reader.key.get()) {
                (Some(flaw), _) => flaw,
                (None, Some(key)) if error.is_data() => MalformedKind::WrongType(key),
                _ => MalformedKind::Json,
            };
            Malformed { kind, at: place(json, error.line(), error.column()) }
        })
    }
}

/// The byte that a line and a column stand for.
fn place(json: &[u8], line: usize, column: usize) -> usize {
    let before: usize =
        json.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    (before + column).saturating_sub(1).min(json.len())
}

/// Reads a document, and keeps what it found wrong: the errors of the JSON library are texts.
struct Reader {
    flaw: Cell<Option<MalformedKind>>,
    /// The key whose value is being read.
    key: Cell<Option<Key>>,
    unknown_keys: UnknownKeys,
}

impl Reader {
    fn flaw<E: de::Error>(&self, flaw: MalformedKind) -> E {
        self.flaw.set(Some(flaw));
        E::custom("")
    }
}

impl<'j> DeserializeSeed<'j> for &Reader {
    type Value = Document<'j>;

    fn deserialize<D: Deserializer<'j>>(self, deserializer: D) -> Result<Document<'j>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'j> Visitor<'j> for &Reader {
    type Value = Document<'j>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a policy")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Document<'j>, A::Error> {
        let (mut expiry, mut call) = (None, None);
        let (mut handle, mut url, mut path, mut container) = (None, None, None, None);
        let (mut min_size, mut max_size) = (None, None);
        loop {
            self.key.set(None);
            let Some(Text(name)) = map.next_key()? else { break };
            let Some(key) = Key::ALL.into_iter().find(|key| key.as_str() == name) else {
                match self.unknown_keys {
                    UnknownKeys::Refuse => return Err(self.flaw(MalformedKind::UnknownKey)),
                    UnknownKeys::Ignore => map.next_value::<IgnoredAny>()?,
                };
                continue;
            };
            self.key.set(Some(key));
            let is_new = match key {
                Key::Expiry => set(&mut expiry, || map.next_value().map(|Number(number)| number)),
                Key::Call => set(&mut call, || map.next_value_seed(CallsOf(self))),
                Key::Handle => set(&mut handle, || map.next_value().map(|Text(text)| text)),
                Key::Url => set(&mut url, || map.next_value().map(|Text(text)| text)),
                Key::Path => set(&mut path, || map.next_value().map(|Text(text)| text)),
                Key::Container => set(&mut container, || map.next_value().map(|Text(text)| text)),
                Key::MinSize => set(&mut min_size, || map.next_value().map(|Number(number)| number)),
                Key::MaxSize => set(&mut max_size, || map.next_value().map(|Number(number)| number)),
            }?;
            if !is_new {
                return Err(self.flaw(MalformedKind::RepeatedKey(key)));
            }
        }
        let expiry = expiry.ok_or_else(|| self.flaw(MalformedKind::NoExpiry))?;
        if let (Some(min), Some(max)) = (min_size, max_size)
            && min >= max
        {
            return Err(self.flaw(MalformedKind::Sizes));
        }
        Ok(Document { expiry, call, handle, url, path, container, min_size, max_size })
    }
}

/// Reads a value into its place; whether the place was free. If it was not, nothing is read.
fn set<T, E>(place: &mut Option<T>, read: impl FnOnce() -> Result<T, E>) -> Result<bool, E> {
    if place.is_some() {
        return Ok(false);
    }
    *place = Some(read()?);
    Ok(true)
}

/// A text; of the JSON itself where it has no escapes.
struct Text<'j>(Cow<'j, str>);

impl<'j> de::Deserialize<'j> for Text<'j> {
    fn deserialize<D: Deserializer<'j>>(deserializer: D) -> Result<Text<'j>, D::Error> {
        struct Reads;
        impl<'j> Visitor<'j> for Reads {
            type Value = Text<'j>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'j str) -> Result<Text<'j>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'j>, E> {
                Ok(Text(Cow::Owned(text.to_string())))
            }
        }
        deserializer.deserialize_str(Reads)
    }
}

/// A whole number, written as such: no point, no exponent, no sign, no quotes.
struct Number(u64);

impl<'j> de::Deserialize<'j> for Number {
    fn deserialize<D: Deserializer<'j>>(deserializer: D) -> Result<Number, D::Error> {
        struct Reads;
        impl Visitor<'_> for Reads {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number")
            }

            fn visit_u64<E>(self, number: u64) -> Result<Number, E> {
                Ok(Number(number))
            }
        }
        deserializer.deserialize_u64(Reads)
    }
}

/// The value of `call`: an array of names, or one name.
struct CallsOf<'r>(&'r Reader);

impl<'j> DeserializeSeed<'j> for CallsOf<'_> {
    type Value = Calls;

    fn deserialize<D: Deserializer<'j>>(self, deserializer: D) -> Result<Calls, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl CallsOf<'_> {
    fn one<E: de::Error>(&self, name: &str) -> Result<Call, E> {
        Call::from_name(name).ok_or_else(|| self.0.flaw(MalformedKind::UnknownCall))
    }
}

impl<'j> Visitor<'j> for CallsOf<'_> {
    type Value = Calls;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("names of calls")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Calls, E> {
        self.one(name).map(|call| Calls::NONE.with(call))
    }

    fn visit_seq<A: SeqAccess<'j>>(self, mut seq: A) -> Result<Calls, A::Error> {
        let mut calls = Calls::NONE;
        while let Some(Text(name)) = seq.next_element()? {
            calls = calls.with(self.one(&name)?);
        }
        Ok(calls)
    }
}
