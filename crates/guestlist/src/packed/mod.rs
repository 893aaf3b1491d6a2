//! Gates in as little memory as checks allow, for services that hold those of many apps.
//!
//! A [`PackedGate`] decides exactly as the [`Gate`] it was made of. It is one block of bytes: the settings and, for each list, the canonical texts of its patterns and an index into them; about 700 bytes a list of
//! twenty ordinary patterns, where a [`Gate`] also keeps the trees of its patterns, their sources and what was wrong with others. Its bytes may be kept among others ([`PackedReader`], [`PackedRef`]), so that a check of a gate that is far
//! away waits for one place in memory. A [`DormantGate`] is what is left without the index: the texts and the settings, to be packed again when
//! someone asks.

mod dormant;
mod extras;
mod layout;
mod view;

use core::fmt;

pub use self::dormant::{DormantGate, SavedList};
pub use self::extras::PackedExtras;
use self::layout::GateBytes;
pub use self::view::{PackedReader, PackedRef};
use crate::decision::Decision;
use crate::gate::Gate;
use crate::headers::RequestHeaders;
use crate::list::{ListType, Mode};
use crate::rule::RuleId;
use crate::vector::{Level, prefetch};

/// A gate ready to decide, in little memory.
///
/// ```
/// use guestlist::{Gate, List, ListType, PackedGate, RequestHeaders};
///
/// let gate = Gate::new().with_list(List::builder(ListType::Upload).patterns(["example.com", "*.example.com"]).build()?);
/// let packed = PackedGate::from(&gate);
/// let headers = RequestHeaders::new().origin(b"https://www.example.com");
/// assert_eq!(packed.decide(ListType::Upload, &headers), gate.decide(ListType::Upload, &headers));
/// assert!(packed.bytes() < 700);
/// # Ok::<(), guestlist::ListError>(())
/// ```
pub struct PackedGate {
    bytes: Box<[u8]>,
    extras: Option<PackedExtras>,
    level: Level,
}

impl PackedGate {
    /// As [`Gate::decide`].
    #[inline]
    pub fn decide(&self, list_type: ListType, headers: &RequestHeaders<'_>) -> Decision {
        self.view().decide(list_type, headers)
    }

    /// As [`Gate::decide_many`].
    pub fn decide_many(
        &self,
        list_type: ListType,
        requests: &[RequestHeaders<'_>],
        decided: impl FnMut(Decision),
    ) {
        self.view().decide_many(list_type, requests, decided);
    }

    /// The mode of a list.
    pub fn mode(&self, list_type: ListType) -> Mode {
        self.view().mode(list_type)
    }

    /// Whether a request without the header that counts is denied.
    pub fn block_missing(&self, list_type: ListType) -> bool {
        self.view().block_missing(list_type)
    }

    /// The canonical texts of a list's patterns, in the order of their rules.
    pub fn patterns(&self, list_type: ListType) -> impl Iterator<Item = &str> {
        self.view().patterns(list_type)
    }

    /// The canonical text of the pattern of a rule, as in [`Decision::rule`]. Cost: linear in the texts of the list.
    pub fn pattern(&self, list_type: ListType, rule: RuleId) -> Option<&str> {
        self.view().pattern(list_type, rule)
    }

    /// What is left without the indexes.
    pub fn to_dormant(&self) -> DormantGate {
        self.view().to_dormant()
    }

    /// All bytes that it keeps, its own included.
    pub fn bytes(&self) -> usize {
        self.view().bytes()
    }

    /// Asks the machine to bring a list near, ahead of a check. For batches over many gates, whose lists are far away one after the other. No effect but on time.
    #[inline]
    pub fn prefetch(&self, list_type: ListType) {
        let stretch = self.view().stretch(list_type);
        prefetch(self.bytes.get(stretch).unwrap_or_default());
    }

    /// The same gate, of which the bytes are here.
    #[inline]
    pub fn view(&self) -> PackedRef<'_> {
        let extras = self.extras.as_ref().map(|extras| &*extras.0);
        PackedRef { bytes: GateBytes(&self.bytes), extras, level: self.level }
    }

    /// What it is made of, to be kept elsewhere: bytes, and what of it is none, if there is something. [`PackedReader::gate`] makes a gate of them again.
    pub fn into_parts(self) -> (Box<[u8]>, Option<PackedExtras>) {
        (self.bytes, self.extras)
    }
}

impl From<&Gate> for PackedGate {
    fn from(gate: &Gate) -> PackedGate {
        DormantGate::from(gate).pack()
    }
}

impl fmt::Debug for PackedGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_dormant().fmt(f)
    }
}
