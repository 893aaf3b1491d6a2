//! Bytes of HAProxy's SPOP (version 2.0): frames, and the messages of a NOTIFY frame, read where they lie.
//!
//! `spop` has all of this as owned values: a `String` for each name and value, with everything that is not UTF-8
//! replaced. Here a request is checked, so that nothing is copied, and a header's value is seen byte for byte as it
//! was sent. What is said once a connection (HELLO, DISCONNECT) is left to `spop`, whose parser the tests hold this
//! one against.
//!
//! Source: `doc/SPOE.txt` of HAProxy, chapter 3. Every function takes hostile bytes, does not panic and is linear.

use spop::{FrameType, StatusCode, decode_varint};

/// A frame without its length: what kind, which request of HAProxy it is about, and what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    pub(super) kind: FrameType,
    pub(super) stream: u64,
    pub(super) id: u64,
    pub(super) payload: &'a [u8],
}

/// How long the first frame in `buffer` is with its length in front, once all of it is there.
///
/// An error is a frame longer than `max_frame_size`, which is seen before its bytes have arrived.
pub(super) fn first_frame(buffer: &[u8], max_frame_size: u32) -> Result<Option<usize>, StatusCode> {
    let Some(length) = buffer.first_chunk().map(|bytes| u32::from_be_bytes(*bytes)) else {
        return Ok(None);
    };
    if length > max_frame_size {
        return Err(StatusCode::TooBig);
    }
    let whole = usize::try_from(length).map_err(|_| StatusCode::TooBig)?.saturating_add(size_of::<u32>());
    Ok((buffer.len() >= whole).then_some(whole))
}

impl<'a> Frame<'a> {
    const FIN: u32 = 1;

    /// Reads a frame, which begins with its length.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, StatusCode> {
        let mut rest = Rest(bytes.get(size_of::<u32>()..).ok_or(StatusCode::Invalid)?);
        let kind = FrameType::from_u8(rest.byte()?).map_err(|_| StatusCode::Invalid)?;
        // FIN without ABORT; HAProxy sends frames in pieces only to agents that have said they take them.
        match u32::from_be_bytes(rest.array()?) {
            Self::FIN => {}
            flags if flags & Self::FIN == 0 => return Err(StatusCode::FragmentationNotSupported),
            _ => return Err(StatusCode::Invalid),
        }
        let stream = rest.integer()?;
        let id = rest.integer()?;
        Ok(Self { kind, stream, id, payload: rest.0 })
    }

    /// The messages of a NOTIFY frame, one after the other. After an error there is nothing more to read.
    pub(super) fn messages(&self) -> Messages<'a> {
        Messages(Rest(self.payload))
    }
}

/// The messages of a frame that have not been read yet.
#[derive(Debug)]
pub(super) struct Messages<'a>(Rest<'a>);

impl<'a> Messages<'a> {
    /// Reads the next message, all of it.
    pub(super) fn next(&mut self) -> Result<Option<Message<'a>>, StatusCode> {
        if self.0.0.is_empty() {
            return Ok(None);
        }
        let name = self.0.text()?;
        let count = self.0.byte()?;
        let arguments = Arguments { count, rest: self.0 };
        for _ in 0..count {
            self.0.text()?;
            self.0.value()?;
        }
        Ok(Some(Message { name, arguments }))
    }
}

/// A message, and what it says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message<'a> {
    pub(super) name: &'a [u8],
    pub(super) arguments: Arguments<'a>,
}

/// The named values of a message, in their order. They are read again each time somebody looks for one: messages
/// are short, and nothing has to be kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arguments<'a> {
    count: u8,
    rest: Rest<'a>,
}

impl<'a> Iterator for Arguments<'a> {
    type Item = (&'a [u8], Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.count = self.count.checked_sub(1)?;
        // `Messages::next` has read all of it once, and found no mistake.
        Some((self.rest.text().ok()?, self.rest.value().ok()?))
    }
}

/// The value of an argument, as far as a check looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// There is none: what HAProxy was to fetch is not in the request.
    Null,
    /// A string or bytes.
    Text(&'a [u8]),
    /// A number of any type, by its 64 bits: a negative one is a very large one.
    Number(u64),
    /// A truth value or an address.
    Other,
}

/// Bytes that have not been read yet.
#[derive(Debug, Clone, Copy)]
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], StatusCode> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(StatusCode::Invalid)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], StatusCode> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(StatusCode::Invalid)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn byte(&mut self) -> Result<u8, StatusCode> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    fn integer(&mut self) -> Result<u64, StatusCode> {
        let (rest, value) = decode_varint(self.0).map_err(|_| StatusCode::Invalid)?;
        self.0 = rest;
        Ok(value)
    }

    fn text(&mut self) -> Result<&'a [u8], StatusCode> {
        let length = self.integer()?;
        self.take(usize::try_from(length).map_err(|_| StatusCode::Invalid)?)
    }

    fn value(&mut self) -> Result<Value<'a>, StatusCode> {
        // The type is in the lower half of the byte, flags (of a truth value) are in the upper one.
        Ok(match self.byte()? & 0x0f {
            0 => Value::Null,
            1 => Value::Other,
            2..=5 => Value::Number(self.integer()?),
            6 => self.take(4).map(|_| Value::Other)?,
            7 => self.take(16).map(|_| Value::Other)?,
            8 | 9 => Value::Text(self.text()?),
            _ => return Err(StatusCode::Invalid),
        })
    }
}
