//! [`ResponseFuture`]: the answer, when it is there.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use http::Response;
use pin_project_lite::pin_project;

use crate::body::ResponseBody;
use crate::vary::{self, Varies};

pin_project! {
    /// The future of [`Guestlist`](crate::Guestlist).
    pub struct ResponseFuture<F, D> {
        #[pin]
        kind: Kind<F, D>,
        varies: Varies,
    }
}

pin_project! {
    #[project = KindProjection]
    enum Kind<F, D> {
        Inner { #[pin] future: F },
        Denied { response: Option<Response<D>> },
    }
}

impl<F, D> ResponseFuture<F, D> {
    pub(crate) fn inner(future: F, varies: Varies) -> ResponseFuture<F, D> {
        ResponseFuture { kind: Kind::Inner { future }, varies }
    }

    pub(crate) fn denied(response: Response<D>, varies: Varies) -> ResponseFuture<F, D> {
        ResponseFuture { kind: Kind::Denied { response: Some(response) }, varies }
    }
}

impl<F, B, D, E> Future for ResponseFuture<F, D>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<ResponseBody<B, D>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = match this.kind.project() {
            KindProjection::Inner { future } => ready!(future.poll(context))?.map(ResponseBody::inner),
            // Only who polls a future that is done sees this, as with every future.
            KindProjection::Denied { response } => {
                response.take().expect("polled after it was done").map(ResponseBody::denied)
            }
        };
        vary::add(response.headers_mut(), *this.varies);
        Poll::Ready(Ok(response))
    }
}

impl<F, D> fmt::Debug for ResponseFuture<F, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_denied = matches!(self.kind, Kind::Denied { .. });
        f.debug_struct("ResponseFuture").field("is_denied", &is_denied).finish_non_exhaustive()
    }
}
