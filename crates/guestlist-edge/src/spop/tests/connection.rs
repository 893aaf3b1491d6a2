use std::time::Duration;

use spop::{FrameType, StatusCode, TypedData};
use tokio::io::{AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::peer::{greet, next, rest, says_last};
use super::{allowed, answers, goodbye, hello};
use crate::spop::connection::{End, Times, serve};
use crate::testing;

const TIMES: Times = Times { frame: Duration::from_secs(10), idle: Duration::from_secs(75) };

/// An agent; HAProxy's end of the connection, and what drains it.
fn agent() -> (DuplexStream, JoinHandle<End>, oneshot::Sender<()>) {
    let (ours, theirs) = duplex(1024);
    let (drain, drained) = oneshot::channel();
    let agent = tokio::spawn(async move {
        let drain = async {
            // A sender that is gone drains nothing.
            if drained.await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        serve(theirs, &testing::checker(), TIMES, drain).await
    });
    (ours, agent, drain)
}

#[tokio::test(start_paused = true)]
async fn a_connection_from_hello_to_goodbye() {
    let (mut haproxy, agent, _drain) = agent();
    greet(&mut haproxy).await;
    for stream in 1..50 {
        haproxy.write_all(&allowed(stream)).await.unwrap();
        let [(FrameType::Ack, acknowledged, 1, said)] = &answers(&next(&mut haproxy).await)[..] else {
            panic!("an ACK")
        };
        assert_eq!((*acknowledged, &said["allow"]), (stream, &TypedData::Bool(true)));
    }
    haproxy.write_all(&goodbye()).await.unwrap();
    says_last(&mut haproxy, StatusCode::None).await;
    drop(haproxy);
    assert_eq!(agent.await.unwrap(), End::Closed);
}

#[tokio::test(start_paused = true)]
async fn hello_has_the_time_of_a_frame() {
    let (mut haproxy, agent, _drain) = agent();
    let start = Instant::now();
    // Bytes that come do not make it longer.
    haproxy.write_all(&hello(16_380, None)[..20]).await.unwrap();
    tokio::time::sleep(Duration::from_secs(6)).await;
    haproxy.write_all(&hello(16_380, None)[20..30]).await.unwrap();
    says_last(&mut haproxy, StatusCode::Timeout).await;
    assert_eq!(start.elapsed().as_secs(), 10);
    drop(haproxy);
    assert_eq!(agent.await.unwrap(), End::FrameTimeout);
}

#[tokio::test(start_paused = true)]
async fn a_frame_has_its_time_and_silence_has_another() {
    let (mut haproxy, agent, _drain) = agent();
    greet(&mut haproxy).await;
    // Longer than a frame may take, shorter than silence may.
    tokio::time::sleep(Duration::from_secs(60)).await;
    haproxy.write_all(&allowed(1)).await.unwrap();
    next(&mut haproxy).await;
    let start = Instant::now();
    haproxy.write_all(&allowed(2)[..7]).await.unwrap();
    says_last(&mut haproxy, StatusCode::Timeout).await;
    assert_eq!(start.elapsed().as_secs(), 10);
    drop(haproxy);
    assert_eq!(agent.await.unwrap(), End::FrameTimeout);
}

#[tokio::test(start_paused = true)]
async fn silence_ends_a_connection() {
    let (mut haproxy, agent, _drain) = agent();
    greet(&mut haproxy).await;
    let start = Instant::now();
    says_last(&mut haproxy, StatusCode::Timeout).await;
    assert_eq!(start.elapsed().as_secs(), 75);
    drop(haproxy);
    assert_eq!(agent.await.unwrap(), End::IdleTimeout);
}

/// Who sends and never reads does not hold the connection for ever.
#[tokio::test(start_paused = true)]
async fn answers_that_nobody_reads_end_the_connection() {
    let (mut haproxy, agent, _drain) = agent();
    haproxy.write_all(&hello(16_380, None)).await.unwrap();
    let frames = (1..500).flat_map(allowed).collect::<Vec<_>>();
    // The agent stops reading, so that this does not come to its end either.
    assert!(haproxy.write_all(&frames).await.is_err());
    assert_eq!(agent.await.unwrap(), End::FrameTimeout);
}

#[tokio::test(start_paused = true)]
async fn a_drained_connection_answers_what_has_come() {
    let (mut haproxy, agent, drain) = agent();
    greet(&mut haproxy).await;
    haproxy.write_all(&allowed(1)).await.unwrap();
    // Both have happened before the agent looks.
    drain.send(()).unwrap();
    let bytes = rest(&mut haproxy).await;
    let [(FrameType::Ack, 1, 1, _), (FrameType::AgentDisconnect, 0, 0, said)] = &answers(&bytes)[..] else {
        panic!("an ACK, and a DISCONNECT")
    };
    assert_eq!(said["status-code"], TypedData::UInt32(StatusCode::None.to_u32()));
    drop(haproxy);
    assert_eq!(agent.await.unwrap(), End::Drained);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_stays_does_not_hold_up_the_end() {
    let (mut haproxy, agent, drain) = agent();
    greet(&mut haproxy).await;
    drain.send(()).unwrap();
    says_last(&mut haproxy, StatusCode::None).await;
    assert_eq!(agent.await.unwrap(), End::Drained);
    // `haproxy` is open still.
    drop(haproxy);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_goes_in_the_middle_of_a_frame() {
    let (mut haproxy, agent, _drain) = agent();
    greet(&mut haproxy).await;
    haproxy.write_all(&allowed(1)[..9]).await.unwrap();
    drop(haproxy);
    assert_eq!(agent.await.unwrap(), End::Closed);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_spop_is_told_so_and_closed() {
    let (mut haproxy, agent, _drain) = agent();
    haproxy.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    says_last(&mut haproxy, StatusCode::TooBig).await;
    drop(haproxy);
    assert_eq!(agent.await.unwrap(), End::Closed);
}
