//! `guestlist store`: in, out, whole or not.

use std::fs;
use std::path::Path;

use regex::Regex;

use crate::run_in;

const APPS: &str = r#"[apps.shop]
name = "Shop"

[apps.shop.upload]
patterns = [
    "{,www.}example.com",
]
mode = "enforce"
block_missing = true
limit = 20

[apps.wiki]
"#;

/// Runs in this folder, and says what it came to.
fn told(folder: &Path, args: &[&str]) -> String {
    let run = run_in(folder, args, b"");
    format!("$ guestlist {}\n{}{}(exit code {})\n\n", args.join(" "), run.out, run.err, run.code)
}

#[test]
fn lists_go_in_and_come_out_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("apps.toml"), APPS).unwrap();
    fs::write(folder.join("more.toml"), APPS.replace("www", "app").replace("wiki", "blog")).unwrap();
    let mut out = String::new();
    for args in [
        &["store", "import", "lists.redb", "apps.toml"][..],
        &["store", "import", "lists.redb", "apps.toml", "--format", "json"],
        &["store", "import", "lists.redb", "more.toml", "--by", "ada", "--why", "the new site"],
        &["store", "export", "lists.redb"],
        &["store", "export", "lists.redb", "--format", "json"],
        &["store", "verify", "lists.redb"],
        &["store", "verify", "lists.redb", "--format", "json"],
    ] {
        out += &told(folder, args);
    }
    insta::assert_snapshot!(out);
    // What came out can go in.
    for (format, name) in [("toml", "again.toml"), ("json", "again.json")] {
        let exported = run_in(folder, &["store", "export", "lists.redb", "--format", format], b"").out;
        fs::write(folder.join(name), &exported).unwrap();
        let other = format!("of-{format}.redb");
        let run = run_in(folder, &["store", "import", &other, name], b"");
        assert_eq!((run.code, run.err.as_str()), (0, ""));
        assert_eq!(run_in(folder, &["store", "export", &other, "--format", format], b"").out, exported);
        let run = run_in(folder, &["store", "import", "lists.redb", name], b"");
        assert_eq!(run.out, "lists.redb: 0 apps made, 0 changed, 3 as before\n");
    }
    let run =
        run_in(folder, &["store", "import", "piped.redb", "-", "--from", "json"], br#"{"apps": {"a": {}}}"#);
    assert_eq!(run.out, "piped.redb: 1 app made, 0 changed, 0 as before\n");
}

#[test]
fn what_cannot_be_done_is_said_and_does_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("apps.toml"), APPS).unwrap();
    fs::write(folder.join("bad.toml"), "apps.a.upload.patterns = ['(a|b).com']").unwrap();
    fs::write(
        folder.join("bad.json"),
        r#"{"apps": {"a": {"upload": {"patterns": ["a.com", "(a|b).com"]}}}}"#,
    )
    .unwrap();
    fs::write(folder.join("empty.redb"), "").unwrap();
    assert_eq!(run_in(folder, &["store", "import", "damaged.redb", "apps.toml"], b"").code, 0);
    let mut bytes = fs::read(folder.join("damaged.redb")).unwrap();
    let at = bytes.windows(6).position(|window| window == b"\"Shop\"").unwrap();
    bytes[at + 1] = b'C';
    fs::write(folder.join("damaged.redb"), &bytes).unwrap();
    let mut out = String::new();
    for args in [
        &["store", "export", "none.redb"][..],
        &["store", "verify", "none.redb"],
        &["store", "import", "new.redb", "none.toml"],
        &["store", "import", "new.redb", "bad.toml"],
        &["store", "import", "new.redb", "bad.json"],
        &["store", "import", "apps.toml", "apps.toml"],
        &["store", "export", "empty.redb"],
        &["store", "export", "damaged.redb"],
        &["store", "verify", "damaged.redb"],
        &["store", "verify", "damaged.redb", "--format", "json"],
    ] {
        out += &told(folder, args);
    }
    insta::assert_snapshot!(out);
    assert!(!folder.join("new.redb").exists() && !folder.join("none.redb").exists());
    assert_eq!(fs::read(folder.join("damaged.redb")).unwrap(), bytes, "left as it was");
    assert_eq!(fs::read_to_string(folder.join("apps.toml")).unwrap(), APPS);
}

#[test]
fn tokens_are_made_listed_and_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("apps.toml"), APPS).unwrap();
    assert_eq!(run_in(folder, &["store", "import", "lists.redb", "apps.toml"], b"").code, 0);
    let mut out = String::new();
    for args in [
        &["store", "tokens", "lists.redb"][..],
        &["store", "token", "lists.redb", "--name", "ada"],
        &["store", "token", "lists.redb", "--name", "the shop", "--app", "shop"],
        &[
            "store",
            "token",
            "lists.redb",
            "--name",
            "d\u{fc}\u{202e}x",
            "--access",
            "read",
            "--format",
            "json",
        ],
        &["store", "token", "lists.redb", "--name", "nobody", "--app", "none"],
        &["store", "token", "lists.redb", "--name", "nobody", "--app", "shop", "--access", "admin"],
        &["store", "token", "lists.redb", "--name", ""],
        &["store", "revoke", "lists.redb", "1", "--why", "lost"],
        &["store", "revoke", "lists.redb", "9"],
        &["store", "tokens", "lists.redb"],
        &["store", "tokens", "lists.redb", "--format", "json"],
        &["store", "tokens", "none.redb"],
    ] {
        out += &told(folder, args);
    }
    let secrets = Regex::new("gl_[0-9]+_[0-9a-f]{64}").unwrap();
    assert_eq!(secrets.find_iter(&out).count(), 3);
    let times = Regex::new("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z").unwrap();
    let out = secrets.replace_all(&out, "SECRET");
    insta::assert_snapshot!(times.replace_all(&out, "TIME"));
}
