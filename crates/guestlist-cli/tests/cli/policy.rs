//! `guestlist policy`: signed, verified, shown; and the recipes of docs/policies.md, run.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::{Run, command, root, run_in};

const SECRET: &str = "testAppSecret";
const JSON: &str = r#"{"expiry":1523595600,"call":["pick","read","stat","write","writeUrl","store","convert","remove","exif","runWorkflow"],"handle":"TEST_HANDLE"}"#;
const POLICY: &str = "eyJleHBpcnkiOjE1MjM1OTU2MDAsImNhbGwiOlsicGljayIsInJlYWQiLCJzdGF0Iiwid3JpdGUiLCJ3cml0ZVVybCIsInN0b3JlIiwiY29udmVydCIsInJlbW92ZSIsImV4aWYiLCJydW5Xb3JrZmxvdyJdLCJoYW5kbGUiOiJURVNUX0hBTkRMRSJ9";
const SIGNATURE: &str = "7df0536104cdcc16370ad6494cdbda30c9773a62eec6e5153fa539544db6206e";

/// A folder with a secret that nobody else can read.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_secret(&folder.path().join("secret"), &format!("{SECRET}\n"));
    folder
}

fn write_secret(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

/// Runs `guestlist policy` with the secret of the folder.
fn policy(folder: &Path, args: &[&str], stdin: &str) -> Run {
    let named = if args[0] == "decode" { &[][..] } else { &["--secret-file", "secret"] };
    let run = run_in(folder, &[&["policy", args[0]], named, &args[1..]].concat(), stdin.as_bytes());
    assert!(!run.out.contains(SECRET) && !run.err.contains(SECRET), "the secret is shown");
    run
}

/// What it said, with what was asked.
fn told(folder: &Path, args: &[&str], stdin: &str) -> String {
    let run = policy(folder, args, stdin);
    let pipe = if stdin.is_empty() { String::new() } else { format!("echo '{}' | ", stdin.trim_end()) };
    // Long, and the same again and again.
    let asked = args.join(" ").replace(POLICY, "POLICY").replace(SIGNATURE, "SIGNATURE");
    format!("$ {pipe}guestlist policy {asked}\n{}{}(exit code {})\n\n", run.out, run.err, run.code)
}

#[test]
fn the_vendors_example_has_the_vendors_signature() {
    let folder = folder();
    let folder = folder.path();
    let calls = "pick,read,stat,write,writeUrl,store,convert,remove,exif,runWorkflow";
    let options =
        ["sign", "--at", "1523000000", "--expiry", "1523595600", "--call", calls, "--handle", "TEST_HANDLE"];
    let expected = format!(
        "policy     {POLICY}\nsignature  {SIGNATURE}\nquery      policy={POLICY}&signature={SIGNATURE}\n"
    );
    fs::write(folder.join("policy.json"), JSON).unwrap();
    // By options, from a file, from standard input in another spelling.
    let spelt = JSON.replace(':', " : ").replace(r#""call""#, r#""\u0063all""#);
    for (args, stdin) in [
        (&options[..], ""),
        (&["sign", "--at", "1523000000", "--json", "policy.json"], ""),
        (&["sign", "--at", "1523000000", "--json", "-"], &spelt),
    ] {
        let run = policy(folder, args, stdin);
        assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (0, expected.as_str(), ""));
    }
    let run = policy(folder, &["sign", "--at", "1523592000", "--expires-in", "1h", "--format", "json"], "");
    let signed: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((run.code, &signed["expiry"]), (0, &serde_json::json!(1_523_595_600)));

    // What was printed is taken, as it was printed.
    let query = signed["query"].as_str().unwrap();
    let verify = |at: &str, rest: &[&str]| {
        policy(folder, &[&["verify", "--at", at, query][..], rest].concat(), "").code
    };
    assert_eq!(verify("1523595599", &["--call", "read", "--handle", "H"]), 0);
    assert_eq!(verify("1523595600", &["--call", "read", "--handle", "H"]), 1);
    assert_eq!(verify("1523595600", &["--call", "read", "--handle", "H", "--skew", "1s"]), 0);
    assert_eq!(verify("1523595599", &["--call", "exif", "--handle", "H"]), 1);
}

#[test]
fn what_is_signed_is_verified_or_the_reason_is_said() {
    let folder = folder();
    let folder = folder.path();
    let narrow = policy(
        folder,
        &[
            "sign",
            "--at",
            "0",
            "--expiry",
            "1523595600",
            "--call",
            "store",
            "--call",
            "writeUrl",
            "--path",
            "/in/.*",
            "--min-size",
            "1",
            "--max-size",
            "100",
        ],
        "",
    );
    let narrow = narrow.out.lines().last().unwrap().strip_prefix("query      ").unwrap().to_owned();
    let url = format!("https://cdn.example.com/TEST_HANDLE?policy={POLICY}&signature={SIGNATURE}#top");
    let both = ["verify", "--at", "1523595599", "--policy", POLICY, "--signature", SIGNATURE];
    let with = |rest: &[&'static str]| [&both[..], rest].concat();
    let capitals = SIGNATURE.to_uppercase();
    let twice = format!("policy={POLICY}&signature={SIGNATURE}&Policy=x");
    let mut out = String::new();
    for args in [
        with(&["--call", "read", "--handle", "TEST_HANDLE"]),
        with(&["--call", "read", "--handle", "TEST_HANDLE", "--format", "json"]),
        with(&["--call", "read", "--handle", "OTHER"]),
        with(&["--call", "read"]),
        with(&["--call", "read", "--format", "json"]),
        with(&[]),
        with(&["--format", "json"]),
        vec!["verify", "--at", "1523595600", &url],
        vec!["verify", "--at", "1523595600", &url, "--skew", "1m"],
        vec!["verify", "--at", "1", "--policy", POLICY, "--signature", &capitals],
        vec!["verify", "--at", "1", "--policy", &POLICY[1..], "--signature", SIGNATURE, "--call", "read"],
        vec!["verify", "--at", "1", "https://example.com/"],
        vec!["verify", "--at", "1", &twice, "--call", "read"],
        vec!["verify", "--at", "1", &narrow],
        vec![
            "verify",
            "--at",
            "1",
            &narrow,
            "--call",
            "store",
            "--path",
            "/in/a",
            "--container",
            "c",
            "--size",
            "100",
        ],
        vec!["verify", "--at", "1", &narrow, "--call", "store", "--path", "/out/in/a", "--size", "100"],
        vec!["verify", "--at", "1", &narrow, "--call", "store", "--path", "/in/a", "--size", "101"],
        vec!["verify", "--at", "1", &narrow, "--call", "store", "--path", "/in/a", "--size", "0"],
        vec!["verify", "--at", "1", &narrow, "--call", "store", "--path", "/in/a"],
        vec!["verify", "--at", "1", &narrow, "--call", "pick"],
    ] {
        out += &told(folder, &args, "").replace(&narrow, "NARROW");
    }
    insta::assert_snapshot!(out);
}

#[test]
fn a_policy_is_shown_without_a_secret_and_said_to_be_unverified() {
    let folder = folder();
    let folder = folder.path();
    let url = format!("https://cdn.example.com/TEST_HANDLE?policy={POLICY}&signature=00");
    let mut out = String::new();
    for (args, stdin) in [
        (&["decode", POLICY][..], ""),
        (&["decode", POLICY, "--format", "json"], ""),
        (&["decode", &url, "--format", "json"], ""),
        // {"expiry":4102444800,"path":"/a\u202e.*","minSize":1}
        (&["decode", "-"], "eyJleHBpcnkiOjQxMDI0NDQ4MDAsInBhdGgiOiIvYeKAri4qIiwibWluU2l6ZSI6MX0\n"),
        // {"expiry":"1"}
        (&["decode", "eyJleHBpcnkiOiIxIn0="], ""),
        (&["decode", "eyJleHBpcnkiOiIxIn0", "--format", "json"], ""),
        (&["decode", "no Base64"], ""),
        (&["decode", "https://example.com/?policy=e30"], ""),
        (&["decode", "policy=e30&policy=e30&signature=0"], ""),
    ] {
        out += &told(folder, args, stdin);
    }
    insta::assert_snapshot!(out);
}

#[test]
fn what_cannot_be_signed_is_said_with_its_place() {
    let folder = folder();
    let folder = folder.path();
    let long = format!(r#"{{"expiry":1,"handle":"{}"}}"#, "é".repeat(4000));
    fs::write(folder.join("long.json"), long).unwrap();
    fs::write(folder.join("latin.json"), b"{\"expiry\":1,\"handle\":\"\xe9\"}").unwrap();
    let mut out = String::new();
    for (args, stdin) in [
        (&["sign", "--json", "-"][..], "{\"expiry\": \"1523595600\"}"),
        (&["sign", "--json", "-"], "{\n  \"expiry\": 1523595600,\n  \"é\": 1\n}"),
        (&["sign", "--json", "-"], "{\"expiry\": 1, \"expiry\": 2}"),
        (&["sign", "--json", "-"], "{\"expiry\": 1, \"call\": [\"read\", \"Stat\"]}"),
        (&["sign", "--json", "-"], "{\"call\": [\"read\"]}"),
        (&["sign", "--json", "-"], "[1]"),
        (&["sign", "--json", "-"], "{\"expiry\": 1"),
        (&["sign", "--json", "-"], "{\"expiry\": 1, \"path\": \"(?=a)\"}"),
        (&["sign", "--json", "-"], "{\"expiry\": 1, \"minSize\": 2, \"maxSize\": 2}"),
        (&["sign", "--json", "long.json"], ""),
        (&["sign", "--json", "latin.json"], ""),
        (&["sign", "--json", "none.json"], ""),
        (&["sign", "--expiry", "1", "--url", "a)|(b"], ""),
        (&["sign", "--expiry", "1", "--path", r"[\w-]{1,32}"], ""),
        (&["sign", "--at", "2", "--expiry", "1"], ""),
        (&["sign", "--at", "1523592000", "--expiry", "1523595600000", "--call", "read"], ""),
        (&["sign"], ""),
        (&["sign", "--expires-in", "1"], ""),
        (&["sign", "--expires-in", "1h", "--expiry", "1"], ""),
        (&["sign", "--json", "-", "--call", "read"], "{}"),
        (&["sign", "--expires-in", "1h", "--call", "Read"], ""),
        (&["verify"], ""),
        (&["verify", "--policy", "e30="], ""),
        (&["verify", "policy=e30&signature=0", "--handle", "H"], ""),
        (&["verify", "policy=e30&signature=0", "--at", "yesterday"], ""),
    ] {
        out += &told(folder, args, stdin);
    }
    insta::assert_snapshot!(out);
    assert_eq!(policy(folder, &["sign", "--expiry", "1", "--path", r"[\w-]{1,12}"], "").code, 0);
}

#[test]
fn the_secret_comes_from_a_file_of_ones_own_or_the_environment() {
    let folder = folder();
    let folder = folder.path();
    let sign = |secret: Option<&str>, file: Option<&str>| {
        let mut args = vec!["policy", "sign", "--expiry", "1523595600", "--at", "0"];
        args.extend(file.iter().flat_map(|file| ["--secret-file", file]));
        let mut command = command(&args);
        command.current_dir(folder).env_remove("GUESTLIST_POLICY_SECRET");
        if let Some(secret) = secret {
            command.env("GUESTLIST_POLICY_SECRET", secret);
        }
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    };
    let (code, signed, _) = sign(None, Some("secret"));
    assert_eq!(code, 0);
    assert_eq!(sign(Some(SECRET), None).1, signed, "the same secret");
    assert_eq!(sign(Some("other"), Some("secret")).1, signed, "the file that is named counts");
    assert_ne!(sign(Some("other"), None).1, signed);

    // Of two secrets the first one signs, and what either signed is taken.
    write_secret(&folder.join("two"), &format!("new\n{SECRET}\n"));
    let (_, of_new, _) = sign(None, Some("two"));
    assert_ne!(of_new, signed);
    for signed in [&signed, &of_new] {
        let query = signed.lines().last().unwrap().strip_prefix("query      ").unwrap();
        let args = ["policy", "verify", "--secret-file", "two", "--at", "1", query];
        assert_eq!(run_in(folder, &args, b"").code, 0);
    }

    write_secret(&folder.join("empty"), " \n");
    write_secret(&folder.join("three"), "one\ntwo\nthree\n");
    let mut out = String::new();
    for (secret, file) in
        [(None, None), (Some(""), None), (None, Some("none")), (None, Some("empty")), (None, Some("three"))]
    {
        let (code, said, err) = sign(secret, file);
        assert_eq!((code, said.as_str()), (2, ""));
        out += &format!("{secret:?} {file:?}\n{err}\n");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder.join("secret"), fs::Permissions::from_mode(0o644)).unwrap();
        let (code, said, err) = sign(None, Some("secret"));
        assert_eq!((code, said.as_str()), (2, ""));
        out += &err;
    }
    insta::assert_snapshot!(out);
    assert!(!out.contains(SECRET));
}

/// The recipes that can be run here print the vendor's signature. `GUESTLIST_REQUIRE_PYTHON` makes a missing Python a failure.
#[test]
fn the_recipes_of_the_documentation_sign_the_vendors_example() {
    const RUN: [(&str, &str); 5] =
        [("python", "python3"), ("javascript", "node"), ("ruby", "ruby"), ("php", "php"), ("bash", "bash")];
    let page = fs::read_to_string(root().join("docs/policies.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (language, interpreter) in RUN {
        let (_, recipe) = page.split_once(&format!("```{language}\n")).unwrap();
        let (recipe, _) = recipe.split_once("```").unwrap();
        let file = folder.path().join(language);
        fs::write(&file, recipe).unwrap();
        if language == "bash" && Command::new("openssl").arg("version").output().is_err() {
            println!("skipped: there is no openssl");
            continue;
        }
        let output = match Command::new(interpreter).arg(&file).output() {
            Ok(output) => output,
            Err(_) if language != "python" || std::env::var_os("GUESTLIST_REQUIRE_PYTHON").is_none() => {
                println!("skipped: there is no {interpreter}");
                continue;
            }
            Err(error) => panic!("{interpreter} cannot be started: {error}"),
        };
        let printed = String::from_utf8(output.stdout).unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(printed.lines().collect::<Vec<_>>(), [POLICY, SIGNATURE], "{language}: {error}");
    }
}
