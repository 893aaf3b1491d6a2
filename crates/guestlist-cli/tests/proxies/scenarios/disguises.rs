//! A request that the proxy, the check server and the server behind might each read in another way.
//!
//! The client is a friend of `shop`, whose lists are wide for it, and asks for what belongs to `vault`, or for an app without any list.
//! Whatever gets behind the proxy must be for `shop`, as the most generous server reads it.

use super::{APPS, FRIEND};
use crate::backend::{Seen, decode, readings};
use crate::harness::{Answer, Proxy, Request, Site};

pub(crate) fn a_disguised_path_reaches_no_other_app<P: Proxy>() {
    let Some(site) = Site::<P>::start(APPS) else { return };
    let secret = b"the secret of the vault";
    site.backend.add_file("files/vault/secret.txt", secret);
    site.backend.add_file("files/shop/photo.jpg", b"a photo");
    // So that a path can leave it again.
    site.backend.add_file("upload/form.html", b"a form");

    let mut targets = Vec::new();
    for open in ["shop", "open"] {
        for way in [
            "..",
            ".%2e",
            "%2e.",
            "%2e%2e",
            "%2E%2E",
            "%252e%252e",
            "..;",
            "..;a=b",
            ".;/..",
            "..%00",
            "..%09",
            "x/../..",
            "./..",
            "/..",
            "..#",
            "..?",
        ] {
            targets.push(format!("/files/{open}/{way}/vault/secret.txt"));
        }
        for slash in ["%2f", "%2F", "%252f", "\\", "%5c", "%5C", "/%2f", "//"] {
            targets.push(format!("/files/{open}/..{slash}vault/secret.txt"));
            targets.push(format!("/files/{open}{slash}..{slash}vault{slash}secret.txt"));
            targets.push(format!("/files{slash}vault{slash}secret.txt"));
            targets.push(format!("/files/{open}{slash}..{slash}..{slash}files/vault/secret.txt"));
        }
        targets.push(format!("/upload/?key={open}&x=/../files/vault/secret.txt"));
        targets.push(format!("/upload/../files/vault/secret.txt?key={open}"));
        targets.push(format!("/upload/%2e%2e/files/vault/secret.txt?key={open}"));
        targets.push(format!("/upload/..%2ffiles/vault/secret.txt?key={open}"));
        targets.push(format!("/upload/..\\files/vault/secret.txt?key={open}"));
        targets.push(format!("//{open}/files/vault/secret.txt"));
        // The way back is hidden from who reads less.
        for back in [
            ";%2f..%2f..%2f",
            ";\\..\\..\\",
            "%2f..%2f..%2f",
            "\\..\\..\\",
            ";a%2f%2e%2e%2f%2e%2e%2f",
            "%5c..%5c..%5c",
            "%00/../../",
            ";/../../",
        ] {
            targets.push(format!("/files/{open}/../vault/secret.txt{back}{open}"));
            targets.push(format!("/files/{open}/../vault/secret.txt{back}{open}/photo.jpg"));
            targets.push(format!("/files/{open}/%2e%2e/vault/secret.txt{back}{open}/photo.jpg"));
            targets.push(format!("/files/vault/secret.txt{back}{open}/photo.jpg"));
        }
        targets.push(format!("http://localhost/files/{open}/../vault/secret.txt"));
        targets.push(format!("http://{open}@localhost/files/vault/secret.txt"));
        targets.push(format!("http:/files/{open}/../vault/secret.txt"));
        targets.push(format!("/files/{open}/%2e%2e/vault/secret.txt?/files/{open}/photo.jpg"));
    }
    for target in [
        "//files/vault/secret.txt",
        "/files//vault/secret.txt",
        "/./files/vault/secret.txt",
        "/files/./vault/secret.txt",
        "/files;x/vault/secret.txt",
        "/files/vault;x/secret.txt",
        "/files/%76ault/secret.txt",
        "/files/v%61ult/secret.txt",
        "/fil%65s/vault/secret.txt",
        "/%66iles/vault/secret.txt",
        "/files/VAULT/../vault/secret.txt",
        "/files/vault%00/secret.txt",
        "/files/vault%20/secret.txt",
        "/files/%2576ault/secret.txt",
        "/files/vault./secret.txt",
        "files/vault/secret.txt",
        "*",
        "?/files/vault/secret.txt",
        "#/files/vault/secret.txt",
        "/files/\u{ff56}ault/secret.txt",
    ] {
        targets.push(target.to_owned());
    }
    for target in &targets {
        for request in [
            Request::get(target),
            Request::new("HEAD", target),
            Request::new("POST", target),
            Request::new("OPTIONS", target),
        ] {
            let answer = site.ask(request.clone().with("Origin", FRIEND));
            assert_own(&answer, target);
            assert!(answer.response.as_ref().is_none_or(|response| response.body != secret), "{answer:?}");
            assert_own(&site.ask(request.with("Referer", "https://app.example.com/")), target);
        }
    }
    // All the while what is asked for plainly is delivered.
    site.ask(Request::get("/files/shop/photo.jpg?size=1").with("Origin", FRIEND)).assert_let_through();
}

