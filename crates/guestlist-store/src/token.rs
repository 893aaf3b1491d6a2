//! [`Token`]: who may ask for what. A token is known by its secret, and only a hash of that is kept.

use core::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::error::{StoreError, StoreErrorKind};
use crate::revision::Change;
use crate::time::Timestamp;

/// A token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Token {
    /// Its number; it is part of the secret.
    pub number: u64,
    /// What people call it; it is who changes something in the log.
    pub name: String,
    /// What it may do.
    pub grant: Grant,
    /// When it was made.
    pub created: Timestamp,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
}

/// What a token may do, and to which apps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    access: Access,
    scope: Scope,
}

/// What may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Look at what there is.
    Read,
    /// Save lists as well.
    Write,
    /// Everything: make and remove apps, raise their limits, make and revoke tokens. Only with [`Scope::AllApps`].
    Admin,
}

/// To which apps.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// To all.
    AllApps,
    /// To the one of this key, and to nothing else.
    App(String),
}

impl Grant {
    /// This, to these apps. Who may do everything may do it to all apps, so [`Access::Admin`] to one app is [`Access::Write`].
    pub fn new(access: Access, scope: Scope) -> Grant {
        let access = if scope == Scope::AllApps { access } else { access.min(Access::Write) };
        Grant { access, scope }
    }

    /// What may be done.
    pub fn access(&self) -> Access {
        self.access
    }

    /// To which apps.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Whether it may do this to this app.
    pub fn allows(&self, access: Access, app: &str) -> bool {
        let is_in_scope = match &self.scope {
            Scope::AllApps => true,
            Scope::App(key) => key == app,
        };
        is_in_scope && access <= self.access
    }

    /// Whether it may do this to what belongs to no single app.
    pub fn allows_everywhere(&self, access: Access) -> bool {
        self.scope == Scope::AllApps && access <= self.access
    }
}

/// What a token is known by: `gl_`, its number, and 256 random bits. Shown once; not in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    number: u64,
    bits: [u8; 32],
}

/// SHA-256 of the random bits. They are as many as the hash has, so that nothing slower would be harder to guess.
pub(crate) type Hash = [u8; 32];

/// A token with the hash of its secret: the row that is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenRow {
    pub(crate) token: Token,
    pub(crate) hash: Hash,
}

/// Longest name of a token, in bytes.
const MAX_NAME: usize = 200;

/// How many tokens there can be, without those that were revoked.
pub(crate) const MAX_TOKENS: usize = 10_000;

impl TokenRow {
    /// A new token, and its secret.
    pub(crate) fn make(
        number: u64,
        name: &str,
        grant: &Grant,
        change: &Change,
    ) -> Result<(TokenRow, Secret), StoreError> {
        if name.len() > MAX_NAME {
            let what = "the name of a token";
            return Err(StoreErrorKind::TooLong { what, bytes: name.len(), limit: MAX_NAME }.into());
        }
        let mut bits = [0; 32];
        getrandom::fill(&mut bits).map_err(|error| StoreErrorKind::Io { error: error.into() })?;
        let secret = Secret { number, bits };
        let token = Token {
            number,
            name: name.to_string(),
            grant: grant.clone(),
            created: change.time(),
            revoked: None,
        };
        Ok((TokenRow { token, hash: secret.hash() }, secret))
    }

    /// The token, if this is its secret and it was not revoked.
    pub(crate) fn known_by(self, secret: &Secret) -> Option<Token> {
        let is_it = bool::from(self.hash.ct_eq(&secret.hash()));
        (is_it && self.token.revoked.is_none()).then_some(self.token)
    }
}

impl Secret {
    /// Reads the text that is shown; `None` if it is no secret. Each secret has one text.
    pub(crate) fn parse(text: &str) -> Option<Secret> {
        let (number, digits) = text.strip_prefix("gl_")?.split_once('_')?;
        let number = number.parse().ok()?;
        let mut bits = [0; 32];
        if digits.len() != 2 * bits.len() {
            return None;
        }
        for (bits, digits) in bits.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
            *bits = digit(digits[0])? << 4 | digit(digits[1])?;
        }
        // A number has one text: no leading zero, no sign.
        Some(Secret { number, bits }).filter(|secret| secret.to_string() == text)
    }

    /// The number of the token.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    fn hash(&self) -> Hash {
        Sha256::digest(self.bits).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").field("number", &self.number).finish_non_exhaustive()
    }
}

/// The text that is shown, and sent as a bearer token.
impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "gl_{}_", self.number)?;
        self.bits.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make() -> (TokenRow, Secret) {
        let grant = Grant::new(Access::Write, Scope::AllApps);
        TokenRow::make(7, "deploy", &grant, &Change::by("ada")).unwrap()
    }

    #[test]
    fn a_token_is_known_by_its_secret_and_by_no_other() {
        let (row, secret) = make();
        let text = secret.to_string();
        assert_eq!(text.len(), "gl_7_".len() + 64);
        assert_eq!(row.clone().known_by(&Secret::parse(&text).unwrap()).map(|token| token.number), Some(7));
        assert!(row.clone().known_by(&make().1).is_none());
        let mut revoked = row.clone();
        revoked.token.revoked = Some(Timestamp::from_millis(1));
        assert!(revoked.known_by(&secret).is_none());
        let shown = format!("{row:?} {secret:?}");
        assert!(!shown.contains(&text[5..]), "{shown}");
        assert!(!serde_json::to_string(&row).unwrap().contains(&text[5..]));
    }

    #[test]
    fn a_secret_has_one_text() {
        let text = make().1.to_string();
        for other in [
            text.to_uppercase(),
            text.replacen("_7_", "_07_", 1),
            text.replacen("_7_", "_+7_", 1),
            format!("{text}0"),
            text[..text.len() - 1].to_string(),
            format!(" {text}"),
            "gl_7_".to_string(),
            "gl_7".to_string(),
            String::new(),
            format!("gl_99999999999999999999_{}", &text[5..]),
            format!("gl_7_{}", "é".repeat(32)),
        ] {
            assert_eq!(Secret::parse(&other), None, "{other}");
        }
    }

    #[test]
    fn what_is_granted_is_all_that_is_allowed() {
        let app = || Scope::App("a".to_string());
        for (grant, reads_a, writes_a, reads_b, admin, reads_all) in [
            (Grant::new(Access::Read, Scope::AllApps), true, false, true, false, true),
            (Grant::new(Access::Write, Scope::AllApps), true, true, true, false, true),
            (Grant::new(Access::Admin, Scope::AllApps), true, true, true, true, true),
            (Grant::new(Access::Read, app()), true, false, false, false, false),
            (Grant::new(Access::Write, app()), true, true, false, false, false),
            (Grant::new(Access::Admin, app()), true, true, false, false, false),
        ] {
            assert_eq!(grant.allows(Access::Read, "a"), reads_a, "{grant:?}");
            assert_eq!(grant.allows(Access::Write, "a"), writes_a, "{grant:?}");
            assert_eq!(grant.allows(Access::Read, "b"), reads_b, "{grant:?}");
            assert_eq!(grant.allows(Access::Admin, "a"), admin, "{grant:?}");
            assert_eq!(grant.allows_everywhere(Access::Admin), admin, "{grant:?}");
            assert_eq!(grant.allows_everywhere(Access::Read), reads_all, "{grant:?}");
        }
    }
}
