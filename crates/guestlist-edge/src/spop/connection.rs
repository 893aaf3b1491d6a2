//! A connection of HAProxy: reading, writing, and its ends.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use bytes::BytesMut;
use spop::StatusCode;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout, timeout_at};

use super::session::{Next, Session, disconnect};
use crate::check::Checker;

/// What is read at a time, at least: some dozen requests of ordinary length.
const READ: usize = 8 * 1024;

/// How long a peer may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    /// For a frame, from its first byte to its last; for HELLO, from the connection's start; and for reading an answer.
    pub(crate) frame: Duration,
    /// Between frames.
    pub(crate) idle: Duration,
}

/// Why a connection has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// HAProxy has closed it, or it broke, or something was said on it that is not SPOP.
    Closed,
    /// A frame, or the reading of an answer, took too long.
    FrameTimeout,
    /// Nothing was asked for too long.
    IdleTimeout,
    /// The server is being shut down.
    Drained,
}

/// Answers on `stream` until it ends, or until `drain` does: then what has arrived is answered, and HAProxy is told to ask
/// elsewhere.
pub(crate) async fn serve<S>(
    mut stream: S,
    checker: &Checker,
    times: Times,
    drain: impl Future<Output = ()>,
) -> End
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut session = Session::new(checker);
    let mut drain = pin!(drain);
    let mut input = BytesMut::new();
    let mut output = Vec::new();
    // When the frame whose first bytes are in `input` began, or the connection, before HELLO.
    let mut began = Some(Instant::now());
    loop {
        let (deadline, late) = match began {
            Some(began) => (began + times.frame, End::FrameTimeout),
            None => (Instant::now() + times.idle, End::IdleTimeout),
        };
        input.reserve(READ);
        let read = tokio::select! {
            biased;
            () = &mut drain => {
                // What is there already is answered still.
                let _ = timeout(Duration::ZERO, stream.read_buf(&mut input)).await;
                if session.answer(&mut input, &mut output) == Next::Read {
                    disconnect(&mut output, StatusCode::None);
                }
                say_last(stream, &output, times.frame).await;
                return End::Drained;
            }
            read = timeout_at(deadline, stream.read_buf(&mut input)) => read,
        };
        match read {
            Ok(Ok(1..)) => {}
            Ok(Ok(0) | Err(_)) => return End::Closed,
            Err(_) => {
                disconnect(&mut output, StatusCode::Timeout);
                say_last(stream, &output, times.frame).await;
                return late;
            }
        }
        let before = input.len();
        let next = session.answer(&mut input, &mut output);
        if next == Next::Close {
            say_last(stream, &output, times.frame).await;
            return End::Closed;
        }
        if !output.is_empty() {
            match timeout(times.frame, stream.write_all(&output)).await {
                Ok(Ok(())) => output.clear(),
                Ok(Err(_)) => return End::Closed,
                Err(_) => return End::FrameTimeout,
            }
        }
        if session.is_open() {
            began = match began {
                _ if input.is_empty() => None,
                // Still the same frame.
                Some(began) if input.len() == before => Some(began),
                _ => Some(Instant::now()),
            };
        }
    }
}

/// Writes what is left to say, and waits until HAProxy has closed its side: closing first, with bytes of HAProxy still
/// unread, would throw away what has just been written.
async fn say_last<S>(mut stream: S, output: &[u8], longest: Duration)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let _ = timeout(longest, async {
        stream.write_all(output).await?;
        stream.shutdown().await?;
        let mut rest = [0; 1024];
        while stream.read(&mut rest).await? > 0 {}
        Ok::<_, std::io::Error>(())
    })
    .await;
}
