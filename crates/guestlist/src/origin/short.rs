//! A host in the form in which it is looked up: a short frame, and what of it is behind the first label.
//!
//! Reading a header finds both anyway, so that from there to the rules nothing is read twice.

use super::Origin;
use super::ordinary::{is_plain, scheme};
use crate::vector::{Frames, SHORT, Vector, behind_first, suffix};

/// A name or an IPv4 address of up to 32 bytes, in its frame.
#[derive(Clone, Copy)]
pub(crate) struct Short<'h, V: Vector> {
    pub(crate) name: &'h [u8],
    pub(crate) frame: <V::Short as Frames>::Frame,
    /// What of the frame is behind the first dot.
    pub(crate) parent: u64,
    pub(crate) port: Option<u16>,
}

impl<'h, V: Vector> Short<'h, V> {
    /// `None` for a host that is too long, or an IPv6 address.
    #[inline(always)]
    pub(crate) fn of_origin(vector: V, origin: &Origin<'h>) -> Option<Short<'h, V>> {
        let (name, behind) = origin.short_name()?;
        let parent = suffix::<V::Short>(behind as usize);
        Some(Short { name, frame: vector.short().frame(name), parent, port: origin.port() })
    }

    /// Of a name that is no longer than a frame.
    #[inline(always)]
    pub(crate) fn of_name(vector: V, name: &'h [u8], port: Option<u16>) -> Short<'h, V> {
        let frame = vector.short().frame(name);
        Short { name, frame, parent: behind_first::<V::Short>(vector.short().dots(frame)), port }
    }

    /// Of a header's value that holds nothing but a scheme and a short name, which is plainly valid; `None` leaves it to the other readers.
    #[inline(always)]
    pub(crate) fn of_value(vector: V, value: &'h [u8]) -> Option<Short<'h, V>> {
        let (_, start, port) = scheme(value)?;
        let name = value.get(start..)?;
        if name.len().wrapping_sub(1) >= SHORT {
            return None;
        }
        let (frame, classes) = vector.inspect(name);
        let inside = suffix::<V::Short>(name.len());
        let first = inside & inside.wrapping_neg();
        // The frame's last byte is the name's, so a start behind it is behind the frame.
        if classes.host != inside || !is_plain(classes, inside, first, 1 << SHORT) {
            return None;
        }
        Some(Short { name, frame, parent: behind_first::<V::Short>(classes.dots), port: Some(port) })
    }
}
