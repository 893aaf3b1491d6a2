//! [`Asked`]: what a request asks for, to be held against its policy.

use std::borrow::Cow;

use guestlist_policy::{Call, Request};

/// What a request asks for, and what it says of it, without escapes: a [`guestlist_policy::Request`] that may have texts of its own.
///
/// ```
/// use guestlist_policy::Call;
/// use guestlist_tower::{Asked, percent};
///
/// let asked = Asked::new(Call::Store).path(percent::decode(b"photos%2Fcat.jpg")).size(4096);
/// assert_eq!(asked.as_request().path, Some(&b"photos/cat.jpg"[..]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Asked<'r> {
    /// What it asks for.
    pub call: Call,
    /// Which file it is about.
    pub handle: Option<Cow<'r, [u8]>>,
    /// Which URL a file is taken from.
    pub url: Option<Cow<'r, [u8]>>,
    /// Under which path a file is stored.
    pub path: Option<Cow<'r, [u8]>>,
    /// In which container a file is stored.
    pub container: Option<Cow<'r, [u8]>>,
    /// How many bytes a file has.
    pub size: Option<u64>,
}

impl<'r> Asked<'r> {
    /// A request for this, which says no more.
    pub fn new(call: Call) -> Asked<'r> {
        Asked { call, handle: None, url: None, path: None, container: None, size: None }
    }

    /// Says which file it is about.
    #[must_use]
    pub fn handle(self, handle: impl Into<Cow<'r, [u8]>>) -> Asked<'r> {
        Asked { handle: Some(handle.into()), ..self }
    }

    /// Says which URL a file is taken from.
    #[must_use]
    pub fn url(self, url: impl Into<Cow<'r, [u8]>>) -> Asked<'r> {
        Asked { url: Some(url.into()), ..self }
    }

    /// Says under which path a file is stored.
    #[must_use]
    pub fn path(self, path: impl Into<Cow<'r, [u8]>>) -> Asked<'r> {
        Asked { path: Some(path.into()), ..self }
    }

    /// Says in which container a file is stored.
    #[must_use]
    pub fn container(self, container: impl Into<Cow<'r, [u8]>>) -> Asked<'r> {
        Asked { container: Some(container.into()), ..self }
    }

    /// Says how many bytes a file has.
    #[must_use]
    pub fn size(self, bytes: u64) -> Asked<'r> {
        Asked { size: Some(bytes), ..self }
    }

    /// To be verified.
    pub fn as_request(&self) -> Request<'_> {
        let mut request = Request::new(self.call);
        request.handle = self.handle.as_deref();
        request.url = self.url.as_deref();
        request.path = self.path.as_deref();
        request.container = self.container.as_deref();
        request.size = self.size;
        request
    }
}
