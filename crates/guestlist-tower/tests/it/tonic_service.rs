//! A tonic service behind the layer, asked over a socket by a tonic client.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::task::{Context, Poll};

use bytes::{Buf, BufMut};
use guestlist::Decision;
use guestlist_policy::Access;
use guestlist_tower::GuestlistLayer;
use http::uri::PathAndQuery;
use http::{Request, Response};
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic::{Code, Status};

use crate::gate_of;

/// Messages that are text.
#[derive(Default)]
struct Text;

impl Codec for Text {
    type Encode = String;
    type Decode = String;
    type Encoder = Text;
    type Decoder = Text;

    fn encoder(&mut self) -> Text {
        Text
    }

    fn decoder(&mut self) -> Text {
        Text
    }
}

impl Encoder for Text {
    type Item = String;
    type Error = Status;

    fn encode(&mut self, item: String, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item.as_bytes());
        Ok(())
    }
}

impl Decoder for Text {
    type Item = String;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<String>, Status> {
        let bytes = buffer.copy_to_bytes(buffer.remaining()).to_vec();
        String::from_utf8(bytes).map(Some).map_err(|error| Status::invalid_argument(error.to_string()))
    }
}

/// Answers with the question and what was decided.
#[derive(Clone, Copy)]
struct Echo;

impl UnaryService<String> for Echo {
    type Response = String;
    type Future = Ready<Result<tonic::Response<String>, Status>>;

    fn call(&mut self, request: tonic::Request<String>) -> Self::Future {
        let decision = request.extensions().get::<Decision>().map(ToString::to_string);
        ready(Ok(tonic::Response::new(format!("{}: {}", request.get_ref(), decision.unwrap_or_default()))))
    }
}

impl NamedService for Echo {
    const NAME: &'static str = "test.Echo";
}

impl tower::Service<Request<Body>> for Echo {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(async move { Ok(Grpc::new(Text).unary(Echo, request).await) })
    }
}

async fn listen() -> (SocketAddr, TcpIncoming) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    (listener.local_addr().unwrap(), TcpIncoming::from(listener))
}

/// Asks with these origins.
async fn ask(address: SocketAddr, origins: &[&str]) -> Result<String, Status> {
    let channel = Channel::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap();
    let mut request = tonic::Request::new("question".to_string());
    for origin in origins {
        request.metadata_mut().append("origin", origin.parse().unwrap());
    }
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.unwrap();
    let path = PathAndQuery::from_static("/test.Echo/Ask");
    client.unary(request, path, Text).await.map(tonic::Response::into_inner)
}

const GUEST: &str = "https://guest.example";

#[tokio::test]
async fn a_tonic_service_is_called_only_by_guests() {
    let (address, incoming) = listen().await;
    let layer = GuestlistLayer::new(gate_of(&["guest.example"]))
        .deny(|access: Access| Status::permission_denied(access.to_string()).into_http::<Body>());
    tokio::spawn(Server::builder().layer(layer).add_service(Echo).serve_with_incoming(incoming));

    let answer = ask(address, &[GUEST]).await.unwrap();
    assert_eq!(answer, "question: allowed: rule 1 of the upload list matches the Origin header");
    for (origins, message) in [
        (&["https://evil.example"][..], "denied: no rule of the upload list matches the Origin header"),
        (&[], "denied: no Origin header, and the upload list blocks such requests"),
        (&[GUEST, GUEST], "denied: the Origin header is malformed: the header was sent more than once"),
        (
            &["https://evil.example", GUEST],
            "denied: the Origin header is malformed: the header was sent more than once",
        ),
    ] {
        let status = ask(address, origins).await.unwrap_err();
        assert_eq!((status.code(), status.message()), (Code::PermissionDenied, message));
    }
}

/// It is no gRPC, but it fits, and nobody takes it for an answer.
#[tokio::test]
async fn the_default_denial_is_an_error_for_a_tonic_client() {
    let (address, incoming) = listen().await;
    let layer = GuestlistLayer::new(gate_of(&["guest.example"]));
    tokio::spawn(Server::builder().layer(layer).add_service(Echo).serve_with_incoming(incoming));

    assert!(ask(address, &[GUEST]).await.is_ok());
    assert!(ask(address, &["https://evil.example"]).await.is_err());
}
