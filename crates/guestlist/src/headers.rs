//! [`RequestHeaders`]: every value of the two headers that matter, so that a repeated one is seen.

use crate::vector;

/// The `Origin` and `Referer` values of a request, in any number.
///
/// Hand over **every** value, in the order they were sent: a header that is sent twice is malformed, and a server that looks at the
/// first of two `Origin` headers lets strangers in.
///
/// ```
/// use guestlist::RequestHeaders;
///
/// // As an HTTP library gives them: an iterator over all values of a name.
/// let values: [&[u8]; 2] = [b"https://example.com", b"https://evil.com"];
/// let headers = RequestHeaders::new().origins(values).referer(b"https://example.com/page");
/// assert_eq!(headers.origin_count(), 2);
/// ```
///
/// Borrows the values; nothing is copied and nothing allocated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestHeaders<'h> {
    origin: Values<'h>,
    referer: Values<'h>,
}

/// The values of one header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Values<'h> {
    #[default]
    None,
    One(&'h [u8]),
    /// More than one is malformed whatever they say; the first is kept for display.
    Repeated {
        first: &'h [u8],
        count: usize,
    },
}

impl<'h> Values<'h> {
    fn push(self, value: &'h [u8]) -> Values<'h> {
        match self {
            Values::None => Values::One(value),
            Values::One(first) => Values::Repeated { first, count: 2 },
            Values::Repeated { first, count } => Values::Repeated { first, count: count + 1 },
        }
    }

    fn count(self) -> usize {
        match self {
            Values::None => 0,
            Values::One(_) => 1,
            Values::Repeated { count, .. } => count,
        }
    }

    fn first(self) -> Option<&'h [u8]> {
        match self {
            Values::None => None,
            Values::One(first) | Values::Repeated { first, .. } => Some(first),
        }
    }
}

impl<'h> RequestHeaders<'h> {
    /// A request without either header.
    pub const fn new() -> RequestHeaders<'h> {
        RequestHeaders { origin: Values::None, referer: Values::None }
    }

    /// Adds one `Origin` value.
    #[must_use]
    pub fn origin(self, value: &'h [u8]) -> RequestHeaders<'h> {
        RequestHeaders { origin: self.origin.push(value), ..self }
    }

    /// Adds one `Referer` value.
    #[must_use]
    pub fn referer(self, value: &'h [u8]) -> RequestHeaders<'h> {
        RequestHeaders { referer: self.referer.push(value), ..self }
    }

    /// Adds every `Origin` value of a request.
    #[must_use]
    pub fn origins(self, values: impl IntoIterator<Item = &'h [u8]>) -> RequestHeaders<'h> {
        values.into_iter().fold(self, RequestHeaders::origin)
    }

    /// Adds every `Referer` value of a request.
    #[must_use]
    pub fn referers(self, values: impl IntoIterator<Item = &'h [u8]>) -> RequestHeaders<'h> {
        values.into_iter().fold(self, RequestHeaders::referer)
    }

    /// How often `Origin` was sent.
    pub fn origin_count(&self) -> usize {
        self.origin.count()
    }

    /// How often `Referer` was sent.
    pub fn referer_count(&self) -> usize {
        self.referer.count()
    }

    /// The first `Origin` value, for display. What it means is for a [`Gate`](crate::Gate) to say.
    pub fn first_origin(&self) -> Option<&'h [u8]> {
        self.origin.first()
    }

    /// The first `Referer` value, for display.
    pub fn first_referer(&self) -> Option<&'h [u8]> {
        self.referer.first()
    }

    /// Asks the machine to bring the values near, ahead of a decision. For requests that wait for theirs in a batch. No effect but on time.
    #[inline]
    pub fn bring_near(&self) {
        for values in [self.origin, self.referer] {
            if let Values::One(value) = values {
                vector::bring_near(value.as_ptr(), 1);
            }
        }
    }

    pub(crate) fn origin_values(&self) -> Values<'h> {
        self.origin
    }

    pub(crate) fn referer_values(&self) -> Values<'h> {
        self.referer
    }
}
