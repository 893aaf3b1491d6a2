//! [`Call`]: what a request asks for, and what that is about.

use core::fmt;

/// What a request asks for, as policies name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// Upload a file by the picker.
    Pick,
    /// See a file.
    Read,
    /// See what is known of a file.
    Stat,
    /// Write over a file.
    Write,
    /// Write over a file with what is at a URL.
    WriteUrl,
    /// Store a file.
    Store,
    /// See a file in another form.
    Convert,
    /// Remove a file.
    Remove,
    /// See the EXIF data of a file. Only with a policy that names it.
    Exif,
    /// Run a workflow over a file.
    RunWorkflow,
}

/// What a request may be about, and a policy may restrict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The handle of a file.
    Handle,
    /// A URL that a file is taken from.
    Url,
    /// The path that a file is stored under.
    Path,
    /// The container, or bucket, that a file is stored in.
    Container,
    /// How many bytes a file has.
    Size,
}

impl Subject {
    /// Its name in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Subject::Handle => "handle",
            Subject::Url => "URL",
            Subject::Path => "path",
            Subject::Container => "container",
            Subject::Size => "size",
        }
    }
}

impl Call {
    /// All of them, in the order in which the vendor's documents have them.
    pub const ALL: [Call; 10] = [
        Call::Pick,
        Call::Read,
        Call::Stat,
        Call::Write,
        Call::WriteUrl,
        Call::Store,
        Call::Convert,
        Call::Remove,
        Call::Exif,
        Call::RunWorkflow,
    ];

    /// Its name in a policy, such as `writeUrl`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Call::Pick => "pick",
            Call::Read => "read",
            Call::Stat => "stat",
            Call::Write => "write",
            Call::WriteUrl => "writeUrl",
            Call::Store => "store",
            Call::Convert => "convert",
            Call::Remove => "remove",
            Call::Exif => "exif",
            Call::RunWorkflow => "runWorkflow",
        }
    }

    /// The call of this name, which has its capitals.
    pub fn from_name(name: &str) -> Option<Call> {
        Call::ALL.into_iter().find(|call| call.as_str() == name)
    }

    /// Whether such a request is always about this, so that one that does not say it cannot be held against a policy that restricts it.
    ///
    /// | | pick | read, stat, remove, exif, runWorkflow | write | writeUrl | store | convert |
    /// | --- | --- | --- | --- | --- | --- | --- |
    /// | handle | | yes | yes | yes | | unless it says a URL |
    /// | url | | | | yes | | unless it says a handle |
    /// | path, container | | | | | yes | |
    /// | size | | | yes | yes | yes | |
    ///
    /// A pick has no file yet when it is asked for: what it uploads is a `store`.
    pub const fn is_about(self, subject: Subject) -> bool {
        match subject {
            Subject::Handle => !matches!(self, Call::Pick | Call::Store),
            Subject::Url => matches!(self, Call::WriteUrl | Call::Convert),
            Subject::Path | Subject::Container => matches!(self, Call::Store),
            Subject::Size => matches!(self, Call::Write | Call::WriteUrl | Call::Store),
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Calls(u16);

impl Calls {
    /// None.
    pub const NONE: Calls = Calls(0);

    /// What a policy without `call` allows: every call but `exif`.
    pub const UNLESS_SAID: Calls = Calls((1 << Call::ALL.len()) - 1).without(Call::Exif);

    /// With this call.
    #[must_use]
    pub const fn with(self, call: Call) -> Calls {
        Calls(self.0 | 1 << call as u16)
    }

    /// Without this call.
    #[must_use]
    pub const fn without(self, call: Call) -> Calls {
        Calls(self.0 & !(1 << call as u16))
    }

    /// Whether this call is in it.
    pub const fn contains(self, call: Call) -> bool {
        self.0 >> call as u16 & 1 == 1
    }

    /// The calls, in the order of [`Call::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Call> {
        Call::ALL.into_iter().filter(move |call| self.contains(*call))
    }
}

impl FromIterator<Call> for Calls {
    fn from_iter<T: IntoIterator<Item = Call>>(calls: T) -> Calls {
        calls.into_iter().fold(Calls::NONE, Calls::with)
    }
}
