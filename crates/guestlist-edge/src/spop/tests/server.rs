//! The agent in a whole server.

use spop::{FrameType, StatusCode, TypedData};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::peer::{greet, next, says_last};
use super::{allowed, answers, hello};
use crate::testing::Server;

/// A connection on which HELLO has been said.
async fn open(server: &Server) -> TcpStream {
    let mut haproxy = TcpStream::connect(server.spop()).await.unwrap();
    greet(&mut haproxy).await;
    haproxy
}

#[tokio::test]
async fn a_server_answers_and_ends() {
    let server = Server::start("").await;
    let mut haproxy = open(&server).await;
    haproxy.write_all(&allowed(1)).await.unwrap();
    let [(FrameType::Ack, 1, 1, said)] = &answers(&next(&mut haproxy).await)[..] else { panic!("an ACK") };
    assert_eq!(said["allow"], TypedData::Bool(true));
    let ending = server.begin_to_end();
    says_last(&mut haproxy, StatusCode::None).await;
    drop(haproxy);
    ending.await.unwrap();
}

/// One that holds on to its connection is left behind.
#[tokio::test]
async fn a_server_ends_though_a_peer_stays() {
    let server = Server::start("[server.limits]\ndrain = \"50ms\"").await;
    let haproxy = open(&server).await;
    server.end().await;
    drop(haproxy);
}

#[tokio::test]
async fn one_connection_too_many_is_told_so() {
    let server = Server::start("[server.limits]\nconnections = 1").await;
    let first = open(&server).await;
    let mut second = TcpStream::connect(server.spop()).await.unwrap();
    says_last(&mut second, StatusCode::Resource).await;
    drop(second);
    // Its place is free when the server has seen that it is gone.
    drop(first);
    loop {
        let mut third = TcpStream::connect(server.spop()).await.unwrap();
        // One that is refused may be gone while this is written.
        if third.write_all(&hello(16_380, None)).await.is_ok() {
            let mut kind = [0; 5];
            if third.read_exact(&mut kind).await.is_ok() && kind[4] == FrameType::AgentHello.to_u8() {
                break;
            }
        }
    }
    server.end().await;
}
