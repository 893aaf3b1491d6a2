//! [`GuestlistLayer`]: how requests are decided, put in front of services.

use core::fmt;
use std::sync::Arc;

use guestlist::ListType;
use guestlist_policy::Access;
use http::Response;
use tower_layer::Layer;

use crate::app_key::AppKey;
use crate::decide::Decide;
use crate::denial::forbidden;
use crate::judge::Judge;
use crate::policies::Policies;
use crate::service::Guestlist;

/// Puts a [`Guestlist`] in front of a service.
///
/// ```
/// use guestlist::ListType;
/// use guestlist_gates::Gates;
/// use guestlist_tower::{AppKey, GuestlistLayer};
/// use http::{Response, StatusCode};
///
/// let layer = GuestlistLayer::new(Gates::default())
///     .list_type(ListType::Delivery)
///     .app(AppKey::query("key"))
///     .deny(|access| {
///         let mut response = Response::new(format!("{access}\n"));
///         *response.status_mut() = StatusCode::FORBIDDEN;
///         response
///     });
/// ```
///
/// Clones share all of it. Cost of a clone: a few counts.
pub struct GuestlistLayer<G, D = fn(Access) -> Response<String>> {
    pub(crate) judge: Judge<G>,
    deny: Arc<D>,
}

impl<G: Decide> GuestlistLayer<G> {
    /// A layer that asks these gates: a [`Gate`](guestlist::Gate), a [`Gates`](guestlist_gates::Gates), an [`Arc`] of either, or whatever else can [`Decide`].
    ///
    /// It asks for the upload list, which is the stricter of the two, names no app, and answers with [`forbidden`]. With [`Gates`](guestlist_gates::Gates) nobody gets in before
    /// [`GuestlistLayer::app`] says where the key is.
    pub fn new(gates: G) -> GuestlistLayer<G> {
        let judge = Judge { gates: Arc::new(gates), list_type: ListType::Upload, app: None, policies: None };
        GuestlistLayer { judge, deny: Arc::new(forbidden) }
    }
}

impl<G, D> GuestlistLayer<G, D> {
    /// Which list is asked. For a service with both kinds of requests, put a layer on each of its routes.
    #[must_use]
    pub fn list_type(mut self, list_type: ListType) -> GuestlistLayer<G, D> {
        self.judge.list_type = list_type;
        self
    }

    /// Where the key of the app stands in a request. From now on a request without it is one of an unknown app, even for a single gate, which needs no key.
    #[must_use]
    pub fn app(mut self, app: AppKey) -> GuestlistLayer<G, D> {
        self.judge.app = Some(app);
        self
    }

    /// Which requests must carry a signed policy beside.
    #[must_use]
    pub fn policies(mut self, policies: Policies) -> GuestlistLayer<G, D> {
        self.judge.policies = Some(policies);
        self
    }

    /// What is answered to a request that is kept out, by the list or by its policy: [`Access::closed_by`] says which, [`Access::code`] why. `Vary` is added to it, and to its extensions the [`Decision`](guestlist::Decision) and, where there are policies, the [`Access`].
    ///
    /// An app that the layer does not know is a denial as any other, and the function is not told. Whatever it makes of it, nobody outside can tell which apps there are.
    ///
    /// The body is any [`http_body::Body`] with the data of the service's own: a `String`, axum's, or tonic's, whose clients want a status where they look for one:
    ///
    /// ```
    /// use guestlist::Gate;
    /// use guestlist_policy::Access;
    /// use guestlist_tower::GuestlistLayer;
    /// use tonic::{Status, body::Body};
    ///
    /// let layer = GuestlistLayer::new(Gate::new())
    ///     .deny(|access: Access| Status::permission_denied(access.to_string()).into_http::<Body>());
    /// ```
    #[must_use]
    pub fn deny<F, B>(self, deny: F) -> GuestlistLayer<G, F>
    where
        F: Fn(Access) -> Response<B>,
    {
        GuestlistLayer { judge: self.judge, deny: Arc::new(deny) }
    }
}

impl<S, G, D> Layer<S> for GuestlistLayer<G, D> {
    type Service = Guestlist<S, G, D>;

    fn layer(&self, inner: S) -> Guestlist<S, G, D> {
        Guestlist::new(inner, self.judge.clone(), self.deny.clone())
    }
}

impl<G, D> Clone for GuestlistLayer<G, D> {
    fn clone(&self) -> GuestlistLayer<G, D> {
        GuestlistLayer { judge: self.judge.clone(), deny: self.deny.clone() }
    }
}

impl<G, D> fmt::Debug for GuestlistLayer<G, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Judge { list_type, app, .. } = &self.judge;
        f.debug_struct("GuestlistLayer")
            .field("list_type", list_type)
            .field("app", app)
            .finish_non_exhaustive()
    }
}
