//! A line of JSON → the values of the two headers in it.
//!
//! Where they are looked for, regardless of the case of a key's letters:
//!
//! - `origin` or `http_origin`, and `referer`, `referrer`, `http_referer` or `http_referrer`, in the object of the line
//! - `request.headers.Origin` and `request.headers.Referer`, as Caddy writes them, each an array of values
//!
//! A value is text or an array of texts; `null`, `""`, `"-"` and an empty array say that the header was not sent. Two values say that it was sent twice. Two
//! spellings of a key in one line that say the same are one header. A line with none of these keys and without `request.headers` is no record of
//! a request's headers and cannot be read.

use std::borrow::Cow;
use std::fmt;

use guestlist::RequestHeaders;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::line::Unreadable;

/// The headers that a line tells of.
#[derive(Debug, Default)]
pub(super) struct Record<'l> {
    origin: Header<'l>,
    referer: Header<'l>,
    has_headers: bool,
}

/// Reads a line.
pub(super) fn read(line: &[u8]) -> Result<Record<'_>, Unreadable> {
    if line.trim_ascii_start().first() != Some(&b'{') {
        return Err(Unreadable::NotJson);
    }
    let text = std::str::from_utf8(line).map_err(|_| Unreadable::NotUtf8)?;
    let mut record = Record::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Object(&mut record, Level::Line)
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end())
        .map_err(|error| if error.is_data() { Unreadable::NotText } else { Unreadable::NotJson })?;
    if record.origin.spelling.is_none() && record.referer.spelling.is_none() && !record.has_headers {
        return Err(Unreadable::NoHeaderField);
    }
    Ok(record)
}

impl Record<'_> {
    /// The headers as they were sent.
    pub(super) fn headers(&self) -> RequestHeaders<'_> {
        let mut headers = RequestHeaders::new();
        if let Some(value) = &self.origin.first {
            headers = headers.origins(std::iter::repeat_n(value.as_bytes(), self.origin.count));
        }
        if let Some(value) = &self.referer.first {
            headers = headers.referers(std::iter::repeat_n(value.as_bytes(), self.referer.count));
        }
        headers
    }

    /// True if the line would tell of an `Origin`, had one been sent.
    pub(super) fn has_origin_field(&self) -> bool {
        self.has_headers || self.origin.spelling.is_some()
    }
}

/// The values of one header: the first, and how many. That there are several is all that matters of the others.
#[derive(Debug, Default)]
struct Header<'l> {
    first: Option<Cow<'l, str>>,
    count: usize,
    /// The key that the first value stands at; without a value, the first key.
    spelling: Option<Spelling>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spelling {
    Plain,
    DoubleR,
    Http,
    HttpDoubleR,
    InHeaders,
}

impl<'l> Header<'l> {
    /// Adds what stands at a key: its only value, or the first of several.
    fn add(&mut self, spelling: Spelling, value: Option<Cow<'l, str>>, count: usize) {
        let known = *self.spelling.get_or_insert(spelling);
        let Some(value) = value else { return };
        if self.first.is_none() {
            self.spelling = Some(spelling);
            self.first = Some(value);
            self.count = count;
        } else if known == spelling || count > 1 || self.first.as_ref() != Some(&value) {
            self.count += count;
        }
    }
}

/// Which object of the line.
#[derive(Clone, Copy)]
enum Level {
    Line,
    /// What stands at `request`.
    Request,
    /// What stands at `request.headers`.
    Headers,
}

#[derive(Clone, Copy)]
enum Key {
    Origin(Spelling),
    Referer(Spelling),
    Object(Level),
    Other,
}

/// Reads an object and passes over anything else: in many logs `request` is the request line.
struct Object<'r, 'l>(&'r mut Record<'l>, Level);

impl<'l> DeserializeSeed<'l> for Object<'_, 'l> {
    type Value = ();

