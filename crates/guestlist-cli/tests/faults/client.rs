//! A client that sends what it is told, byte by byte, and reads answers strictly.

use std::fmt::Debug;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;

use crate::FOR_EVER;

/// An answer of HTTP/1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The only value of a header.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(known, _)| known == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert_eq!(values.next(), None, "`{name}` twice: {self:?}");
        value
    }
}

/// What a connection is made of.
trait Stream: Read + Write + Send + Debug {
    fn half_close(&self) -> io::Result<()>;
}

impl Stream for TcpStream {
    fn half_close(&self) -> io::Result<()> {
        self.shutdown(Shutdown::Write)
    }
}

impl Stream for UnixStream {
    fn half_close(&self) -> io::Result<()> {
        self.shutdown(Shutdown::Write)
    }
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Client {
    stream: Box<dyn Stream>,
    /// Read, and not yet taken: from `taken` on.
    read: Vec<u8>,
    taken: usize,
}

impl Client {
    pub(crate) fn tcp(address: SocketAddr) -> io::Result<Client> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(FOR_EVER))?;
        stream.set_write_timeout(Some(FOR_EVER))?;
        Ok(Client { stream: Box::new(stream), read: Vec::new(), taken: 0 })
    }

    pub(crate) fn unix(path: &Path) -> io::Result<Client> {
        let stream = UnixStream::connect(path)?;
        stream.set_read_timeout(Some(FOR_EVER))?;
        stream.set_write_timeout(Some(FOR_EVER))?;
        Ok(Client { stream: Box::new(stream), read: Vec::new(), taken: 0 })
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Nothing more will be sent.
    pub(crate) fn half_close(&self) -> io::Result<()> {
        self.stream.half_close()
    }

    /// The next answer. The connection's end in front of it is `UnexpectedEof`; a server that says nothing is no error but a failed test.
    pub(crate) fn answer(&mut self) -> io::Result<Answer> {
        let head = loop {
            let unread = &self.read[self.taken..];
            if let Some(end) = unread.windows(4).position(|four| four == b"\r\n\r\n") {
                break String::from_utf8(unread[..end].to_vec()).expect("heads of answers are text");
            }
            self.more()?;
        };
        self.taken += head.len() + 4;
        let mut lines = head.split("\r\n");
        let status =
            lines.next().and_then(|line| line.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no status line: {head}"));
        let headers: Vec<(String, String)> = lines
            .map(|line| line.split_once(':').unwrap_or_else(|| panic!("no header: {line}")))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let mut answer = Answer { status, headers, body: Vec::new() };
        assert_eq!(answer.header("transfer-encoding"), None, "every body here has a length");
        let length = answer.header("content-length").map_or(0, |length| length.parse().expect("a number"));
        while self.read.len() - self.taken < length {
            self.more()?;
        }
        answer.body = self.read[self.taken..self.taken + length].to_vec();
        self.taken += length;
        Ok(answer)
    }

    /// All answers until the server closes the connection; one that is not whole does not count.
    pub(crate) fn answers(&mut self) -> Vec<Answer> {
        std::iter::from_fn(|| self.answer().ok()).collect()
    }

    /// Everything until the server closes the connection.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        while self.more().is_ok() {}
        self.read.split_off(self.taken)
    }

    pub(crate) fn ask(&mut self, request: &str) -> io::Result<Answer> {
        self.send(request.as_bytes())?;
        self.answer()
    }

    fn more(&mut self) -> io::Result<()> {
        if self.taken == self.read.len() {
            self.read.clear();
            self.taken = 0;
        }
        let mut buffer = [0; 16 * 1024];
        match self.stream.read(&mut buffer) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                self.read.extend_from_slice(&buffer[..count]);
                Ok(())
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                panic!("the server says nothing and does not close the connection: it hangs")
            }
            Err(error) => Err(error),
        }
    }
}

/// A request of the check endpoint.
pub(crate) fn check(list: &str, app: &str, headers: &str) -> String {
    format!("GET /check/{list}/{app} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n")
}

/// One that the configuration `server::APPS` lets in.
pub(crate) fn allowed() -> String {
    check("upload", "one", "Origin: https://shop.example.com\r\n")
}

/// One that it does not.
pub(crate) fn denied() -> String {
    check("upload", "one", "Origin: https://shop.example.org\r\n")
}

/// Asks an allowed and a denied one, and holds the answers against what they must be.
#[track_caller]
pub(crate) fn ask_both(client: &mut Client) {
    let answer = client.ask(&allowed()).unwrap();
    assert_eq!((answer.status, answer.header("x-guestlist-rule")), (204, Some("1")), "{answer:?}");
    let answer = client.ask(&denied()).unwrap();
    assert_eq!((answer.status, answer.header("x-guestlist-reason")), (403, Some("no-match")), "{answer:?}");
}
