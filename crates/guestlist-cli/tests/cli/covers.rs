//! `guestlist covers`: whether a list admits every host of a file.

use std::fs;

use crate::{Run, run_in};

const LIST: &str = "# sites\nwww.example.com\n*.example.com\nshop.de\nold.shop.de\n";
const HOSTS: &[u8] = b"\xef\xbb\xbf# our customers\nwww.example.com\nhttps://shop.de\n\nevil.com  # hm\nb\xc3\xbccher.example\nnull\nhttps://a.com/path\n\x1b[31mred\x1b[0m\n\xff\xfe\ncapacitor://localhost\na.b.example.com\r\nexample.com";

fn covers(args: &[&str], hosts: &[u8], stdin: &[u8]) -> Run {
    let directory = tempfile::tempdir().unwrap();
    let config = "[apps.a]\nupload = { patterns = ['a.com'], mode = 'off' }\ndangerously_supported_schemes = ['capacitor']\n";
    for (name, content) in
        [("list.txt", LIST.as_bytes()), ("hosts.txt", hosts), ("c.toml", config.as_bytes())]
    {
        fs::write(directory.path().join(name), content).unwrap();
    }
    run_in(directory.path(), &[&["covers"], args].concat(), stdin)
}

#[test]
fn each_host_that_is_not_admitted_is_named_with_its_line_and_the_closest_rule() {
    let run = covers(&["list.txt", "hosts.txt"], HOSTS, b"");
    assert_eq!((run.code, run.err.as_str()), (1, ""));
    insta::assert_snapshot!(run.out);
    let json = covers(&["list.txt", "hosts.txt", "--format", "json"], HOSTS, b"");
    assert_eq!(json.code, 1);
    for line in json.out.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    insta::assert_snapshot!(json.out);
}

#[test]
fn all_are_admitted_by_the_list_however_it_is_named() {
    let hosts = b"www.example.com\nhttps://a.example.com:8080\nshop.de # the shop\n";
    for args in [
        &["list.txt", "hosts.txt"][..],
        &["-l", "list.txt", "hosts.txt"],
        &["-p", "*.example.com", "-p", "shop.de", "hosts.txt"],
        &["list.txt", "-p", "other.de", "hosts.txt"],
        &["list.txt", "-"],
    ] {
        let run = covers(args, hosts, hosts);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{args:?}");
        assert!(run.out.starts_with("3 of 3 hosts admitted\n"), "{args:?}: {}", run.out);
    }
    let run = covers(&["-", "hosts.txt"], hosts, LIST.as_bytes());
    assert_eq!(
        run.out,
        "3 of 3 hosts admitted\n1 of 4 rules admits none of these hosts, and may be needless:\n  rule 4 `old.shop.de`\n"
    );
}

#[test]
fn a_list_that_is_not_enforced_is_asked_as_if_it_were() {
    let args = ["-c", "c.toml", "--app", "a", "-"];
    let run = covers(&args, b"", b"capacitor://a.com\nhttps://a.com\nother://a.com\nb.com\n");
    assert_eq!(run.code, 1);
    assert!(run.out.contains("2 of 4 hosts admitted"), "{}", run.out);
    assert!(run.err.contains("mode is off"), "{}", run.err);
}

#[test]
fn long_lines_and_large_files_are_read_through() {
    let mut hosts = b"shop.de\n".repeat(100_000);
    hosts.extend(b"x".repeat(1 << 20));
    hosts.extend(b"\nshop.de #");
    hosts.extend(b"y".repeat(1 << 20));
    hosts.extend(b"\n");
    let run = covers(&["list.txt", "-"], b"", &hosts);
    assert_eq!(run.code, 1);
    assert!(run.out.starts_with("line 100001: no host: xxx") && run.out.len() < 1000, "{:.1000}", run.out);
    assert!(run.out.contains("100,001 of 100,001 hosts admitted\n1 line is no host\n"), "{}", run.out);
}

#[test]
fn the_closest_rule_is_told_of_the_first_thousand() {
    let run = covers(&["list.txt", "-"], b"", &b"example.com\n".repeat(1500));
    assert_eq!(run.out.matches("not admitted: example.com").count(), 1500);
    assert_eq!(run.out.matches("closest: rule 2").count(), 1000);
}

#[test]
fn wrong_use() {
    let mut messages = String::new();
    for (args, hosts) in [
        (&["hosts.txt"][..], &b"a.com\n"[..]),
        (&[], b""),
        (&["list.txt", "hosts.txt", "hosts.txt"], b"a.com\n"),
        (&["-", "-"], b""),
        (&["-l", "-", "-"], b""),
        (&["list.txt", "missing.txt"], b""),
        (&["list.txt", "hosts.txt"], b"# nobody\n\n"),
        (&["missing.txt", "hosts.txt"], b"a.com\n"),
        (&["list.txt", "-c", "c.toml", "--app", "a", "hosts.txt"], b"a.com\n"),
        (&["-p", "a..b", "hosts.txt"], b"a.com\n"),
    ] {
        let run = covers(args, hosts, b"");
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args:?}: {}", run.err);
        messages += &format!("$ guestlist covers {}\n{}\n", args.join(" "), run.err);
    }
    insta::assert_snapshot!(messages);
}
