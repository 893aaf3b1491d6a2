//! Another configuration, while requests are answered.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use guestlist_edge::{LoadError, Loaded, Source, Stamps};

use crate::server::{Server, connect, folder, load_with, read, send};

const A: &str = "[apps.shop]\nupload = { patterns = ['a.example', 'b.example'], mode = 'report' }";
const B: &str = "[apps.shop]\nupload.patterns = ['b.example']";

async fn told(server: &Server, origin: &str) -> String {
    server.ask("GET /check/upload/shop", &[&format!("Origin: https://{origin}")]).await.told()
}

#[tokio::test]
async fn a_command_reloads_and_says_what_came_of_it() {
    let server = Server::start(A).await;
    assert_eq!(told(&server, "b.example").await, "204 allow matched 2 -");
    server.text.set(B);
    // Nothing is loaded unasked.
    assert_eq!(told(&server, "b.example").await, "204 allow matched 2 -");
    let answer = server.admin("POST /reload", &[]).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"apps":1,"version":2}"#));
    assert_eq!(told(&server, "b.example").await, "204 allow matched 1 -");
    assert_eq!(told(&server, "a.example").await, "403 deny no-match - -");

    // One that does not load changes nothing, and everybody who looks is told.
    server.text.set("[apps.shop]\nupload.patterns = ['**']");
    let answer = server.admin("POST /reload", &[]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("**"), "{}", answer.body);
    assert_eq!(told(&server, "b.example").await, "204 allow matched 1 -");
    let ready = server.admin("GET /readyz", &[]).await;
    assert_eq!(ready.status, 200, "it still answers");
    let ready: serde_json::Value = serde_json::from_str(&ready.body).unwrap();
    assert_eq!(ready["version"], 2);
    assert_eq!(ready["last_reload"]["ok"], false);
    assert!(ready["last_reload"]["error"].as_str().unwrap().contains("**"));
    assert_eq!(server.metric("guestlist_reloads_total{result=\"ok\"}").await, 1.0);
    assert_eq!(server.metric("guestlist_reloads_total{result=\"error\"}").await, 1.0);
    assert_eq!(server.metric("guestlist_config_version").await, 2.0);

    server.text.set(A);
    assert_eq!(server.admin("POST /reload", &[]).await.status, 200);
    assert_eq!(told(&server, "a.example").await, "204 allow matched 1 -");
    let ready = server.admin("GET /readyz", &[]).await.body;
    assert!(ready.contains(r#""ok":true"#) && !ready.contains("error"), "{ready}");
    server.end().await;
}

#[tokio::test]
async fn a_route_whose_app_has_gone_does_not_load() {
    let route = "[[server.routes]]\nlist = 'upload'\napp = { key = 'shop' }";
    let server = Server::start(&format!("{A}\n{route}")).await;
    server.text.set(&format!("[apps.other]\n{route}"));
    let answer = server.admin("POST /reload", &[]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("no app has the key `shop`"), "{}", answer.body);
    assert_eq!(told(&server, "b.example").await, "204 allow matched 2 -", "the one in force stays");
    server.end().await;
}

#[tokio::test]
async fn a_signal_reloads() {
    let server = Server::start(A).await;
    server.text.set(B);
    server.reload.ask();
    server.until_metric("guestlist_config_version", 2.0).await;
    assert_eq!(told(&server, "a.example").await, "403 deny no-match - -");
    server.end().await;
}

#[tokio::test]
async fn settings_that_need_a_restart_are_named() {
    let server = Server::start(&format!("{A}\n[server]\n")).await;
    server.text.set(&format!("{A}\n[server]\nworkers = 7\nlisten = [\"127.0.0.1:1\"]\n"));
    assert_eq!(server.admin("POST /reload", &[]).await.status, 200);
    let ready = server.admin("GET /readyz", &[]).await.body;
    assert!(ready.contains(r#""needs_restart":["listen","workers"]"#), "{ready}");
    server.end().await;
}

/// A file, as the command line tool has it.
struct File(PathBuf);

impl Source for File {
    fn load(&self) -> Result<Loaded, LoadError> {
        let mut stamps = Stamps::new();
        stamps.take(&self.0);
        load_with(&fs::read_to_string(&self.0).map_err(|error| LoadError::new(error.to_string()))?, stamps)
    }
}

#[tokio::test]
async fn a_file_that_changes_is_loaded_again() {
    let (_folder, path) = folder();
    let file = path.join("apps.toml");
    let server_settings = "[server]\nlisten = ['127.0.0.1:0']\nadmin = '127.0.0.1:0'\n";
    fs::write(&file, format!("{server_settings}{A}")).unwrap();
    let source = File(file.clone());
    let server = Server::start_with(source.load().unwrap(), source, Server::no_text()).await;

    // Written in place.
    fs::write(&file, format!("{server_settings}{B}")).unwrap();
    server.until_metric("guestlist_config_version", 2.0).await;
    assert_eq!(told(&server, "a.example").await, "403 deny no-match - -");
    // Replaced by another file.
    let other = path.join("other");
    fs::write(&other, format!("{server_settings}{A}")).unwrap();
    fs::rename(&other, &file).unwrap();
    server.until_metric("guestlist_config_version", 3.0).await;
    assert_eq!(told(&server, "a.example").await, "204 allow matched 1 -");
    // A link that leads elsewhere now, as Kubernetes does it.
    let [one, two] = ["one", "two"].map(|name| path.join(name));
    fs::create_dir(&one).unwrap();
    fs::create_dir(&two).unwrap();
    fs::write(two.join("apps.toml"), format!("{server_settings}{B}")).unwrap();
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink(two.join("apps.toml"), &file).unwrap();
    server.until_metric("guestlist_config_version", 4.0).await;
    // Gone: the last one stays.
    fs::remove_file(&file).unwrap();
    let failed = async {
        while server.metric("guestlist_reloads_total{result=\"error\"}").await == 0.0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(crate::server::PATIENCE, failed).await.expect("it is noticed");
    assert_eq!(told(&server, "b.example").await, "204 allow matched 1 -");
    server.end().await;
}

#[tokio::test]
async fn half_a_file_is_not_read_and_one_without_apps_is_not_taken() {
    use std::io::Write;
    let (_folder, path) = folder();
    let file = path.join("apps.toml");
    let server_settings = "[server]\nlisten = ['127.0.0.1:0']\nadmin = '127.0.0.1:0'\n";
    fs::write(&file, format!("{server_settings}{B}")).unwrap();
    let source = File(file.clone());
    let server = Server::start_with(source.load().unwrap(), source, Server::no_text()).await;
    assert_eq!(told(&server, "a.example").await, "403 deny no-match - -");

    // So far it is a configuration, in which the list is off.
    let mut writing = fs::File::create(&file).unwrap();
    writing.write_all(format!("{server_settings}[apps.shop]\n").as_bytes()).unwrap();
    writing.flush().unwrap();
    for _ in 0..20 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        assert_eq!(told(&server, "a.example").await, "403 deny no-match - -");
    }
    writing.write_all(b"upload.patterns = ['a.example']\n").unwrap();
    drop(writing);
    server.until_metric("guestlist_config_version", 2.0).await;
    assert_eq!(told(&server, "a.example").await, "204 allow matched 1 -");

    fs::write(&file, server_settings).unwrap();
    let answer = server.admin("POST /reload", &[]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("no apps"), "{}", answer.body);
    assert_eq!(told(&server, "a.example").await, "204 allow matched 1 -");
    server.end().await;
}

#[tokio::test]
async fn changes_that_the_system_does_not_tell_of_are_found() {
    let (_folder, path) = folder();
    let server_settings = "[server]\nlisten = ['127.0.0.1:0']\nadmin = '127.0.0.1:0'\n";
    let [one, two, link] = ["one", "two", "link"].map(|name| path.join(name));
    fs::create_dir(&one).unwrap();
    fs::create_dir(&two).unwrap();
    fs::write(one.join("apps.toml"), format!("{server_settings}{A}")).unwrap();
    fs::write(two.join("apps.toml"), format!("{server_settings}{B}")).unwrap();
    std::os::unix::fs::symlink(&one, &link).unwrap();
    let source = File(link.join("apps.toml"));
    let server = Server::start_with(source.load().unwrap(), source, Server::no_text()).await;
    assert_eq!(told(&server, "a.example").await, "204 allow matched 1 -");
    // A directory above that is another one now.
    let next = path.join("next");
    std::os::unix::fs::symlink(&two, &next).unwrap();
    fs::rename(&next, &link).unwrap();
    server.until_metric("guestlist_config_version", 2.0).await;
    assert_eq!(told(&server, "a.example").await, "403 deny no-match - -");
    // The same directory, removed and made again.
    fs::remove_dir_all(&two).unwrap();
    fs::create_dir(&two).unwrap();
    fs::write(two.join("apps.toml"), format!("{server_settings}{A}")).unwrap();
    let again = async {
        while told(&server, "a.example").await != "204 allow matched 1 -" {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(crate::server::PATIENCE, again).await.expect("it is found");
    server.end().await;
}

/// No answer is of two configurations, and none is late: what a reload changed is so for every request after it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_sees_one_version_from_start_to_end() {
    let server = Arc::new(Server::start(A).await);
    let is_over = Arc::new(AtomicBool::new(false));
    let mut clients = Vec::new();
    for _ in 0..3 {
        let (address, is_over) = (server.check.clone(), is_over.clone());
        clients.push(tokio::spawn(async move {
            let mut stream = connect(&address).await;
            let mut seen = [0u32; 2];
            while !is_over.load(Ordering::Relaxed) {
                for (origin, of_a, of_b) in [
                    ("a.example", "204 allow matched 1 -", "403 deny no-match - -"),
                    ("b.example", "204 allow matched 2 -", "204 allow matched 1 -"),
                    ("c.example", "204 allow no-match - no-match", "403 deny no-match - -"),
                ] {
                    send(&mut stream, "GET /check/upload/shop", &[&format!("Origin: https://{origin}")])
                        .await;
                    let told = read(&mut stream).await.unwrap().told();
                    assert!(told == of_a || told == of_b, "{origin}: {told}");
                    seen[usize::from(told == of_b)] += 1;
                }
            }
            seen
        }));
    }
    for round in 0..60 {
        server.text.set(if round % 2 == 0 { B } else { A });
        assert_eq!(server.admin("POST /reload", &[]).await.status, 200);
        let expected = if round % 2 == 0 { "403 deny no-match - -" } else { "204 allow matched 1 -" };
        assert_eq!(told(&server, "a.example").await, expected);
    }
    is_over.store(true, Ordering::Relaxed);
    for client in clients {
        let [of_a, of_b] = client.await.unwrap();
        assert!(of_a > 0 && of_b > 0);
    }
    Arc::into_inner(server).unwrap().end().await;
}
