//! [`ResponseBody`]: the body of an answer, of the service or of a denial.

use core::pin::Pin;
use core::task::{Context, Poll};

use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

pin_project! {
    /// The body of an answer: that of the service behind, or of the denial.
    ///
    /// Errors are boxed, because the two may have different ones; nothing else is.
    #[derive(Debug)]
    pub struct ResponseBody<B, D> {
        #[pin]
        kind: Kind<B, D>,
    }
}

pin_project! {
    #[derive(Debug)]
    #[project = KindProjection]
    enum Kind<B, D> {
        Inner { #[pin] body: B },
        Denied { #[pin] body: D },
    }
}

impl<B, D> ResponseBody<B, D> {
    pub(crate) fn inner(body: B) -> ResponseBody<B, D> {
        ResponseBody { kind: Kind::Inner { body } }
    }

    pub(crate) fn denied(body: D) -> ResponseBody<B, D> {
        ResponseBody { kind: Kind::Denied { body } }
    }
}

/// That of the service behind; layers that answer by themselves, such as the CORS layer of tower-http, ask for one.
impl<B: Default, D> Default for ResponseBody<B, D> {
    fn default() -> ResponseBody<B, D> {
        ResponseBody::inner(B::default())
    }
}

impl<B, D> Body for ResponseBody<B, D>
where
    B: Body,
    B::Error: Into<BoxError>,
    D: Body<Data = B::Data>,
    D::Error: Into<BoxError>,
{
    type Data = B::Data;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, BoxError>>> {
        match self.project().kind.project() {
            KindProjection::Inner { body } => {
                body.poll_frame(context).map(|frame| frame.map(|frame| frame.map_err(Into::into)))
            }
            KindProjection::Denied { body } => {
                body.poll_frame(context).map(|frame| frame.map(|frame| frame.map_err(Into::into)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Inner { body } => body.is_end_stream(),
            Kind::Denied { body } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Inner { body } => body.size_hint(),
            Kind::Denied { body } => body.size_hint(),
        }
    }
}
