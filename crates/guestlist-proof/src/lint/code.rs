//! What a finding is about, and how bad that is.

use core::fmt;
use core::str::FromStr;

/// How bad a finding is. An `error` or a `warning` lets in somebody who should stay out, or does nothing where something was meant; a `note` is advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Severity {
    /// Advice.
    Note,
    /// Probably not what was meant.
    Warning,
    /// Strangers get in.
    Error,
}

impl Severity {
    /// All, the mildest first.
    pub const ALL: [Severity; 3] = [Severity::Note, Severity::Warning, Severity::Error];

    /// `note`, `warning` or `error`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a finding rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Basis {
    /// The patterns alone: it follows from what they mean.
    Exact,
    /// The Public Suffix List, which says under which names anyone can register. It advises; it never decides a request.
    PublicSuffixList,
    /// Unicode's data on characters that look alike (UTS #39).
    Unicode,
}

impl Basis {
    /// In a few words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Basis::Exact => "exact",
            Basis::PublicSuffixList => "public-suffix-list",
            Basis::Unicode => "unicode",
        }
    }
}

/// Names, severities and summaries in one place, so that none is forgotten.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal, $severity:ident, $summary:literal;)+) => {
        /// What a finding is about. The names are stable; `docs/lints.md` has a page on each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// All, in the order of the documentation.
            pub const ALL: &'static [Code] = &[$(Code::$name,)+];

            /// The stable name, such as `open-ending`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Code::$name => $text,)+
                }
            }

            /// How bad it is unless somebody says otherwise.
            pub const fn severity(self) -> Severity {
                match self {
                    $(Code::$name => Severity::$severity,)+
                }
            }

            /// What it is about, in one line.
            pub const fn summary(self) -> &'static str {
                match self {
                    $(Code::$name => $summary,)+
                }
            }
        }
    };
}

codes! {
    /// A wildcard in the part of the name that is registered: `*domain.com`, `domain*.com`, `?omain.com`.
    WildcardInName = "wildcard-in-name", Error, "a wildcard inside the part of a name that anyone can register";
    /// A wildcard in the last label: `example.*`, `example.com*`.
    OpenEnding = "open-ending", Error, "the ending of the name is open, so it can be a domain of somebody else";
    /// Everything below a public suffix: `*.com`, `*.co.uk`, `*.*`, `*`.
    PublicSuffix = "public-suffix", Error, "everyone with a domain gets in";
    /// The registered part is open, and something stands in front of it: `sub.*.com`.
    OpenMiddle = "open-middle", Error, "the registered part of the name is open, with more in front of it";
    /// Names of a service under which anyone can have one: `*.github.io`, `myapp-*.netlify.app`.
    SharedHosting = "shared-hosting", Error, "anyone can have such a name from the service that hands them out";
    /// A pattern for addresses that admits names: `127.0.0.*`.
    AddressAsText = "address-as-text", Error, "a pattern for addresses that admits names as well";
    /// A stored pattern that cannot be read, and is skipped.
    Broken = "broken", Error, "a stored pattern that cannot be read";
    /// This machine, or an address or name that is public nowhere: `localhost`, `192.168.0.1`, `*.local`.
    PrivateHost = "private-host", Warning, "a host that everyone can be in a network of their own";
    /// A name in other letters that looks like another name, or mixes scripts.
    Lookalike = "lookalike", Warning, "a name that looks like another one, or mixes scripts";
    /// Admits the same as another rule.
    Duplicate = "duplicate", Warning, "admits the same as another rule";
    /// Admits only what other rules admit.
    Shadowed = "shadowed", Warning, "everyone whom it admits is admitted by other rules";
    /// Admits nobody.
    NeverMatches = "never-matches", Warning, "no host in the world matches";
    /// `:443` or `:80` alone, which also says something about the scheme.
    DefaultPort = "default-port", Note, "a default port that leaves out the other scheme";
    /// `*.example.com` without `example.com`.
    ApexNotCovered = "apex-not-covered", Note, "subdomains get in, the domain itself does not";
    /// The list is decided by the bounded engine.
    OverBudget = "over-budget", Note, "the list has no small automaton, and checks are slower";
    /// A question that the budget did not suffice for.
    Undecided = "undecided", Warning, "a question that was not decided within the budget";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// There is no lint of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCode;

impl fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no lint has this name")
    }
}

impl core::error::Error for UnknownCode {}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Code, UnknownCode> {
        Code::ALL.iter().copied().find(|code| code.as_str() == text).ok_or(UnknownCode)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