pub(crate) fn a_key_given_twice_reaches_no_app<P: Proxy>() {
    let Some(site) = Site::<P>::start(APPS) else { return };
    let mut queries = Vec::new();
    for open in ["shop", "open"] {
        for other in [
            "key=vault",
            "k%65y=vault",
            "%6bey=vault",
            "KEY=vault&key=vault",
            "key=%76ault",
            "key%3dvault&key=vault",
        ] {
            for separator in ["&", "&&", "&x=y&"] {
                queries.push(format!("?key={open}{separator}{other}"));
                queries.push(format!("?{other}{separator}key={open}"));
            }
        }
        queries.push(format!("?key=vault?key={open}"));
        queries.push(format!("?key=vault#key={open}"));
        queries.push(format!("?key=vault%26key={open}"));
        queries.push(format!("?key=vault;key={open}"));
        queries.push(format!("?key={open};key=vault"));
        queries.push(format!("?key=vault%00{open}"));
        queries.push(format!("?key[]={open}&key=vault"));
        queries.push(format!("?key=vault&key[]={open}"));
        queries.push(format!("?key=vault\\&key={open}"));
    }
    queries.extend(
        ["?k%65y=vault", "?+key=vault", "?key+=vault", "?key=%76ault", "?key=vault%", "?key=VAULT&key=vault"]
            .map(str::to_owned),
    );
    for query in &queries {
        let answer = site.ask(Request::post(format!("/upload/{query}"), "an upload").with("Origin", FRIEND));
        assert_own(&answer, query);
    }
    site.ask(Request::post("/upload/?a=b&key=shop&c=d", "an upload").with("Origin", FRIEND))
        .assert_let_through();
}

/// For an app that lets this client in, or kept from the server behind: denied, refused, or answered by the proxy itself.
#[track_caller]
fn assert_own(answer: &Answer, target: &str) {
    match (&answer.seen, &answer.response) {
        (Some(seen), _) => assert!(is_own(seen), "{target}: let through: {answer:?}"),
        (None, Some(response)) => assert!(response.status < 500, "{target}: {answer:?}"),
        (None, None) => {}
    }
}

/// Whether it is for such an app, in whichever way the server behind reads it.
fn is_own(seen: &Seen) -> bool {
    readings(&seen.target).iter().all(|path| {
        let mut segments = path.trim_start_matches('/').split('/');
        match segments.next() {
            Some("files") => OWN.contains(&segments.next().unwrap_or_default()),
            Some("upload") => has_own_key(&seen.target),
            _ => false,
        }
    })
}

fn has_own_key(target: &str) -> bool {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    [query.to_owned(), decode(query), decode(&decode(query))].iter().all(|query| {
        let keys = query.split(['&', ';', '?', '#', '\0']).filter_map(|pair| pair.split_once('='));
        let mut keys = keys
            .filter(|(name, _)| name.trim_matches(['+', ' ']).eq_ignore_ascii_case("key"))
            .map(|(_, value)| decode(value))
            .peekable();
        keys.peek().is_some() && keys.all(|key| OWN.contains(&key.as_str()))
    })
}

const OWN: [&str; 2] = ["shop", "open"];
