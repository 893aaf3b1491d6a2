//! [`Key`]: the key of an app, where it is looked at.

/// Bytes of a key that needs no allocation of its own. API keys have about 22; with these 30, its length and what kind it is, a key is four words.
const SHORT: usize = 30;

/// A key: short ones are stored in place, so that comparing one touches no other memory than that of its app.
#[derive(Clone)]
pub(crate) struct Key(Kind);

#[derive(Clone)]
enum Kind {
    Short { len: u8, bytes: [u8; SHORT] },
    Long(Box<[u8]>),
}

impl Key {
    pub(crate) fn new(key: &[u8]) -> Key {
        let mut bytes = [0; SHORT];
        match (u8::try_from(key.len()), bytes.get_mut(..key.len())) {
            (Ok(len), Some(place)) => {
                place.copy_from_slice(key);
                Key(Kind::Short { len, bytes })
            }
            _ => Key(Kind::Long(key.into())),
        }
    }

    #[inline]
    pub(crate) fn is_short(&self) -> bool {
        matches!(self.0, Kind::Short { .. })
    }

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Kind::Short { len, bytes } => bytes.get(..usize::from(*len)).unwrap_or_default(),
            Kind::Long(bytes) => bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, SHORT};

    #[test]
    fn keeps_keys_of_every_length() {
        let text: Vec<u8> = (0..=255).cycle().take(600).collect();
        for len in 0..text.len() {
            let key = Key::new(&text[..len]);
            assert_eq!(key.as_bytes(), &text[..len]);
            assert_eq!(key.is_short(), len <= SHORT);
        }
    }

    #[test]
    fn is_four_words() {
        assert_eq!(size_of::<Key>(), 32);
    }
}
