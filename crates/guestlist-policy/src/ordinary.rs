//! JSON text of the ordinary form → [`Document`], at once: what nearly every policy is written like.
//!
//! It takes nothing but what the careful reader of [`crate::document`] takes, in the same sense; where it is not sure, it says nothing, and that one decides. So it knows no escapes, no mistakes, and no reasons.

use std::borrow::Cow;

use crate::call::{Call, Calls};
use crate::document::{Document, Key};

/// A document, or nothing where the careful reader must look.
pub(crate) fn read(json: &[u8]) -> Option<Document<'_>> {
    let mut text = Text(json);
    text.take(b'{')?;
    let mut expiry = None;
    let mut document = Document {
        expiry: 0,
        call: None,
        handle: None,
        url: None,
        path: None,
        container: None,
        min_size: None,
        max_size: None,
    };
    loop {
        match text.key()? {
            Key::Expiry => set(&mut expiry, text.number()?)?,
            Key::Call => set(&mut document.call, text.calls()?)?,
            Key::Handle => set(&mut document.handle, text.string()?)?,
            Key::Url => set(&mut document.url, text.string()?)?,
            Key::Path => set(&mut document.path, text.string()?)?,
            Key::Container => set(&mut document.container, text.string()?)?,
            Key::MinSize => set(&mut document.min_size, text.number()?)?,
            Key::MaxSize => set(&mut document.max_size, text.number()?)?,
        }
        if !text.goes_on(b'}')? {
            break;
        }
    }
    text.skip_blanks();
    document.expiry = expiry?;
    let has_sizes = match (document.min_size, document.max_size) {
        (Some(min), Some(max)) => min < max,
        _ => true,
    };
    (text.0.is_empty() && has_sizes).then_some(document)
}

/// Puts a value into its place, if that is free.
#[inline]
fn set<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.is_none().then(|| *place = Some(value))
}

/// What has not been read.
struct Text<'j>(&'j [u8]);

impl<'j> Text<'j> {
    #[inline]
    fn skip_blanks(&mut self) {
        while let [b' ' | b'\n' | b'\r' | b'\t', rest @ ..] = self.0 {
            self.0 = rest;
        }
    }

    /// This byte, behind any blanks.
    #[inline]
    fn take(&mut self, byte: u8) -> Option<()> {
        self.skip_blanks();
        match self.0 {
            [first, rest @ ..] if *first == byte => {
                self.0 = rest;
                Some(())
            }
            _ => None,
        }
    }

    /// Whether a comma comes, and not the end.
    #[inline]
    fn goes_on(&mut self, end: u8) -> Option<bool> {
        self.skip_blanks();
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        match *first {
            b',' => Some(true),
            byte if byte == end => Some(false),
            _ => None,
        }
    }

    /// A key and its colon.
    #[inline]
    fn key(&mut self) -> Option<Key> {
        self.take(b'"')?;
        let text = self.0;
        let (key, rest) = match text {
            [b'e', ..] => (Key::Expiry, text.strip_prefix(b"expiry\"")),
            [b'c', b'a', ..] => (Key::Call, text.strip_prefix(b"call\"")),
            [b'c', ..] => (Key::Container, text.strip_prefix(b"container\"")),
            [b'h', ..] => (Key::Handle, text.strip_prefix(b"handle\"")),
            [b'u', ..] => (Key::Url, text.strip_prefix(b"url\"")),
            [b'p', ..] => (Key::Path, text.strip_prefix(b"path\"")),
            [b'm', b'i', ..] => (Key::MinSize, text.strip_prefix(b"minSize\"")),
            [b'm', ..] => (Key::MaxSize, text.strip_prefix(b"maxSize\"")),
            _ => return None,
        };
        self.0 = rest?;
        self.take(b':')?;
        Some(key)
    }

    /// A whole number, of no more digits than surely fit.
    #[inline]
    fn number(&mut self) -> Option<u64> {
        const SURELY: usize = 19;
        self.skip_blanks();
        let mut number = 0;
        let mut digits = 0;
        while let [digit @ b'0'..=b'9', rest @ ..] = self.0 {
            // A zero in front of others is no JSON.
            if digits == SURELY || number == 0 && digits > 0 {
                return None;
            }
            number = number * 10 + u64::from(digit - b'0');
            digits += 1;
            self.0 = rest;
        }
        // A point or an exponent behind it is neither a comma nor an end.
        (digits > 0).then_some(number)
    }

