//! [`SecretsRow`]: the secrets of an app as a row: the only place where they leave memory.

use core::fmt;

use guestlist_policy::Secret;
use serde::de::{Error as _, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::secrets::{AppSecret, AppSecrets};
use crate::time::Timestamp;

/// The secrets of an app, without its key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretsRow {
    version: u64,
    current: SecretRow,
    previous: Option<SecretRow>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretRow {
    secret: Kept,
    created: Timestamp,
    by: String,
}

/// A secret, as text. Read from where it lies and wiped when it is dropped: no copy is left behind.
#[derive(Debug)]
struct Kept(Secret);

impl From<AppSecrets> for SecretsRow {
    fn from(secrets: AppSecrets) -> SecretsRow {
        let row =
            |AppSecret { secret, created, by }: AppSecret| SecretRow { secret: Kept(secret), created, by };
        let AppSecrets { version, current, previous } = secrets;
        SecretsRow { version, current: row(current), previous: previous.map(row) }
    }
}

impl From<SecretsRow> for AppSecrets {
    fn from(row: SecretsRow) -> AppSecrets {
        let one =
            |SecretRow { secret: Kept(secret), created, by }: SecretRow| AppSecret { secret, created, by };
        let SecretsRow { version, current, previous } = row;
        AppSecrets { version, current: one(current), previous: previous.map(one) }
    }
}

impl Serialize for Kept {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Those that are made here are letters and digits.
        let text = core::str::from_utf8(self.0.expose()).map_err(|_| S::Error::custom("it is no text"))?;
        serializer.serialize_str(text)
    }
}

impl<'de> Deserialize<'de> for Kept {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Kept, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Kept;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a secret")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Kept, E> {
                Secret::new(text).map(Kept).map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Text).map_err(|_| D::Error::custom("it is no secret"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_come_back_and_are_shown_nowhere_else() {
        let one = |text: &str| AppSecret {
            secret: Secret::new(text).unwrap(),
            created: Timestamp::from_millis(1),
            by: "ada".to_string(),
        };
        let row =
            SecretsRow::from(AppSecrets { version: 7, current: one("NEWEST"), previous: Some(one("OLDER")) });
        let shown = format!("{row:?}");
        assert!(!shown.contains("NEWEST") && !shown.contains("OLDER"), "{shown}");
        let text = serde_json::to_string(&row).unwrap();
        let back = AppSecrets::from(serde_json::from_str::<SecretsRow>(&text).unwrap());
        assert_eq!((back.version, back.current.secret.expose()), (7, &b"NEWEST"[..]));
        assert_eq!(back.previous.unwrap().secret.expose(), b"OLDER");
        let error = serde_json::from_str::<SecretsRow>(&text.replace("OLDER", "")).unwrap_err().to_string();
        assert!(error.starts_with("it is no secret"), "{error}");
    }
}
