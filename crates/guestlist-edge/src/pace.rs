//! How a connection gets on: whether it owes the rest of a request's head, and since when.
//!
//! The HTTP library has one time-out for slow heads and for idle connections. They are not alike: a proxy keeps idle connections for a minute, and nobody honest takes ten seconds to send a head.
//! And it would have a timer for every request; this is one for a connection, which looks now and then.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::metrics::TimedOut;

/// What is known of a connection; shared by its stream, its service and its timer, which are all of one task.
#[derive(Debug)]
pub(crate) struct Pace {
    start: Instant,
    /// Since when a head is being read, in milliseconds from the start and one; 0 for not.
    head: AtomicU64,
    /// When the last request came, in milliseconds from the start.
    request: AtomicU64,
    /// The last four bytes that came: the end of a head, or something behind it. As at the end of a head where nobody tells of bytes.
    last: AtomicU32,
    /// Whether a request is being answered whose body comes meanwhile: its time is for whoever answers it to bound.
    is_answering: AtomicBool,
}

/// A request is being answered, until this is dropped.
pub(crate) struct Answering(Arc<Pace>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.is_answering.store(false, Relaxed);
        self.0.head.store(0, Relaxed);
        self.0.request.store(self.0.now(), Relaxed);
    }
}

impl Pace {
    /// A connection that was accepted just now, and owes a request.
    pub(crate) fn new() -> Pace {
        Pace {
            start: Instant::now(),
            head: AtomicU64::new(1),
            request: AtomicU64::new(0),
            last: AtomicU32::new(u32::from_be_bytes(*b"\r\n\r\n")),
            is_answering: AtomicBool::new(false),
        }
    }

    /// The request that came last is being answered, by somebody who bounds its time: what comes is its body, and no head.
    pub(crate) fn answering(self: Arc<Pace>) -> Answering {
        self.head.store(0, Relaxed);
        self.is_answering.store(true, Relaxed);
        Answering(self)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX - 1)
    }

    /// Bytes have come.
    fn read(&self, bytes: &[u8]) {
        if self.head.load(Relaxed) == 0 && !self.is_answering.load(Relaxed) {
            self.head.store(self.now() + 1, Relaxed);
        }
        self.end_with(bytes);
    }

    fn end_with(&self, bytes: &[u8]) {
        let last = bytes.last_chunk().map(|last| u32::from_be_bytes(*last));
        let shifted =
            || bytes.iter().fold(self.last.load(Relaxed), |last, byte| last << 8 | u32::from(*byte));
        self.last.store(last.unwrap_or_else(shifted), Relaxed);
    }

    /// Whether an empty line came last: then no other head has begun behind the one that it ends.
    fn is_at_end_of_head(&self) -> bool {
        let last = self.last.load(Relaxed).to_be_bytes();
        last.ends_with(b"\n\r\n") || last.ends_with(b"\n\n")
    }

    /// A request is there, with all of its head.
    #[inline]
    pub(crate) fn requested(&self, has_no_body: bool) {
        // What came with a body may be of it, or of a head behind it: it counts as a body, and the next that comes as the head.
        if has_no_body && !self.is_at_end_of_head() {
            // The first bytes of the next request are here.
            let now = self.now();
            self.head.store(now + 1, Relaxed);
            self.request.store(now, Relaxed);
            return;
        }
        // Its first byte is near enough to now, and saves a look at the clock.
        let head = self.head.swap(0, Relaxed);
        self.request.store(if head > 1 { head - 1 } else { self.now() }, Relaxed);
    }

    /// Whether it has waited too long for something; otherwise in how long to look again, which may be too early but never too late.
    pub(crate) fn look(
        &self,
        header_timeout: Duration,
        idle_timeout: Duration,
    ) -> Result<Duration, TimedOut> {
        if self.is_answering.load(Relaxed) {
            return Ok(header_timeout);
        }
        let now = self.now();
        let left = |since: u64, timeout: Duration| {
            timeout
                .checked_sub(Duration::from_millis(now.saturating_sub(since)))
                .filter(|left| !left.is_zero())
        };
        match self.head.load(Relaxed) {
            head if head > 0 => left(head - 1, header_timeout).ok_or(TimedOut::Header),
            // A head may begin as soon as we look away.
            _ => left(self.request.load(Relaxed), idle_timeout)
                .map(|left| left.min(header_timeout))
                .ok_or(TimedOut::Idle),
        }
    }
}

pin_project! {
    /// A stream that tells its [`Pace`] of what it reads, and gives back first what was read ahead.
    pub(crate) struct Paced<S> {
        #[pin]
        stream: S,
        pace: Option<Arc<Pace>>,
        ahead: Ahead,
    }
}

/// Bytes that were read to see what is spoken.
pub(crate) struct Ahead {
    bytes: [u8; PREFACE.len()],
    from: usize,
    to: usize,
}

/// What an HTTP/2 connection begins with (RFC 9113, section 3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// What a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spoken {
    Http1,
    Http2,
}

impl Ahead {
    /// Reads until it is clear what is spoken: a byte as a rule. `None` if nothing comes at all.
    pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<(Spoken, Ahead)>> {
        use tokio::io::AsyncReadExt;
        let mut ahead = Ahead { bytes: [0; PREFACE.len()], from: 0, to: 0 };
        loop {
            let read = stream.read(&mut ahead.bytes[ahead.to..]).await?;
            ahead.to += read;
            let so_far = &ahead.bytes[..ahead.to];
            if so_far.is_empty() {
                return Ok(None);
            }
            if !PREFACE.starts_with(so_far) {
                return Ok(Some((Spoken::Http1, ahead)));
            }
            if ahead.to == PREFACE.len() {
                return Ok(Some((Spoken::Http2, ahead)));
            }
            if read == 0 {
                // Part of a preface and no more; as a request it is refused.
                return Ok(Some((Spoken::Http1, ahead)));
            }
        }
    }
}

impl<S> Paced<S> {
    /// With a pace, it is told of what is read.
    pub(crate) fn new(stream: S, ahead: Ahead, pace: Option<Arc<Pace>>) -> Paced<S> {
        Paced { stream, pace, ahead }
    }
}

impl<S: AsyncRead> AsyncRead for Paced<S> {
    #[inline]
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        let ahead = &this.ahead.bytes[this.ahead.from..this.ahead.to];
        if !ahead.is_empty() {
            let taken = ahead.len().min(buf.remaining());
            buf.put_slice(&ahead[..taken]);
            if let Some(pace) = this.pace {
                pace.end_with(&ahead[..taken]);
            }
            this.ahead.from += taken;
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        let polled = this.stream.poll_read(cx, buf);
        let came = &buf.filled()[before..];
        if !came.is_empty()
            && let Some(pace) = this.pace
        {
            pace.read(came);
        }
        polled
    }
}

impl<S: AsyncWrite> AsyncWrite for Paced<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.project().stream.poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().stream.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().stream.poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.project().stream.poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
