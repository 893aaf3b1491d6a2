//! Signatures of webhooks: the HMAC-SHA256 of `TIMESTAMP "." BODY`, under the secret of the webhook.
//!
//! ```
//! use std::time::Duration;
//!
//! use guestlist_policy::{Secret, Secrets, webhook};
//!
//! let secret = Secret::new("webhook secret")?;
//! let signature = webhook::sign(&secret, 1_521_733_983, b"{\"id\":30813791}");
//!
//! let secrets = Secrets::one(secret);
//! let verify = |now| webhook::verify(&secrets, b"1521733983", b"{\"id\":30813791}", signature.as_bytes(), now, Duration::from_secs(300));
//! assert_eq!(verify(1_521_734_000), Ok(()));
//! assert_eq!(verify(1_521_740_000), Err(webhook::WebhookDenial::Stale));
//! # Ok::<(), guestlist_policy::InvalidSecret>(())
//! ```

use core::fmt;
use std::time::Duration;

use crate::secret::{Secret, Secrets};

/// Why a message was not taken for what it says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WebhookDenial {
    /// The signature is not that of time and body under a live secret.
    Signature,
    /// The time is not written in digits.
    Timestamp,
    /// It was signed too long ago, or is of a time that has not come: it may have been sent before.
    Stale,
}

impl fmt::Display for WebhookDenial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            WebhookDenial::Signature => "the signature is not that of this message under a live secret",
            WebhookDenial::Timestamp => "the timestamp is no number of seconds",
            WebhookDenial::Stale => "the message was signed too long ago, or in the future",
        })
    }
}

impl std::error::Error for WebhookDenial {}

/// The signature of a message: 64 hexadecimal digits in lower case.
pub fn sign(secret: &Secret, timestamp: u64, body: &[u8]) -> String {
    secret.sign_parts(&[timestamp.to_string().as_bytes(), b".", body])
}

/// Whether a message is what its sender signed, no longer ago than `tolerance`, nor further ahead. The timestamp is the text of the header, the body what came, byte for byte: a body that was read and written again is another.
///
/// Cost: an HMAC-SHA256 of the body for each live secret.
///
/// # Errors
///
/// The signature is looked at first, then the time.
pub fn verify(
    secrets: &Secrets,
    timestamp: &[u8],
    body: &[u8],
    signature: &[u8],
    now: u64,
    tolerance: Duration,
) -> Result<(), WebhookDenial> {
    // With a point in it, where the body begins would be a matter of opinion.
    if timestamp.is_empty() || !timestamp.iter().all(u8::is_ascii_digit) {
        return Err(WebhookDenial::Timestamp);
    }
    if !secrets.have_signed(&[timestamp, b".", body], signature) {
        return Err(WebhookDenial::Signature);
    }
    let seconds = core::str::from_utf8(timestamp).ok().and_then(|text| text.parse::<u64>().ok());
    let seconds = seconds.ok_or(WebhookDenial::Timestamp)?;
    if seconds.abs_diff(now) <= tolerance.as_secs() { Ok(()) } else { Err(WebhookDenial::Stale) }
}
