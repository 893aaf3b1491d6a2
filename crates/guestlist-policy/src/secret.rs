//! [`Secret`]: what signs, and [`Secrets`]: those of an app that are live.

use core::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// How long a secret may be.
pub const MAX_SECRET_BYTES: usize = 1024;

/// A secret that policies are signed with. Not in `Debug`; wiped when it is dropped, with all that was made of it.
///
/// Cost of one: some 400 bytes, with the key of the HMAC made ready, so that signing does not begin with that.
#[derive(Clone)]
pub struct Secret {
    text: Zeroizing<Box<[u8]>>,
    keyed: Hmac<Sha256>,
}

/// A text that is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidSecret {
    bytes: usize,
}

impl std::error::Error for InvalidSecret {}

impl fmt::Display for InvalidSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.bytes {
            0 => f.write_str("a secret must not be empty: anybody could sign with it"),
            bytes => write!(f, "this secret has {bytes} bytes, the limit is {MAX_SECRET_BYTES}"),
        }
    }
}

impl Secret {
    /// This secret, byte for byte.
    ///
    /// # Errors
    ///
    /// If it is empty, or longer than [`MAX_SECRET_BYTES`].
    pub fn new(text: impl AsRef<[u8]>) -> Result<Secret, InvalidSecret> {
        let text = text.as_ref();
        if text.is_empty() || text.len() > MAX_SECRET_BYTES {
            return Err(InvalidSecret { bytes: text.len() });
        }
        // A key of any length will do.
        let keyed = Hmac::new_from_slice(text).map_err(|_| InvalidSecret { bytes: text.len() })?;
        Ok(Secret { text: Zeroizing::new(text.into()), keyed })
    }

    /// A new one: 256 random bits of the system, as 52 letters and digits that are not mistaken for each other (RFC 4648, section 6, without padding).
    ///
    /// # Errors
    ///
    /// If the system has no random bits.
    pub fn generate() -> io::Result<Secret> {
        const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let mut bits = Zeroizing::new([0; 33]);
        getrandom::fill(&mut bits[..32])?;
        let mut text = Zeroizing::new([0; 52]);
        for (number, letter) in text.iter_mut().enumerate() {
            let at = number * 5;
            let two = u16::from_be_bytes([bits[at / 8], bits[(at / 8 + 1).min(32)]]);
            *letter = LETTERS[usize::from(two >> (11 - at % 8) & 31)];
        }
        Secret::new(&text[..]).map_err(io::Error::other)
    }

    /// The secret itself. For whoever must hand it on; never for a log.
    pub fn expose(&self) -> &[u8] {
        &self.text
    }

    /// The signature of a text: 64 hexadecimal digits in lower case.
    pub(crate) fn sign(&self, text: &[u8]) -> String {
        self.sign_parts(&[text])
    }

    pub(crate) fn sign_parts(&self, parts: &[&[u8]]) -> String {
        use core::fmt::Write;
        let tag = self.mac(parts).finalize().into_bytes();
        tag.iter().fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a string does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Whether this is the tag of these parts. In time that does not depend on where they differ.
    pub(crate) fn has_signed(&self, parts: &[&[u8]], tag: &[u8; 32]) -> bool {
        self.mac(parts).verify_slice(tag).is_ok()
    }

    // In its place: a state that is handed on is copied, and wiped, each time.
    #[inline]
    fn mac(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = self.keyed.clone();
        for part in parts {
            mac.update(part);
        }
        mac
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").finish_non_exhaustive()
    }
}

/// Reads a signature: 64 hexadecimal digits in lower case, which is its only form. All of them, whatever they are, without a branch on any: what is guessed at takes as long as what is right.
pub(crate) fn tag(signature: &[u8]) -> Option<[u8; 32]> {
    let digits: &[u8; 64] = signature.try_into().ok()?;
    let mut values = [0; 64];
    let mut are_digits = true;
    for (value, digit) in values.iter_mut().zip(digits) {
        let (number, letter) = (digit.wrapping_sub(b'0'), digit.wrapping_sub(b'a'));
        let (is_number, is_letter) = (number < 10, letter < 6);
        *value = u8::from(is_number).wrapping_neg() & number
            | u8::from(is_letter).wrapping_neg() & letter.wrapping_add(10);
        are_digits &= is_number | is_letter;
    }
    let mut tag = [0; 32];
    for (byte, values) in tag.iter_mut().zip(values.chunks_exact(2)) {
        *byte = values[0] << 4 | values[1];
    }
    are_digits.then_some(tag)
}

/// The live secrets of an app: what it signs with now, and for a while what it signed with before.
///
/// ```
/// use guestlist_policy::{Secret, Secrets};
///
/// let secrets = Secrets::one(Secret::new("old")?);
/// let both = secrets.rotated(Secret::new("new")?);   // what either signed is taken
/// let new = both.without_previous();                 // what the old one signed is not, from now on
/// # Ok::<(), guestlist_policy::InvalidSecret>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    current: Option<Secret>,
    previous: Option<Secret>,
}

impl Secrets {
    /// None: no signature is right.
    pub fn none() -> Secrets {
        Secrets::default()
    }

    /// One.
    pub fn one(secret: Secret) -> Secrets {
        Secrets { current: Some(secret), previous: None }
    }

