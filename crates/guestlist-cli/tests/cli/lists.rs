//! `guestlist serve` with a store: what is changed by its API decides from then on, and after the next start.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::run;

/// A server with a store.
struct Server {
    process: Child,
    check: String,
    admin: String,
    console: String,
    token: Option<String>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

impl Server {
    fn start(folder: &Path, arguments: &[&str]) -> Server {
        let mut process = Command::new(env!("CARGO_BIN_EXE_guestlist"))
            .args(["serve", "--format", "json", "--console", "127.0.0.1:0"])
            .args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"])
            .args(arguments)
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        let address = |told: &Value| told.as_str().unwrap().strip_prefix("http://").unwrap().to_string();
        Server {
            check: address(&told["check"][0]),
            admin: address(&told["admin"]),
            console: address(&told["console"]),
            token: told["token"].as_str().map(String::from),
            process,
        }
    }

    /// As somebody ends it who is allowed to.
    fn end(mut self) {
        let kill = Command::new("kill").arg(self.process.id().to_string()).status().unwrap();
        assert!(kill.success());
        assert_eq!(self.process.wait().unwrap().code(), Some(0));
    }

    /// The status of a check of the upload list.
    fn check(&self, app: &str, origin: &str) -> u16 {
        let line = format!("GET /check/upload/{app}");
        ask(&self.check, &line, &format!("Origin: https://{origin}\r\n"), "").0
    }

    /// Asks the API, as whoever has this token.
    fn api(&self, token: &str, line: &str, headers: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (method, path) = line.split_once(' ').unwrap();
        let headers = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n{headers}");
        let (status, text) = ask(&self.console, &format!("{method} /api/v1{path}"), &headers, &body);
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}

fn ask(address: &str, line: &str, headers: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let head = format!(
        "{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
    );
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_string())
}

fn list(patterns: &[&str]) -> Value {
    json!({ "patterns": patterns, "mode": "enforce", "block_missing": true })
}

#[test]
fn the_check_after_a_save_follows_it_and_so_does_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--store", "lists.redb"];
    let server = Server::start(folder.path(), &arguments);
    let token = server.token.clone().unwrap();
    assert_eq!(server.check("shop", "a.example"), 403);
    let made = server.api(&token, "POST /apps", "", &json!({ "key": "shop", "name": "Shop" }));
    assert_eq!(made.0, 201, "{}", made.1);
    // Both lists of a new app are off.
    assert_eq!(server.check("shop", "a.example"), 204);
    let path = "PUT /apps/shop/lists/upload";
    // As many as a token may at once.
    for round in 1..=15 {
        let host = format!("r{round}.example");
        let seen = format!("If-Match: \"{round}\"\r\n");
        let (status, saved) = server.api(&token, path, &seen, &list(&[&format!("*.{host}")]));
        assert_eq!((status, &saved["number"]), (200, &json!(round + 1)), "{saved}");
        assert_eq!(server.check("shop", &format!("www.{host}")), 204);
        assert_eq!(server.check("shop", &format!("www.r{}.example", round - 1)), 403);
    }
    let (status, problem) = server.api(&token, path, "If-Match: \"15\"\r\n", &list(&[]));
    assert_eq!(status, 412, "{problem}");
    assert_eq!(server.api("gl_1_00", path, "If-Match: \"16\"\r\n", &list(&[])).0, 401);
    let metrics = ask(&server.admin, "GET /metrics", "", "").1;
    assert!(metrics.contains("\nguestlist_live_apps 1\n"), "{metrics}");
    server.end();

    // The token is good still, and another is not made.
    let server = Server::start(folder.path(), &arguments);
    assert_eq!(server.token, None);
    assert_eq!(server.check("shop", "www.r15.example"), 204);
    assert_eq!(server.check("shop", "www.r14.example"), 403);
    assert_eq!(server.api(&token, "DELETE /apps/shop", "", &Value::Null).0, 204);
    assert_eq!(server.check("shop", "www.r15.example"), 403);
    server.end();
    let log = run(&["store", "verify", folder.path().join("lists.redb").to_str().unwrap()]);
    assert_eq!(log.code, 0, "{}", log.out);
}

