//! `guestlist serve`, as a process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::{root, run};

/// A server that is ended with the test.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn serve(arguments: &[&str]) -> (Serving, BufReader<std::process::ChildStdout>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_guestlist"))
        .args(["serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"])
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    (Serving(child), out)
}

/// Does what a line with `curl` says; the status of the answer.
fn curl(line: &str) -> u16 {
    let mut quoted = line.split('\'').skip(1).step_by(2);
    let url = quoted.next().unwrap().strip_prefix("http://").unwrap();
    let (address, path) = url.split_at(url.find('/').unwrap());
    let headers: String = quoted.map(|header| format!("{header}\r\n")).collect();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn what_it_says_to_try_works() {
    let (serving, mut out) = serve(&["--console", "127.0.0.1:0"]);
    let mut greeting = String::new();
    while !greeting.contains("Ctrl-C") {
        assert!(out.read_line(&mut greeting).unwrap() > 0, "{greeting}");
    }
    let statuses: Vec<u16> = greeting.lines().filter(|line| line.starts_with("  curl ")).map(curl).collect();
    assert_eq!(statuses, [204, 204, 403, 403, 200], "{greeting}");
    for page in greeting.lines().last().unwrap().split_whitespace().filter(|word| word.contains('/')) {
        let page = root().join(page.trim_end_matches('.'));
        assert!(page.exists(), "{}", page.display());
    }
    drop(serving);
}

#[test]
fn programs_are_told_where_it_listens() {
    let apps = root().join("testdata/apps.toml");
    let (mut serving, mut out) =
        serve(&["-c", apps.to_str().unwrap(), "--format", "json", "--spop", "127.0.0.1:0"]);
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let addresses: serde_json::Value = serde_json::from_str(&line).unwrap();
    let check = addresses["check"][0].as_str().unwrap();
    assert_eq!(
        curl(&format!("curl '{check}/check/delivery/AbCd1234' -H 'Origin: https://a.example.com'")),
        204
    );
    assert_eq!(curl(&format!("curl '{}/readyz'", addresses["admin"].as_str().unwrap())), 200);
    assert_eq!(addresses["spop"].as_array().unwrap().len(), 1);

    // It ends when it is told to, and says that all is well.
    let kill = Command::new("kill").arg(serving.0.id().to_string()).status().unwrap();
    assert!(kill.success());
    assert_eq!(serving.0.wait().unwrap().code(), Some(0));
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("broken.toml");
    std::fs::write(&file, "[server]\nadmin = '0.0.0.0:1'\n[apps.a.upload]\npatterns = ['**', 'a b']\n")
        .unwrap();
    let broken = run(&["serve", "-c", file.to_str().unwrap()]);
    assert_eq!(broken.code, 2);
    for word in ["dangerously_expose_admin", "`**`", "a b"] {
        assert!(broken.err.contains(word), "{}", broken.err);
    }
    std::fs::write(
        &file,
        "[server]\nlisten = ['unix:/no/such/folder/x']\n[server.tls]\nkey = 'k'\ncertificate = 'c'\n",
    )
    .unwrap();
    assert_eq!(run(&["serve", "-c", file.to_str().unwrap()]).code, 2);
    // With the place, as every other mistake.
    std::fs::write(&file, "[apps.a]\n[[server.routes]]\nlist = 'upload'\napp = { key = 'b' }\n").unwrap();
    for arguments in [&["serve", "-c", file.to_str().unwrap()][..], &["format", "-c", file.to_str().unwrap()]]
    {
        let refused = run(arguments);
        assert_eq!(refused.code, 2);
        for word in ["no app has the key `b`", "broken.toml:4:", "`[apps.KEY]`"] {
            assert!(refused.err.contains(word), "{}", refused.err);
        }
    }
    // Nobody is told that it listens before all that can fail has not: the log of decisions is the last.
    let settings = "[server]\nlisten = ['127.0.0.1:0']\nadmin = '127.0.0.1:0'\nlog.file = 'no/such/folder'\n";
    std::fs::write(&file, settings).unwrap();
    for format in ["text", "json"] {
        let failed = run(&["serve", "-c", file.to_str().unwrap(), "--format", format]);
        assert_eq!((failed.code, failed.out.as_str()), (2, ""));
        assert!(failed.err.contains("cannot write decisions to"), "{}", failed.err);
    }
    let apps = root().join("testdata/apps.toml");
    let apps = apps.to_str().unwrap();
    for (arguments, word) in [
        (&["serve", "-c", "no-such-file.toml"][..], "no-such-file.toml"),
        (&["serve", "-c", "-"], "standard input"),
        (&["serve", "--listen", "8080"], "127.0.0.1:8080"),
        (&["serve", "--admin", "0.0.0.0:9080"], "other machines"),
        (&["serve", "--console", "0.0.0.0:9081"], "dangerously_expose_console"),
        (&["serve", "-c", apps, "--console", "127.0.0.1:0"], "--store FILE"),
        (&["serve", "--store", "no/such/folder/lists.redb"], "no/such/folder/lists.redb"),
        (&["serve", "--store", apps], "apps.toml"),
        (&["serve", "--listen", "unix:/no/such/folder/x", "--admin", "127.0.0.1:0"], "does not exist"),
    ] {
        let refused = run(arguments);
        assert_eq!(refused.code, 2, "{arguments:?}");
        assert!(refused.err.contains(word), "{}", refused.err);
        assert_eq!(refused.out, "");
    }
}
