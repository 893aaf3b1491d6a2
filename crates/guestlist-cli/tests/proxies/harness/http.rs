//! A client that sends exactly what it is told: repeated headers, any bytes, any target.

use std::fmt;
use std::io::{self, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use super::wire::{Head, Headers, read_body, read_head};

/// Where a server listens.
#[derive(Clone, Debug)]
pub(crate) enum Address {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

#[derive(Clone)]
pub(crate) struct Request {
    method: String,
    target: Vec<u8>,
    headers: Headers,
    body: Vec<u8>,
}

impl Request {
    pub(crate) fn new(method: &str, target: impl AsRef<[u8]>) -> Self {
        Self {
            method: method.to_owned(),
            target: target.as_ref().to_vec(),
            headers: Headers::default(),
            body: Vec::new(),
        }
    }

    pub(crate) fn get(target: impl AsRef<[u8]>) -> Self {
        Self::new("GET", target)
    }

    pub(crate) fn post(target: impl AsRef<[u8]>, body: impl Into<Vec<u8>>) -> Self {
        Self::new("POST", target).with_body(body)
    }

    pub(crate) fn with_body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// One more header line; earlier ones of the name stay.
    pub(crate) fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.0.push((name.as_bytes().to_vec(), value.as_ref().to_vec()));
        self
    }

    /// Whether a header is there once, with this value.
    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        self.headers.one(name) == Some(value)
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(1_024 + self.body.len());
        bytes.extend(
            [self.method.as_bytes(), b" ", &self.target, b" HTTP/1.1\r\nHost: localhost\r\n"].concat(),
        );
        for (name, value) in &self.headers.0 {
            bytes.extend([name, &b": "[..], value, b"\r\n"].concat());
        }
        if !self.body.is_empty() || self.method == "POST" || self.method == "PUT" {
            bytes.extend(format!("Content-Length: {}\r\n", self.body.len()).bytes());
        }
        bytes.extend(b"\r\n");
        bytes.extend(&self.body);
        bytes
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {:?}", self.method, self.target.escape_ascii(), self.headers)
    }
}

#[derive(Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = &self.body[..self.body.len().min(500)];
        write!(f, "{} {:?} {}", self.status, self.headers, body.escape_ascii())
    }
}

/// A connection that stays open between requests.
pub(crate) struct Connection {
    stream: BufReader<Box<dyn Stream>>,
}

impl Connection {
    pub(crate) fn open(address: &Address) -> io::Result<Self> {
        let stream: Box<dyn Stream> = match address {
            Address::Tcp(address) => {
                let stream = TcpStream::connect(address)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_write_timeout(Some(PATIENCE))?;
                stream.set_nodelay(true)?;
                Box::new(stream)
            }
            Address::Unix(path) => {
                let stream = UnixStream::connect(path)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_write_timeout(Some(PATIENCE))?;
                Box::new(stream)
            }
        };
        Ok(Self { stream: BufReader::new(stream) })
    }

    pub(crate) fn ask(&mut self, request: &Request) -> io::Result<Response> {
        // A server that refuses a request early may close before it has read all of it; what it said can still be read.
        let sent = self.stream.get_mut().write_all(&request.bytes());
        let answer = self.answer(request.method == "HEAD");
        match (sent, answer) {
            (Err(error), Err(_)) => Err(error),
            (_, answer) => answer,
        }
    }

    /// Sends these bytes; as many answers as come, up to a number.
    pub(crate) fn ask_raw(&mut self, bytes: &[u8], most: usize) -> Vec<Response> {
        // A server that refuses them may be gone already.
        self.stream.get_mut().write_all(bytes).ok();
        (0..most).map_while(|_| self.answer(false).ok()).collect()
    }

    fn answer(&mut self, head_only: bool) -> io::Result<Response> {
        loop {
            let head = read_head(&mut self.stream)?.ok_or(io::ErrorKind::UnexpectedEof)?;
            let status = status(&head).ok_or(io::ErrorKind::InvalidData)?;
            if status < 200 {
                continue;
            }
            let empty = head_only || status == 204 || status == 304;
            let body = if empty { Vec::new() } else { read_body(&head, &mut self.stream, true)? };
            return Ok(Response { status, headers: head.headers, body });
        }
    }
}

/// One request over a connection of its own.
pub(crate) fn send(address: &Address, request: &Request) -> io::Result<Response> {
    Connection::open(address)?.ask(&request.clone().with("Connection", "close"))
}

fn status(head: &Head) -> Option<u16> {
    let line = std::str::from_utf8(&head.start).ok()?;
    line.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()
}

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// Long beyond all that is waited for: who hangs fails a test instead of stopping it.
const PATIENCE: Duration = Duration::from_secs(30);
