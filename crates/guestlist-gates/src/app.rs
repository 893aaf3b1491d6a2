//! [`App`]: a key, its gate in one of two forms, and how much it is used, in one piece of memory.
//!
//! ```text
//!  count  length  Header                          key   bytes of the packed gate
//!  ┌─────┬───────┬──────────────────────────────┬─────┬────────┬───────────────┬────────────────┐
//!  │     │       │beside, ticket, uses, key's l.│     │ header │ upload        │ delivery       │
//!  └─────┴───────┴──────────────────────────────┴─────┴────────┴───────────────┴────────────────┘
//! ```

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use guestlist::{
    Decision, DormantGate, ListType, PackedExtras, PackedGate, PackedReader, PackedRef, RequestHeaders,
};
use triomphe::ThinArc;

use crate::near::Near;

/// How far uses are counted. Few are enough to tell what is used from what is not, and a registry in which most apps are at the top is read without being written to.
pub(crate) const MOST_USES: u8 = 3;

/// An app as the tree holds it, shared by all who hold it. Nothing of it changes but the count of its uses: another gate or another form is another `App`.
#[derive(Clone)]
pub(crate) struct App(ThinArc<Header, u8>);

struct Header {
    beside: Option<Box<Beside>>,
    /// Which entry of the clock it is, if it is packed.
    ticket: u64,
    key_len: u32,
    uses: AtomicU8,
    reader: PackedReader,
}

/// What of the gate is not bytes: nothing, for nearly every packed one.
enum Beside {
    Dormant(DormantGate),
    Packed(PackedExtras),
}

/// The gate of an app.
pub(crate) enum Form<'a> {
    Dormant(&'a DormantGate),
    Packed(PackedRef<'a>),
}

impl App {
    fn new(beside: Option<Beside>, key: &[u8], bytes: &[u8], ticket: u64, uses: u8) -> App {
        let key_len = u32::try_from(key.len()).unwrap_or(u32::MAX);
        let uses = AtomicU8::new(uses);
        let beside = beside.map(Box::new);
        let header = Header { beside, ticket, key_len, uses, reader: PackedReader::new() };
        App(ThinArc::from_header_and_slice(header, &[key, bytes].concat()))
    }

    pub(crate) fn dormant(key: &[u8], uses: u8, gate: DormantGate) -> App {
        App::new(Some(Beside::Dormant(gate)), key, &[], 0, uses)
    }

    /// The same app, packed. It has just been asked.
    pub(crate) fn with_packed(&self, ticket: u64, gate: PackedGate) -> App {
        let (bytes, extras) = gate.into_parts();
        let uses = self.uses().saturating_add(1).min(MOST_USES);
        App::new(extras.map(Beside::Packed), self.key(), &bytes, ticket, uses)
    }

    /// The same app, dormant again.
    pub(crate) fn to_dormant(&self) -> App {
        App::dormant(self.key(), 0, self.to_dormant_gate())
    }

    pub(crate) fn to_dormant_gate(&self) -> DormantGate {
        match self.form() {
            Form::Dormant(gate) => gate.clone(),
            Form::Packed(gate) => gate.to_dormant(),
        }
    }

    #[inline]
    fn header(&self) -> &Header {
        &self.0.header.header
    }

    /// The key, and the bytes of the gate.
    #[inline]
    fn parts(&self) -> (&[u8], &[u8]) {
        // A key of more than four billion bytes would be cut.
        self.0.slice.split_at_checked(self.header().key_len as usize).unwrap_or((&self.0.slice, &[]))
    }

    #[inline]
    pub(crate) fn has_key(&self, key: &[u8]) -> bool {
        self.key() == key
    }

    #[inline]
    pub(crate) fn key(&self) -> &[u8] {
        self.parts().0
    }

    #[inline]
    pub(crate) fn form(&self) -> Form<'_> {
        let Header { beside, reader, .. } = self.header();
        let extras = match beside.as_deref() {
            Some(Beside::Dormant(gate)) => return Form::Dormant(gate),
            Some(Beside::Packed(extras)) => Some(extras),
            None => None,
        };
        Form::Packed(reader.gate(self.parts().1, extras))
    }

    pub(crate) fn is_packed(&self) -> bool {
        !matches!(self.header().beside.as_deref(), Some(Beside::Dormant(_)))
    }

    /// Whether it is the same piece of memory.
    pub(crate) fn is(&self, other: &App) -> bool {
        self.address() == other.address()
    }

    /// Where it is. Reads nothing of it.
    #[inline]
    pub(crate) fn address(&self) -> *const u8 {
        self.0.as_ptr().cast()
    }

    /// What is to be known of it before it is read.
    pub(crate) fn near(&self) -> Near {
        let Form::Packed(gate) = self.form() else { return Near::default() };
        let front = self.parts().1.as_ptr().addr().saturating_sub(self.address().addr());
        let stretch = gate.stretch(ListType::Delivery);
        Near::new(front.saturating_add(stretch.start), front.saturating_add(stretch.end))
    }

    pub(crate) fn ticket(&self) -> u64 {
        self.header().ticket
    }

    /// Bytes of the gate in its form.
    pub(crate) fn bytes(&self) -> usize {
        match self.form() {
            Form::Dormant(gate) => gate.bytes(),
            Form::Packed(gate) => gate.bytes(),
        }
    }

    #[inline]
    pub(crate) fn uses(&self) -> u8 {
        self.header().uses.load(Relaxed)
    }

    /// Counts a use. Once it is at the top it only reads, so that the line stays shared between all who read; that a use is lost when two count at once does no harm.
    #[inline]
    pub(crate) fn touch(&self) {
        let uses = self.uses();
        if uses < MOST_USES {
            self.header().uses.store(uses + 1, Relaxed);
        }
    }

    /// Takes a use back; whether there was one.
    pub(crate) fn decay(&self) -> bool {
        let uses = self.uses();
        if uses > 0 {
            self.header().uses.store(uses - 1, Relaxed);
        }
        uses > 0
    }

    /// Decides in either form, which is slow for a dormant one.
    pub(crate) fn decide(&self, list_type: ListType, headers: &RequestHeaders<'_>) -> Decision {
        match self.form() {
            Form::Packed(gate) => gate.decide(list_type, headers),
            Form::Dormant(gate) => gate.pack().decide(list_type, headers),
        }
    }
}

#[cfg(test)]
mod tests {
    use guestlist::{DormantGate, Gate};

    use super::{App, Header};

    #[test]
    fn has_keys_of_every_length() {
        let text: Vec<u8> = (0..=255).cycle().take(600).collect();
        for len in 0..text.len() {
            let dormant = App::dormant(&text[..len], 0, DormantGate::from(&Gate::new()));
            let packed = dormant.with_packed(1, DormantGate::from(&Gate::new()).pack());
            for app in [dormant, packed] {
                assert_eq!(app.key(), &text[..len]);
                assert!(app.has_key(&text[..len]) && !app.has_key(&text[..len + 1]));
            }
        }
    }

    /// With the counts in front it leaves some room for the key on its line.
    #[test]
    #[cfg(target_pointer_width = "64")]
    fn is_small() {
        assert!(size_of::<Header>() <= 24, "{}", size_of::<Header>());
    }
}
