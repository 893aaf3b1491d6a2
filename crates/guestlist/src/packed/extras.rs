//! [`PackedExtras`]: what of a packed gate cannot be bytes, which few gates have.

use core::fmt;

use crate::index::More;
use crate::matcher::Rest;

/// What a packed gate has beside its bytes: automata for rules that an index does not hold, and further schemes. Most gates have none.
pub struct PackedExtras(pub(super) Box<Extras>);

#[derive(Default)]
pub(super) struct Extras {
    pub(super) schemes: Box<[Box<str>]>,
    pub(super) lists: [ListExtras; 2],
}

#[derive(Default)]
pub(super) struct ListExtras {
    pub(super) more: Option<Box<More>>,
    pub(super) rest: Option<Box<Rest>>,
}

impl Extras {
    /// `None` if there is nothing in them.
    pub(super) fn boxed(self) -> Option<PackedExtras> {
        let is_empty = |list: &ListExtras| list.more.is_none() && list.rest.is_none();
        let is_needed = !self.schemes.is_empty() || !self.lists.iter().all(is_empty);
        is_needed.then(|| PackedExtras(Box::new(self)))
    }

    /// Bytes of heap, and its own.
    pub(super) fn bytes(&self) -> usize {
        let of = |list: &ListExtras| {
            list.more.as_deref().map_or(0, More::bytes) + list.rest.as_deref().map_or(0, Rest::bytes)
        };
        size_of::<Extras>() + schemes_bytes(&self.schemes) + self.lists.iter().map(of).sum::<usize>()
    }
}

/// Bytes of heap that schemes take.
pub(super) fn schemes_bytes(schemes: &[Box<str>]) -> usize {
    schemes.iter().map(|scheme| size_of_val(scheme) + scheme.len()).sum()
}

impl fmt::Debug for PackedExtras {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PackedExtras").field("bytes", &self.0.bytes()).finish_non_exhaustive()
    }
}
