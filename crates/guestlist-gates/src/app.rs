//! [`App`]: a key, its gate in one of two forms, and how much it is used.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use guestlist::{Decision, DormantGate, ListType, PackedGate, RequestHeaders};

use crate::key::Key;

/// How far uses are counted. Few are enough to tell what is used from what is not, and a registry in which most apps are at the top is read without being written to.
pub(crate) const MOST_USES: u8 = 3;

/// An app as the tree holds it. Nothing of it changes but the count of its uses: another gate or another form is another `App`.
pub(crate) struct App {
    key: Key,
    uses: AtomicU8,
    /// Which entry of the clock it is, if it is packed.
    ticket: u64,
    /// Bytes of the gate in its form, as they were when it was made.
    bytes: u32,
    form: Form,
}

/// The difference in size is that of what a check reads at once, and is not worth a pointer to follow.
#[allow(clippy::large_enum_variant)]
pub(crate) enum Form {
    Dormant(DormantGate),
    Packed(PackedGate),
}

impl App {
    pub(crate) fn dormant(key: Key, uses: u8, gate: DormantGate) -> App {
        let bytes = u32::try_from(gate.bytes()).unwrap_or(u32::MAX);
        App { key, uses: AtomicU8::new(uses), ticket: 0, bytes, form: Form::Dormant(gate) }
    }

    /// The same app, packed. It has just been asked.
    pub(crate) fn with_packed(&self, ticket: u64, gate: PackedGate) -> App {
        let uses = AtomicU8::new(self.uses().saturating_add(1).min(MOST_USES));
        let bytes = u32::try_from(gate.bytes()).unwrap_or(u32::MAX);
        App { key: self.key.clone(), uses, ticket, bytes, form: Form::Packed(gate) }
    }

    /// The same app, dormant again.
    pub(crate) fn to_dormant(&self) -> App {
        let gate = match &self.form {
            Form::Dormant(gate) => gate.clone(),
            Form::Packed(gate) => gate.to_dormant(),
        };
        App::dormant(self.key.clone(), 0, gate)
    }

    #[inline]
    pub(crate) fn has_key(&self, key: &[u8]) -> bool {
        self.key.as_bytes() == key
    }

    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    #[inline]
    pub(crate) fn form(&self) -> &Form {
        &self.form
    }

    pub(crate) fn is_packed(&self) -> bool {
        matches!(self.form, Form::Packed(_))
    }

    pub(crate) fn ticket(&self) -> u64 {
        self.ticket
    }

    pub(crate) fn bytes(&self) -> usize {
        usize::try_from(self.bytes).unwrap_or(usize::MAX)
    }

    #[inline]
    pub(crate) fn uses(&self) -> u8 {
        self.uses.load(Relaxed)
    }

    /// Asks for what a check reads of it, which is on several lines, ahead of the check: as [`crate::tree::bring_near`].
    #[inline]
    pub(crate) fn bring_near(&self, list_type: ListType) {
        core::hint::black_box((self.uses(), self.key.is_short()));
        if let Form::Packed(gate) = &self.form {
            core::hint::black_box(gate.mode(list_type));
        }
    }

    /// Counts a use. Once it is at the top it only reads, so that the line stays shared between all who read; that a use is lost when two count at once does no harm.
    #[inline]
    pub(crate) fn touch(&self) {
        let uses = self.uses();
        if uses < MOST_USES {
            self.uses.store(uses + 1, Relaxed);
        }
    }

    /// Takes a use back; whether there was one.
    pub(crate) fn decay(&self) -> bool {
        let uses = self.uses();
        if uses > 0 {
            self.uses.store(uses - 1, Relaxed);
        }
        uses > 0
    }

    /// Decides in either form, which is slow for a dormant one.
    pub(crate) fn decide(&self, list_type: ListType, headers: &RequestHeaders<'_>) -> Decision {
        match &self.form {
            Form::Packed(gate) => gate.decide(list_type, headers),
            Form::Dormant(gate) => gate.pack().decide(list_type, headers),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::App;

    /// With the two counts of an `Arc`, and what an allocator adds, thirteen times sixteen bytes.
    #[test]
    #[cfg(target_pointer_width = "64")]
    fn is_small() {
        assert!(size_of::<App>() + 16 <= 13 * 16 - 8, "{}", size_of::<App>());
    }
}
