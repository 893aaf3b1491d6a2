//! [`Guestlist`]: a service behind a list.

use core::fmt;
use core::task::{Context, Poll};
use std::sync::Arc;

use guestlist_policy::Access;
use http::{Request, Response};
use tower_service::Service;

use crate::body::ResponseBody;
use crate::decide::Decide;
use crate::denial::UnknownApp;
use crate::future::ResponseFuture;
use crate::judge::{Judge, Verdict};

/// A service that sees only the requests that a list lets through; made by [`GuestlistLayer`](crate::GuestlistLayer).
///
/// What it does with a request:
///
/// 1. the key of the app is looked for, and the gate asked; an app that is not there is one whose lists approve nobody
/// 2. the decision lets through, and so does the policy where one is required → the service is called, with the [`Decision`](guestlist::Decision) in the request's extensions. A list in the mode `report` lets through what it would deny: [`Decision::denial`](guestlist::Decision::denial) says why
/// 3. else the request is dropped with its body unread, and `deny` makes the answer; the decision is in the answer's extensions, beside [`UnknownApp`] if it is one
/// 4. `Vary` is added to either answer. An error of the service is handed on
pub struct Guestlist<S, G, D = fn(Access) -> Response<String>> {
    inner: S,
    shared: Arc<Shared<G, D>>,
}

struct Shared<G, D> {
    judge: Judge<G>,
    deny: Arc<D>,
}

impl<S, G, D> Guestlist<S, G, D> {
    pub(crate) fn new(inner: S, judge: Judge<G>, deny: Arc<D>) -> Guestlist<S, G, D> {
        Guestlist { inner, shared: Arc::new(Shared { judge, deny }) }
    }

    /// The service behind.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The service behind.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The service behind, with nothing in front.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, G, D, B, RequestBody, DenialBody> Service<Request<RequestBody>> for Guestlist<S, G, D>
where
    S: Service<Request<RequestBody>, Response = Response<B>>,
    G: Decide,
    D: Fn(Access) -> Response<DenialBody>,
{
    type Response = Response<ResponseBody<B, DenialBody>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, DenialBody>;

    /// That of the service behind: what it sets aside for a request that is then denied serves the next one.
    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let Shared { judge, deny } = &*self.shared;
        let (mut parts, body) = request.into_parts();
        let Verdict { access, is_known } = judge.judge(&parts);
        let varies = judge.varies();
        let decision = access.decision();
        if access.lets_through() {
            parts.extensions.insert(decision);
            if judge.policies.is_some() {
                parts.extensions.insert(access);
            }
            let future = self.inner.call(Request::from_parts(parts, body));
            return ResponseFuture::inner(future, varies);
        }
        let mut response = deny(access);
        response.extensions_mut().insert(decision);
        if judge.policies.is_some() {
            response.extensions_mut().insert(access);
        }
        if !is_known {
            response.extensions_mut().insert(UnknownApp);
        }
        ResponseFuture::denied(response, varies)
    }
}

impl<S: Clone, G, D> Clone for Guestlist<S, G, D> {
    fn clone(&self) -> Guestlist<S, G, D> {
        Guestlist { inner: self.inner.clone(), shared: self.shared.clone() }
    }
}

impl<S: fmt::Debug, G, D> fmt::Debug for Guestlist<S, G, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Judge { list_type, app, .. } = &self.shared.judge;
        f.debug_struct("Guestlist")
            .field("inner", &self.inner)
            .field("list_type", list_type)
            .field("app", app)
            .finish_non_exhaustive()
    }
}
