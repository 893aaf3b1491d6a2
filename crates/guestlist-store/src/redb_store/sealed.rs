//! Rows: JSON behind a seal.
//!
//! The seal is the beginning of a SHA-256 over table, key and text. A row that was damaged, or that stands where another belongs, is found out when it is read, not believed.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::redb_store::error::Failure;

const SEAL: usize = 8;

/// The row, as it is written.
pub(super) fn seal<T: Serialize>(table: &str, key: &[u8], row: &T) -> Result<Vec<u8>, Failure> {
    // Room for any row of secrets: a buffer that grows leaves copies of them behind.
    let mut bytes = Vec::with_capacity(4096);
    bytes.resize(SEAL, 0);
    serde_json::to_writer(&mut bytes, row).map_err(|error| Failure::from(std::io::Error::other(error)))?;
    let seal = seal_of(table, key, &bytes[SEAL..]);
    bytes[..SEAL].copy_from_slice(&seal);
    Ok(bytes)
}

/// What was written.
pub(super) fn unseal<T: DeserializeOwned>(table: &str, key: &[u8], bytes: &[u8]) -> Result<T, Failure> {
    let corrupt = |why: &str| Failure::corrupt(format!("a row of {table} {why}"));
    let (seal, text) = bytes.split_at_checked(SEAL).ok_or_else(|| corrupt("is too short"))?;
    if seal != seal_of(table, key, text) {
        return Err(corrupt("is not as it was written"));
    }
    serde_json::from_slice(text).map_err(|_| {
        crate::error::StoreErrorKind::Format {
            what: format!("a row of {table} has fields that it does not know"),
        }
        .into()
    })
}

fn seal_of(table: &str, key: &[u8], text: &[u8]) -> [u8; SEAL] {
    let mut hash = Sha256::new();
    for part in [table.as_bytes(), key] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.update(text);
    let mut seal = [0; SEAL];
    seal.copy_from_slice(&hash.finalize()[..SEAL]);
    seal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_where_it_was_written_and_as_it_was_written() {
        let bytes = seal("apps", b"a", &["x", "y"]).unwrap();
        assert_eq!(unseal::<Vec<String>>("apps", b"a", &bytes).unwrap(), ["x", "y"]);
        assert!(unseal::<Vec<String>>("apps", b"b", &bytes).is_err());
        assert!(unseal::<Vec<String>>("app", b"sa", &bytes).is_err());
        assert!(unseal::<u8>("apps", b"a", &bytes).is_err());
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            assert!(unseal::<Vec<String>>("apps", b"a", &other).is_err(), "{at}");
            assert!(unseal::<Vec<String>>("apps", b"a", &bytes[..at]).is_err(), "{at}");
        }
    }
}
