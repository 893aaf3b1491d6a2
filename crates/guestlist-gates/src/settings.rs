//! [`Settings`]: what bounds a registry.

/// What bounds a [`Gates`](crate::Gates).
///
/// ```
/// use guestlist_gates::{Gates, Settings};
///
/// let gates = Gates::new(Settings::default().packed_bytes(64 << 20).key_bytes(40));
/// assert!(gates.is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub(crate) packed_bytes: usize,
    pub(crate) key_bytes: usize,
    pub(crate) apps: usize,
    pub(crate) pack_early: bool,
}

impl Default for Settings {
    /// 2 GiB of packed gates, keys of up to 128 bytes, sixteen million apps; gates are packed when they are first asked.
    fn default() -> Settings {
        Settings { packed_bytes: 2 << 30, key_bytes: 128, apps: 16 << 20, pack_early: false }
    }
}

impl Settings {
    /// How many bytes the packed gates may keep between them. A million apps of two lists of twenty ordinary patterns need about 1.4 GB. With 0 every check packs its gate anew.
    ///
    /// It bounds what the registry keeps. What a thread that decides just now still holds, or a [`GateRef`](crate::GateRef), comes on top.
    #[must_use]
    pub fn packed_bytes(self, packed_bytes: usize) -> Settings {
        Settings { packed_bytes, ..self }
    }

    /// How long a key may be. Longer ones are unknown without a look, and cannot be inserted.
    #[must_use]
    pub fn key_bytes(self, key_bytes: usize) -> Settings {
        Settings { key_bytes, ..self }
    }

    /// How many apps there may be.
    #[must_use]
    pub fn apps(self, apps: usize) -> Settings {
        Settings { apps, ..self }
    }

    /// Whether gates are packed as they are inserted, for as long as there is room without any other going dormant; otherwise when they are first asked. Inserting takes tens of microseconds an app
    /// longer, and the first check of each app that much less.
    #[must_use]
    pub fn pack_early(self, pack_early: bool) -> Settings {
        Settings { pack_early, ..self }
    }
}