    fn deserialize<D: Deserializer<'l>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'l> Visitor<'l> for Object<'_, 'l> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_map<A: MapAccess<'l>>(self, mut map: A) -> Result<(), A::Error> {
        let Object(record, level) = self;
        record.has_headers |= matches!(level, Level::Headers);
        while let Some(key) = map.next_key_seed(level)? {
            match key {
                Key::Origin(spelling) => map.next_value_seed(Value(&mut record.origin, spelling))?,
                Key::Referer(spelling) => map.next_value_seed(Value(&mut record.referer, spelling))?,
                Key::Object(level) => map.next_value_seed(Object(record, level))?,
                Key::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'l>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
}

/// Reads a key of this object without keeping it.
impl<'l> DeserializeSeed<'l> for Level {
    type Value = Key;

    fn deserialize<D: Deserializer<'l>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Level {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Key, E> {
        Ok(match self {
            Level::Line => line_key(key),
            Level::Request if key.eq_ignore_ascii_case("headers") => Key::Object(Level::Headers),
            Level::Request => Key::Other,
            Level::Headers => header_key(key),
        })
    }
}

fn line_key(key: &str) -> Key {
    let is = |name: &str| key.eq_ignore_ascii_case(name);
    // Nearly every key of a line is another one; these begin with one of three letters.
    match key.as_bytes().first().map(u8::to_ascii_lowercase) {
        Some(b'o') if is("origin") => Key::Origin(Spelling::Plain),
        Some(b'h') if is("http_origin") => Key::Origin(Spelling::Http),
        Some(b'h') if is("http_referer") => Key::Referer(Spelling::Http),
        Some(b'h') if is("http_referrer") => Key::Referer(Spelling::HttpDoubleR),
        Some(b'r') if is("referer") => Key::Referer(Spelling::Plain),
        Some(b'r') if is("referrer") => Key::Referer(Spelling::DoubleR),
        Some(b'r') if is("request") => Key::Object(Level::Request),
        _ => Key::Other,
    }
}

fn header_key(key: &str) -> Key {
    if key.eq_ignore_ascii_case("origin") {
        Key::Origin(Spelling::InHeaders)
    } else if key.eq_ignore_ascii_case("referer") {
        Key::Referer(Spelling::InHeaders)
    } else {
        Key::Other
    }
}

/// The value or values of a header.
struct Value<'r, 'l>(&'r mut Header<'l>, Spelling);

impl<'l> DeserializeSeed<'l> for Value<'_, 'l> {
    type Value = ();

    fn deserialize<D: Deserializer<'l>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'l> Visitor<'l> for Value<'_, 'l> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, an array of texts, or null")
    }

    fn visit_borrowed_str<E: Error>(self, value: &'l str) -> Result<(), E> {
        self.0.add(self.1, sent(Cow::Borrowed(value)), 1);
        Ok(())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.0.add(self.1, sent(Cow::Owned(value.to_owned())), 1);
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.add(self.1, None, 0);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'l>>(self, mut seq: A) -> Result<(), A::Error> {
        let Some(Text(first)) = seq.next_element_seed(TextSeed)? else {
            self.0.add(self.1, None, 0);
            return Ok(());
        };
        let mut count = 1;
        while seq.next_element_seed(TextSeed)?.is_some() {
            count += 1;
        }
        // Of several values none is passed over: an empty one was sent too.
        let first = if count == 1 { sent(first) } else { Some(first) };
        self.0.add(self.1, first, count);
        Ok(())
    }
}

/// The value, unless it says that the header was not sent.
fn sent(value: Cow<'_, str>) -> Option<Cow<'_, str>> {
    (!matches!(&*value, "" | "-")).then_some(value)
}

struct Text<'l>(Cow<'l, str>);
struct TextSeed;

impl<'l> DeserializeSeed<'l> for TextSeed {
    type Value = Text<'l>;

