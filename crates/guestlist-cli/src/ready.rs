//! `guestlist ready`: asks a server on this machine whether it is ready. For health checks, also where there is no curl, such as in an image without a shell.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::time::Duration;

use guestlist_config::{Address, Server};

use crate::args::ReadyArgs;
use crate::failure::{Exit, Failure};
use crate::source;
use crate::text::show;

/// How long each step may take. Whoever asks has a time-out of his own as well.
const PATIENCE: Duration = Duration::from_secs(2);

/// More than any answer.
const LONGEST: u64 = 1 << 20;

pub(crate) fn run(args: &ReadyArgs, out: &mut dyn Write) -> Result<Exit, Failure> {
    let address = match (&args.admin, &args.config) {
        (Some(address), _) => address.clone(),
        (None, Some(path)) => source::read_config(path)?.1.server.admin,
        (None, None) => Server::default().admin,
    };
    match ask(&address) {
        Ok((200, body)) => {
            writeln!(out, "{body}")?;
            Ok(Exit::Success)
        }
        Ok((status, body)) => {
            writeln!(out, "not ready, {status}: {body}")?;
            Ok(Exit::Negative)
        }
        Err(error) => {
            writeln!(out, "not ready: {address}: {error}")?;
            Ok(Exit::Negative)
        }
    }
}

/// The status and body of `/readyz`.
fn ask(address: &Address) -> io::Result<(u16, String)> {
    let mut answer = Vec::new();
    match address {
        Address::Tcp(address) => {
            let stream = TcpStream::connect_timeout(&reachable(*address), PATIENCE)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            converse(stream, &mut answer)?;
        }
        #[cfg(unix)]
        Address::Unix(path) => {
            let stream = UnixStream::connect(path)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            converse(stream, &mut answer)?;
        }
        #[cfg(not(unix))]
        Address::Unix(_) => return Err(io::ErrorKind::Unsupported.into()),
    }
    read(&answer).ok_or_else(|| io::Error::other("the answer is none of HTTP"))
}

fn converse(mut stream: impl Read + Write, answer: &mut Vec<u8>) -> io::Result<()> {
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    stream.take(LONGEST).read_to_end(answer)?;
    Ok(())
}

/// A server that listens on every address of the machine is asked on loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// Status and body, in one line that is safe to print.
fn read(answer: &[u8]) -> Option<(u16, String)> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let line = answer.strip_prefix(b"HTTP/1.1 ")?.get(..3)?;
    let status = std::str::from_utf8(line).ok()?.parse().ok()?;
    Some((status, show(answer[end + 4..].trim_ascii())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_and_shown_without_its_control_characters() {
        let read = |text: &str| read(text.as_bytes());
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n{}\n";
        assert_eq!(read(answer), Some((200, "{}".to_owned())));
        assert_eq!(read("HTTP/1.1 503 x\r\n\r\n\u{1b}[2J"), Some((503, r"\u{1b}[2J".to_owned())));
        for broken in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 2", "HTTP/1.1 two\r\n\r\n", "220 smtp\r\n\r\n"] {
            assert_eq!(read(broken), None, "{broken}");
        }
    }

    #[test]
    fn whoever_listens_everywhere_is_asked_on_loopback() {
        for (address, asked) in [
            ("0.0.0.0:9080", "127.0.0.1:9080"),
            ("[::]:9080", "[::1]:9080"),
            ("127.0.0.1:9080", "127.0.0.1:9080"),
            ("10.1.2.3:9080", "10.1.2.3:9080"),
        ] {
            assert_eq!(reachable(address.parse().unwrap()), asked.parse().unwrap());
        }
    }
}
