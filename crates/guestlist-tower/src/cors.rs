//! [`GuestlistLayer::allow_origin`]: a list as the answer to "may this origin read the answer?".

use guestlist::{NoOrigin, Origin};
use http::header::{HeaderValue, ORIGIN};
use http::request::Parts;
use tower_http::cors::AllowOrigin;

use crate::decide::Decide;
use crate::judge::Judge;
use crate::layer::GuestlistLayer;

impl<G: Decide + Send + Sync + 'static, D> GuestlistLayer<G, D> {
    /// What an existing [`CorsLayer`](tower_http::cors::CorsLayer) asks for its [`allow_origin`](tower_http::cors::CorsLayer::allow_origin): an origin is allowed if the list lets the request through.
    ///
    /// ```
    /// use guestlist::{Gate, List, ListType};
    /// use guestlist_tower::GuestlistLayer;
    /// use tower_http::cors::CorsLayer;
    ///
    /// let gate = Gate::new().with_list(List::builder(ListType::Upload).pattern("*.example.com").build()?);
    /// let guests = GuestlistLayer::new(gate);
    /// let cors = CorsLayer::new().allow_origin(guests.allow_origin());
    /// # Ok::<(), guestlist::ListError>(())
    /// ```
    ///
    /// It asks as the layer does: the same gates, list and app. So a list that is off or only reports allows every origin; but for these, which no list can approve: `null`, an empty value, and a repeated `Origin`.
    /// Signed policies are not looked at: they are for the request that follows.
    /// An unknown app allows nobody, and a preflight, which lacks headers of one's own, is one of an unknown app where a header names it; see [CORS](crate#cors).
    pub fn allow_origin(&self) -> AllowOrigin {
        let judge = self.judge.clone();
        AllowOrigin::predicate(move |origin, parts| is_allowed(&judge, origin, parts))
    }
}

fn is_allowed<G: Decide>(judge: &Judge<G>, origin: &HeaderValue, parts: &Parts) -> bool {
    // The CORS layer hands over the first, and sends it back.
    let is_only = parts.headers.get_all(ORIGIN).iter().count() == 1;
    let is_origin =
        !matches!(Origin::from_origin_header(origin.as_bytes()), Err(NoOrigin::Opaque | NoOrigin::Missing));
    is_only && is_origin && judge.decide(parts).lets_through()
}
