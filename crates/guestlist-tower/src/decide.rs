//! [`Decide`]: an app and the headers of a request → decision.

use std::sync::Arc;

use guestlist::{Decision, Gate, ListType, RequestHeaders};
use guestlist_gates::Gates;

/// What a layer asks: the gates of many apps, or one gate.
///
/// | for | which app |
/// | --- | --- |
/// | [`Gate`] | the only one there is, whatever names an app |
/// | [`Gates`] | the one of this key; without a key none |
/// | `Arc` of either | the same |
///
/// # Gates that change
///
/// The apps of a [`Gates`] change one by one while requests are decided. Where all is to change at once, or the one gate there is, put a pointer in front:
///
/// ```
/// use std::sync::Arc;
///
/// use arc_swap::ArcSwap;
/// use guestlist::{Decision, Gate, List, ListType, RequestHeaders};
/// use guestlist_tower::{Decide, GuestlistLayer};
///
/// struct Current(ArcSwap<Gate>);
///
/// impl Decide for Current {
///     fn decide_for(&self, _app: Option<&[u8]>, list_type: ListType, headers: &RequestHeaders<'_>) -> Option<Decision> {
///         Some(self.0.load().decide(list_type, headers))
///     }
/// }
///
/// let gate = |pattern| Ok::<_, guestlist::ListError>(Gate::new().with_list(List::builder(ListType::Upload).pattern(pattern).build()?));
/// let current = Arc::new(Current(ArcSwap::from_pointee(gate("*.example.com")?)));
/// let layer = GuestlistLayer::new(current.clone());
///
/// // From here on requests are decided by this one; those that are being decided by the one that was there.
/// current.0.store(Arc::new(gate("*.example.org")?));
/// # Ok::<(), guestlist::ListError>(())
/// ```
pub trait Decide {
    /// Decides on a request to the list of this type of this app. `None` if there is no such app.
    ///
    /// `app` is what [`AppKey`](crate::AppKey) found, and `None` where the layer has no [`AppKey`](crate::GuestlistLayer::app). It is called once a request, on the thread that serves it: it should not wait.
    fn decide_for(
        &self,
        app: Option<&[u8]>,
        list_type: ListType,
        headers: &RequestHeaders<'_>,
    ) -> Option<Decision>;
}

impl Decide for Gate {
    fn decide_for(
        &self,
        _app: Option<&[u8]>,
        list_type: ListType,
        headers: &RequestHeaders<'_>,
    ) -> Option<Decision> {
        Some(self.decide(list_type, headers))
    }
}

impl Decide for Gates {
    fn decide_for(
        &self,
        app: Option<&[u8]>,
        list_type: ListType,
        headers: &RequestHeaders<'_>,
    ) -> Option<Decision> {
        self.decide(app?, list_type, headers)
    }
}

impl<T: Decide + ?Sized> Decide for Arc<T> {
    fn decide_for(
        &self,
        app: Option<&[u8]>,
        list_type: ListType,
        headers: &RequestHeaders<'_>,
    ) -> Option<Decision> {
        T::decide_for(self, app, list_type, headers)
    }
}