    fn deserialize<D: Deserializer<'l>>(self, deserializer: D) -> Result<Text<'l>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'l> Visitor<'l> for TextSeed {
    type Value = Text<'l>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_borrowed_str<E: Error>(self, value: &'l str) -> Result<Text<'l>, E> {
        Ok(Text(Cow::Borrowed(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Text<'l>, E> {
        Ok(Text(Cow::Owned(value.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, origin: (Option<&str>, usize), referer: (Option<&str>, usize)) {
        let record = read(line.as_bytes()).unwrap_or_else(|error| panic!("{line}: {error:?}"));
        let headers = record.headers();
        assert_eq!(
            (headers.first_origin(), headers.origin_count()),
            (origin.0.map(str::as_bytes), origin.1),
            "{line}"
        );
        assert_eq!(
            (headers.first_referer(), headers.referer_count()),
            (referer.0.map(str::as_bytes), referer.1),
            "{line}"
        );
    }

    const NONE: (Option<&str>, usize) = (None, 0);
    const A: (Option<&str>, usize) = (Some("https://a.b"), 1);

    #[test]
    fn keys() {
        for key in ["origin", "http_origin", "Origin"] {
            check(&format!(r#"{{"x":[1,{{}}],"{key}":"https://a.b"}}"#), A, NONE);
        }
        for key in ["referer", "referrer", "http_referer", "http_referrer", "HTTP_REFERER"] {
            check(&format!(r#" {{"{key}":"https://a.b","y":null}} "#), NONE, A);
        }
        check(r#"{"request":{"method":"GET","headers":{"Origin":["https://a.b"],"Cookie":["x"]}}}"#, A, NONE);
        check(r#"{"request":{"headers":{"referer":"https://a.b"}},"status":200}"#, NONE, A);
        check(r#"{"request":"GET / HTTP/1.1","referer":"https://a.b"}"#, NONE, A);
        check(r#"{"request":{"headers":{}}}"#, NONE, NONE);
    }

    #[test]
    fn values() {
        for value in ["null", r#""""#, r#""-""#, "[]", r#"[""]"#, r#"["-"]"#] {
            check(&format!(r#"{{"referer":{value}}}"#), NONE, NONE);
        }
        check(r#"{"origin":"https:\/\/a.b"}"#, A, NONE);
        check(r#"{"origin":"\u0000"}"#, (Some("\0"), 1), NONE);
        check(r#"{"origin":["https://a.b","https://c.d"]}"#, (Some("https://a.b"), 2), NONE);
        check(r#"{"origin":["","https://c.d"]}"#, (Some(""), 2), NONE);
        // The same key twice is the header twice; another spelling of the same value is not.
        check(r#"{"origin":"https://a.b","origin":"https://a.b"}"#, (Some("https://a.b"), 2), NONE);
        check(r#"{"referer":"https://a.b","http_referer":"https://a.b"}"#, NONE, A);
        check(r#"{"referer":"https://a.b","http_referer":"https://c.d"}"#, NONE, (Some("https://a.b"), 2));
        check(r#"{"referer":null,"http_referer":"https://a.b"}"#, NONE, A);
        check(
            r#"{"referer":null,"http_referer":"https://a.b","http_referer":"https://a.b"}"#,
            NONE,
            (Some("https://a.b"), 2),
        );
    }

    #[test]
    fn values_without_escapes_are_borrowed() {
        let line = br#"{"referer":"https://a.b"}"#;
        assert!(matches!(read(line).unwrap().referer.first, Some(Cow::Borrowed(_))));
    }

    #[test]
    fn place_for_an_origin() {
        let has = |line: &str| read(line.as_bytes()).unwrap().has_origin_field();
        assert!(has(r#"{"origin":null}"#));
        assert!(has(r#"{"request":{"headers":{}}}"#));
        assert!(!has(r#"{"referer":"https://a.b"}"#));
    }

    #[test]
    fn what_cannot_be_read() {
        use Unreadable::{NoHeaderField, NotJson, NotText, NotUtf8};
        let deep = [br#"{"x":"#.to_vec(), b"[".repeat(100_000)].concat();
        for (line, reason) in [
            (&b"hello"[..], NotJson),
            (b"[1]", NotJson),
            (br#"{"referer":"https://a.b""#, NotJson),
            (br#"{"referer":"https://a.b"} x"#, NotJson),
            (br#"{"referer":"\ud800"}"#, NotJson),
            (b"{\"referer\":\"https://a.b\0\"}", NotJson),
            (b"{\"referer\":\"https://a.b\xff\"}", NotUtf8),
            (b"{\"referer\":null,\"x\":\"\xff\"}", NotUtf8),
            (br#"{"referer":1}"#, NotText),
            (br#"{"origin":{"a":1}}"#, NotText),
            (br#"{"origin":["a",1]}"#, NotText),
            (br#"{"message":"started"}"#, NoHeaderField),
            (b"{}", NoHeaderField),
            (&deep, NotJson),
        ] {
            assert_eq!(
                read(line).err(),
                Some(reason),
                "{}",
                String::from_utf8_lossy(&line[..line.len().min(80)])
            );
        }
    }
}