    /// A new one in front; the one that was there goes on being taken, the one before it not.
    #[must_use]
    pub fn rotated(self, secret: Secret) -> Secrets {
        Secrets { current: Some(secret), previous: self.current }
    }

    /// The newest alone.
    #[must_use]
    pub fn without_previous(self) -> Secrets {
        Secrets { previous: None, ..self }
    }

    /// The newest.
    pub fn current(&self) -> Option<&Secret> {
        self.current.as_ref()
    }

    /// The one before it.
    pub fn previous(&self) -> Option<&Secret> {
        self.previous.as_ref()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.current.is_none() && self.previous.is_none()
    }

    /// Whether this is the signature of these parts under one of them.
    pub(crate) fn have_signed(&self, parts: &[&[u8]], signature: &[u8]) -> bool {
        let Some(tag) = tag(signature) else { return false };
        // Which of them it was is no secret: who signed knows it, and who did not has signed with neither.
        [&self.current, &self.previous].into_iter().flatten().any(|secret| secret.has_signed(parts, &tag))
    }

    /// Reads them from a file: one a line, the newest first, two at most. Blanks around them are no part of them.
    ///
    /// # Errors
    ///
    /// If there is no such file, others than its owner and group may read it or others than its owner write it, it is empty, or has more than two.
    pub fn read_file(path: &Path) -> Result<Secrets, SecretsError> {
        let error = |kind| SecretsError { file: path.display().to_string(), kind };
        // Of a pipe nothing may come, and who opens it waits.
        let metadata = path.metadata().map_err(|io| error(SecretsErrorKind::Io(io)))?;
        if !metadata.is_file() {
            return Err(error(SecretsErrorKind::NoFile));
        }
        let file = File::open(path).map_err(|io| error(SecretsErrorKind::Io(io)))?;
        check_mode(&file).map_err(error)?;
        // Two of the longest, with their ends of lines.
        let most = 2 * MAX_SECRET_BYTES as u64 + 16;
        let mut text = Zeroizing::new(Vec::with_capacity(2 * MAX_SECRET_BYTES + 17));
        file.take(most + 1).read_to_end(&mut text).map_err(|io| error(SecretsErrorKind::Io(io)))?;
        if text.len() as u64 > most {
            return Err(error(SecretsErrorKind::TooLong));
        }
        if text.starts_with(b"\xef\xbb\xbf") {
            return Err(error(SecretsErrorKind::ByteOrderMark));
        }
        let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
        let secrets = lines
            .map(Secret::new)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|invalid| error(SecretsErrorKind::Invalid(invalid)))?;
        let mut secrets = secrets.into_iter();
        match (secrets.next(), secrets.next(), secrets.next()) {
            (None, ..) => Err(error(SecretsErrorKind::Empty)),
            (_, _, Some(_)) => Err(error(SecretsErrorKind::TooMany)),
            (current, previous, None) => Ok(Secrets { current, previous }),
        }
    }
}

#[cfg(unix)]
fn check_mode(file: &File) -> Result<(), SecretsErrorKind> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata().map_err(SecretsErrorKind::Io)?.permissions().mode() & 0o777;
    // The group may read it: that is how Kubernetes hands secrets to who does not run as root.
    if mode & 0o037 == 0 { Ok(()) } else { Err(SecretsErrorKind::Exposed { mode }) }
}

#[cfg(not(unix))]
fn check_mode(_file: &File) -> Result<(), SecretsErrorKind> {
    Ok(())
}

/// Why secrets were not taken from a file.
#[derive(Debug)]
pub struct SecretsError {
    file: String,
    kind: SecretsErrorKind,
}

#[derive(Debug)]
enum SecretsErrorKind {
    Io(io::Error),
    #[cfg_attr(not(unix), allow(dead_code))]
    Exposed {
        mode: u32,
    },
    NoFile,
    ByteOrderMark,
    TooLong,
    Empty,
    TooMany,
    Invalid(InvalidSecret),
}

impl std::error::Error for SecretsError {}

impl fmt::Display for SecretsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = &self.file;
        match &self.kind {
            SecretsErrorKind::Io(error) => write!(f, "the secrets in {file} cannot be read: {error}"),
            SecretsErrorKind::Exposed { mode } => write!(
                f,
                "the secrets in {file} are exposed: its mode is {mode:04o}; make it 0600, or 0640 for a group that may read it"
            ),
            SecretsErrorKind::NoFile => write!(f, "{file} is no file that secrets can be read from"),
            SecretsErrorKind::ByteOrderMark => {
                write!(
                    f,
                    "{file} begins with a byte order mark, which would be part of the secret; save it without one"
                )
            }
            SecretsErrorKind::TooLong => {
                write!(
                    f,
                    "{file} is too long for two secrets; write one a line, of at most {MAX_SECRET_BYTES} bytes"
                )
            }
            SecretsErrorKind::Empty => write!(f, "{file} has no secret in it; write one on a line"),
            SecretsErrorKind::TooMany => {
                write!(
                    f,
                    "{file} has more than two secrets; keep the newest, on the first line, and the one before it"
                )
            }
            SecretsErrorKind::Invalid(error) => write!(f, "{file}: {error}"),
        }
    }
}