#[test]
fn apps_of_the_file_go_before_those_of_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("guestlist.toml");
    let write = |apps: &str| {
        let settings = "[server.store]\nfile = 'lists.redb'\nnew_upload_patterns = ['Console.example']\n";
        let new = folder.path().join("new.toml");
        std::fs::write(&new, format!("{settings}{apps}")).unwrap();
        std::fs::rename(&new, &file).unwrap();
    };
    write("[apps.both.upload]\npatterns = ['file.example']\n[apps.file]\n");
    let other = folder.path().join("other.toml");
    std::fs::write(&other, "[apps.both.upload]\npatterns = ['store.example']\n").unwrap();
    let store = folder.path().join("lists.redb");
    let imported = run(&["store", "import", store.to_str().unwrap(), other.to_str().unwrap()]);
    assert_eq!(imported.code, 0, "{}", imported.err);

    let server = Server::start(folder.path(), &["-c", "guestlist.toml"]);
    let token = server.token.clone().unwrap();
    assert_eq!((server.check("both", "file.example"), server.check("both", "store.example")), (204, 403));
    let (status, problem) =
        server.api(&token, "PUT /apps/both/lists/upload", "If-Match: \"1\"\r\n", &list(&["x.example"]));
    assert_eq!(status, 409, "{problem}");
    let (status, apps) = server.api(&token, "GET /apps", "", &Value::Null);
    assert_eq!(status, 200);
    let read_only = |key: &str| {
        let app = apps["apps"].as_array().unwrap().iter().find(|app| app["key"] == key);
        app.unwrap()["read_only"].clone()
    };
    assert_eq!((read_only("both"), read_only("file")), (json!(true), json!(true)));

    // What is not taken changes nothing here either.
    write("");
    assert_eq!(ask(&server.admin, "POST /reload", "", "").0, 422);
    assert_eq!((server.check("both", "file.example"), server.check("both", "store.example")), (204, 403));
    let (status, problem) =
        server.api(&token, "PUT /apps/both/lists/upload", "If-Match: \"2\"\r\n", &list(&["x.example"]));
    assert_eq!(status, 409, "{problem}");

    // A new app begins with the patterns of the setting, and its list is off.
    assert_eq!(server.api(&token, "POST /apps", "", &json!({ "key": "new", "name": "" })).0, 201);
    let (_, new) = server.api(&token, "GET /apps/new/lists/upload", "", &Value::Null);
    assert_eq!((&new["patterns"], &new["mode"]), (&json!(["console.example"]), &json!("off")));

    // What the file lets go of is the store's.
    write("[apps.file]\n");
    assert_eq!(ask(&server.admin, "POST /reload", "", "").0, 200);
    assert_eq!((server.check("both", "file.example"), server.check("both", "store.example")), (403, 204));
    let (status, saved) =
        server.api(&token, "PUT /apps/both/lists/upload", "If-Match: \"2\"\r\n", &list(&["x.example"]));
    assert_eq!(status, 200, "{saved}");
    assert_eq!(server.check("both", "x.example"), 204);
    server.end();
}

#[test]
fn what_was_denied_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    let token = server.token.clone().unwrap();
    assert_eq!(server.check("demo", "denied.example:8443"), 403);
    assert_eq!(server.check("demo", "example.com"), 204);
    let mut told = Value::Null;
    // A thread adds them up.
    while told["denied"].as_array().is_none_or(Vec::is_empty) {
        told = server.api(&token, "GET /apps/demo/lists/upload/activity", "", &Value::Null).1;
    }
    assert_eq!(told["denied"][0]["origin"], "https://denied.example:8443", "{told}");
    assert_eq!(
        told["counts"].as_array().unwrap().iter().map(|hour| hour["allowed"].as_u64().unwrap()).sum::<u64>(),
        1
    );
    assert_eq!(told["counts"].as_array().unwrap().len(), 24, "{told}");
    server.end();
    // What the demo kept is gone.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
