//! [`Count`]: how often something is there.

/// None, one or several: what is given twice is read in two ways by two readers.
///
/// ```
/// use guestlist_tower::Count;
///
/// assert_eq!(Count::of(["a"]), Count::One("a"));
/// assert_eq!(Count::of(["a", "a"]), Count::Several);
/// assert_eq!(Count::of(["a", "a"]).one(), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count<T> {
    /// It is not there.
    None,
    /// It is there once.
    One(T),
    /// It is there more often, or may be for some reader.
    Several,
}

impl<T> Count<T> {
    /// Counts items. No more than two are looked at.
    #[inline]
    pub fn of(items: impl IntoIterator<Item = T>) -> Count<T> {
        let mut items = items.into_iter();
        match (items.next(), items.next()) {
            (None, _) => Count::None,
            (Some(item), None) => Count::One(item),
            (Some(_), Some(_)) => Count::Several,
        }
    }

    /// With something made of the only one.
    #[inline]
    pub fn map<U>(self, map: impl FnOnce(T) -> U) -> Count<U> {
        match self {
            Count::None => Count::None,
            Count::One(item) => Count::One(map(item)),
            Count::Several => Count::Several,
        }
    }

    /// The only one.
    #[inline]
    pub fn one(self) -> Option<T> {
        match self {
            Count::One(item) => Some(item),
            Count::None | Count::Several => None,
        }
    }
}
