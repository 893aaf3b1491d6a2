//! [`Request`]: what a request asks for, to be held against its policy.

use crate::call::{Call, Subject};

/// What a request asks for, and what it says of it. Texts are bytes as they were meant, without escapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request<'r> {
    /// What it asks for.
    pub call: Call,
    /// Which file it is about.
    pub handle: Option<&'r [u8]>,
    /// Which URL a file is taken from.
    pub url: Option<&'r [u8]>,
    /// Under which path a file is stored.
    pub path: Option<&'r [u8]>,
    /// In which container a file is stored.
    pub container: Option<&'r [u8]>,
    /// How many bytes a file has.
    pub size: Option<u64>,
}

impl<'r> Request<'r> {
    /// A request for this, which says no more.
    pub const fn new(call: Call) -> Request<'r> {
        Request { call, handle: None, url: None, path: None, container: None, size: None }
    }

    /// Says which file it is about.
    #[must_use]
    pub fn handle(self, handle: &'r (impl AsRef<[u8]> + ?Sized)) -> Request<'r> {
        Request { handle: Some(handle.as_ref()), ..self }
    }

    /// Says which URL a file is taken from.
    #[must_use]
    pub fn url(self, url: &'r (impl AsRef<[u8]> + ?Sized)) -> Request<'r> {
        Request { url: Some(url.as_ref()), ..self }
    }

    /// Says under which path a file is stored.
    #[must_use]
    pub fn path(self, path: &'r (impl AsRef<[u8]> + ?Sized)) -> Request<'r> {
        Request { path: Some(path.as_ref()), ..self }
    }

    /// Says in which container a file is stored.
    #[must_use]
    pub fn container(self, container: &'r (impl AsRef<[u8]> + ?Sized)) -> Request<'r> {
        Request { container: Some(container.as_ref()), ..self }
    }

    /// Says how many bytes a file has.
    #[must_use]
    pub fn size(self, bytes: u64) -> Request<'r> {
        Request { size: Some(bytes), ..self }
    }

    /// Whether what it does not say of this subject it would have to say.
    pub(crate) fn lacks(&self, subject: Subject) -> bool {
        // What is converted is a file that is here, or one that is elsewhere.
        let is_said_otherwise = self.call == Call::Convert
            && match subject {
                Subject::Handle => self.url.is_some(),
                Subject::Url => self.handle.is_some(),
                Subject::Path | Subject::Container | Subject::Size => false,
            };
        self.call.is_about(subject) && !is_said_otherwise
    }
}
