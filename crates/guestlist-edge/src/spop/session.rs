//! What is said on one connection, without the connection: bytes of HAProxy → bytes for HAProxy.
//!
//! HELLO comes first and once, then NOTIFY frames, as many at a time as HAProxy likes; each is answered with an ACK, in
//! their order. What is not so ends the connection with a DISCONNECT that says why.

use bytes::{Buf, BytesMut};
use spop::frames::{AgentDisconnect, AgentHello, FrameCapabilities, HaproxyHello};
use spop::parser::parse_frame_with_limit;
use spop::{FrameType, SpopFrame, StatusCode};

use super::answer::acknowledge;
use super::ask;
use super::wire::{Frame, first_frame};
use crate::check::{Checker, Verdict};

/// The longest frame that is read. HAProxy's own default is 16,380 bytes, its `tune.bufsize` without four.
pub(super) const MAX_FRAME_SIZE: u32 = 64 * 1024;

/// The message that is answered; others are acknowledged and no more.
const MESSAGE: &[u8] = b"guestlist-check";

/// What is to be done when everything read so far has been answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Read more.
    Read,
    /// Close the connection.
    Close,
}

/// One connection's state.
pub(super) struct Session<'c> {
    checker: &'c Checker,
    /// The longest frame of both sides, as agreed in the HELLO frames.
    agreed: Option<u32>,
    /// Where a request's path and query are put together; kept for its memory.
    target: Vec<u8>,
}

impl<'c> Session<'c> {
    pub(super) fn new(checker: &'c Checker) -> Self {
        Self { checker, agreed: None, target: Vec::new() }
    }

    /// Whether HELLO has been said.
    pub(super) fn is_open(&self) -> bool {
        self.agreed.is_some()
    }

    /// Takes all whole frames from `input`, and appends their answers to `output`.
    ///
    /// What is left in `input` is shorter than a frame may be, so that reading into it is bounded.
    pub(super) fn answer(&mut self, input: &mut BytesMut, output: &mut Vec<u8>) -> Next {
        loop {
            let next = match first_frame(input, self.agreed.unwrap_or(MAX_FRAME_SIZE)) {
                Ok(None) => return Next::Read,
                Ok(Some(length)) => {
                    let next = self.frame(&input[..length], output);
                    input.advance(length);
                    next
                }
                Err(status) => Err(status),
            };
            match next {
                Ok(Next::Read) => {}
                Ok(Next::Close) => return Next::Close,
                Err(status) => {
                    disconnect(output, status);
                    return Next::Close;
                }
            }
        }
    }

    fn frame(&mut self, bytes: &[u8], output: &mut Vec<u8>) -> Result<Next, StatusCode> {
        let frame = Frame::read(bytes)?;
        match frame.kind {
            FrameType::HaproxyHello if !self.is_open() => self.hello(bytes, output),
            FrameType::Notify if self.is_open() => {
                let verdict = self.notify(&frame)?;
                acknowledge(output, &frame, verdict);
                Ok(Next::Read)
            }
            FrameType::HaproxyDisconnect => {
                disconnect(output, StatusCode::None);
                Ok(Next::Close)
            }
            _ => Err(StatusCode::Invalid),
        }
    }

    fn hello(&mut self, bytes: &[u8], output: &mut Vec<u8>) -> Result<Next, StatusCode> {
        let (_, frame) = parse_frame_with_limit(bytes, MAX_FRAME_SIZE).map_err(|_| StatusCode::Invalid)?;
        let hello = HaproxyHello::try_from(frame.payload()).map_err(|_| StatusCode::Invalid)?;
        let version = hello.negotiate_version().ok_or(StatusCode::BadVersion)?;
        let max_frame_size = hello.negotiate_max_frame_size(MAX_FRAME_SIZE)?;
        self.agreed = Some(max_frame_size);
        write(
            output,
            &AgentHello { version, max_frame_size, capabilities: vec![FrameCapabilities::Pipelining] },
        );
        // A health check ends with HELLO.
        Ok(if hello.healthcheck == Some(true) { Next::Close } else { Next::Read })
    }

    /// Decides on what a NOTIFY frame asks about. Asked more than once in a frame, HAProxy has one set of variables for
    /// all answers: a denial stands.
    fn notify(&mut self, frame: &Frame<'_>) -> Result<Option<Verdict>, StatusCode> {
        let mut verdict: Option<Verdict> = None;
        let mut messages = frame.messages();
        while let Some(message) = messages.next()? {
            if message.name == MESSAGE && verdict.is_none_or(|verdict| verdict.lets_through()) {
                verdict = Some(ask::decide(self.checker, message.arguments, &mut self.target));
            }
        }
        Ok(verdict)
    }
}

/// Says that this side closes the connection, and why.
pub(super) fn disconnect(output: &mut Vec<u8>, status: StatusCode) {
    write(output, &AgentDisconnect { status_code: status.to_u32(), message: status.message().to_owned() });
}

fn write(output: &mut Vec<u8>, frame: &impl SpopFrame) {
    // Fails for lists of messages alone, which an agent never sends, and has then written nothing that is whole:
    // HAProxy sees a frame without its end and closes.
    let _ = frame.serialize_into(output);
}
