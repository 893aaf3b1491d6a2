//! HAProxy's end of a connection, whatever it goes over.

use spop::{FrameType, StatusCode, TypedData};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::{answers, hello};

/// Says HELLO, and hears it.
pub(crate) async fn greet(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) {
    stream.write_all(&hello(16_380, None)).await.unwrap();
    assert!(matches!(answers(&next(stream).await)[..], [(FrameType::AgentHello, ..)]));
}

/// The next frame, with its length.
pub(crate) async fn next(stream: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let mut bytes = vec![0; 4];
    stream.read_exact(&mut bytes).await.unwrap();
    let length = u32::from_be_bytes(*bytes.first_chunk().unwrap()) as usize;
    bytes.resize(4 + length, 0);
    stream.read_exact(&mut bytes[4..]).await.unwrap();
    bytes
}

/// All that is said until the end.
pub(crate) async fn rest(stream: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    bytes
}

/// That the agent says nothing more but this, and closes.
pub(crate) async fn says_last(stream: &mut (impl AsyncRead + Unpin), status: StatusCode) {
    let bytes = rest(stream).await;
    let [(FrameType::AgentDisconnect, 0, 0, said)] = &answers(&bytes)[..] else { panic!("one DISCONNECT") };
    assert_eq!(said["status-code"], TypedData::UInt32(status.to_u32()));
}