    /// A text without escapes.
    #[inline]
    fn string(&mut self) -> Option<Cow<'j, str>> {
        self.take(b'"')?;
        let end = self.0.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))?;
        let (text, rest) = self.0.split_at(end);
        self.0 = rest.strip_prefix(b"\"")?;
        core::str::from_utf8(text).ok().map(Cow::Borrowed)
    }

    /// An array of names of calls; one name alone is left to the careful reader.
    #[inline]
    fn calls(&mut self) -> Option<Calls> {
        self.take(b'[')?;
        let mut calls = Calls::NONE;
        loop {
            // An empty array ends here, and is left as well.
            calls = calls.with(self.call()?);
            if !self.goes_on(b']')? {
                return Some(calls);
            }
        }
    }

    #[inline]
    fn call(&mut self) -> Option<Call> {
        self.take(b'"')?;
        let text = self.0;
        let (call, rest) = match text {
            [b'p', ..] => (Call::Pick, text.strip_prefix(b"pick\"")),
            [b'r', b'e', b'a', ..] => (Call::Read, text.strip_prefix(b"read\"")),
            [b'r', b'e', ..] => (Call::Remove, text.strip_prefix(b"remove\"")),
            [b'r', ..] => (Call::RunWorkflow, text.strip_prefix(b"runWorkflow\"")),
            [b's', b't', b'a', ..] => (Call::Stat, text.strip_prefix(b"stat\"")),
            [b's', ..] => (Call::Store, text.strip_prefix(b"store\"")),
            [b'w', b'r', b'i', b't', b'e', b'"', ..] => (Call::Write, text.strip_prefix(b"write\"")),
            [b'w', ..] => (Call::WriteUrl, text.strip_prefix(b"writeUrl\"")),
            [b'c', ..] => (Call::Convert, text.strip_prefix(b"convert\"")),
            [b'e', ..] => (Call::Exif, text.strip_prefix(b"exif\"")),
            _ => return None,
        };
        self.0 = rest?;
        Some(call)
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::document::{Document, UnknownKeys};

    const KNOWN: &str = r#"{"expiry":1523595600,"call":["pick","read","stat","write","writeUrl","store","convert","remove","exif","runWorkflow"],"handle":"TEST_HANDLE"}"#;
    const ALL: &str = "{ \"minSize\" : 1,\r\n\t\"maxSize\":18446744073709551614 ,\"expiry\":0, \"url\":\"\",\"path\":\"/é\",\"container\":\"a b\",\"handle\":\"x\", \"call\": [ \"exif\" , \"exif\" ] } \n";

    #[test]
    fn what_policies_are_mostly_written_like_is_read_at_once() {
        for json in [KNOWN, r#"{"expiry":1,"minSize":1,"maxSize":2}"#, r#"{"expiry":9999999999999999999}"#] {
            let careful = Document::read_carefully(json.as_bytes(), UnknownKeys::Refuse);
            assert_eq!(read(json.as_bytes()), Some(careful.unwrap()), "{json}");
        }
    }

    /// Whatever it takes the careful reader takes, and as the same; over texts that differ from a policy in a few places.
    #[test]
    fn it_takes_nothing_but_what_the_careful_reader_takes() {
        let mut random = fastrand::Rng::with_seed(5);
        let pieces: [&[u8]; 26] = [
            b"\"",
            b"\\",
            b"\\u0061",
            b"{",
            b"}",
            b"[",
            b"]",
            b",",
            b":",
            b" ",
            b"0",
            b"1",
            b"00",
            b".",
            b"e1",
            b"-",
            b"\"expiry\":1",
            b"\"call\":[]",
            b"\"read\"",
            b"Url",
            b"\xff",
            b"\0",
            b"\x7f",
            b"null",
            b"\xc3\xa9",
            b"\n",
        ];
        let (mut taken, mut others) = (0, 0);
        for number in 0..200_000 {
            let mut text = if number % 2 == 0 { KNOWN } else { ALL }.as_bytes().to_vec();
            for _ in 0..random.usize(0..3) {
                let at = random.usize(..=text.len());
                let end = if random.bool() { at } else { (at + random.usize(0..12)).min(text.len()) };
                text.splice(at..end, pieces[random.usize(..pieces.len())].iter().copied());
            }
            let careful = Document::read_carefully(&text, UnknownKeys::Refuse);
            match read(&text) {
                Some(document) => {
                    taken += 1;
                    assert_eq!(Ok(document), careful, "{}", text.escape_ascii());
                }
                None => others += usize::from(careful.is_ok()),
            }
        }
        assert!(taken > 20_000 && others > 1000, "{taken} {others}");
    }
}
