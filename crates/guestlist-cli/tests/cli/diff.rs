//! `guestlist diff`: what an edit changes, in lists and in configurations, and how it exits.

use std::fs;

use crate::{Run, command, run_in};

const OLD: &str = "# our sites\nwww.example.com\n*.example.com\nshop.de\n";
const NEW: &str = "*example.com\nwww.example.com\na.org   # the new shop\nb.a.org:8080\n";

const OLD_CONFIG: &str = r#"
[apps.shop]
dangerously_supported_schemes = ["capacitor"]
upload.patterns = ["example.com", "*.example.com"]
delivery = { patterns = ["example.com"], mode = "report" }
[apps.gone.upload]
patterns = ["gone.com"]
[apps.same.upload]
patterns = ["same.com"]
[apps.open.upload]
patterns = ["open.com"]
[apps.closed]
"#;
const NEW_CONFIG: &str = r#"
[apps.shop]
upload = { patterns = ["*example.com"], block_missing = false }
delivery = { patterns = ["*.com"], mode = "report" }
[apps.fresh.upload]
patterns = ["fresh.com"]
[apps.same]
upload = { patterns = ["SAME.com"], limit = 30 }
[apps.open.upload]
mode = "off"
[apps.closed.upload]
patterns = ["closed.com"]
"#;

/// Runs in a directory with these two versions.
fn versions(old: (&str, &str), new: (&str, &str), rest: &[&str]) -> Run {
    let directory = tempfile::tempdir().unwrap();
    for (name, content) in [old, new] {
        fs::write(directory.path().join(name), content).unwrap();
    }
    run_in(directory.path(), &[&["diff", old.0, new.0], rest].concat(), b"")
}

fn lists(old: &str, new: &str, rest: &[&str]) -> Run {
    versions(("old.txt", old), ("new.txt", new), rest)
}

fn configs(old: &str, new: &str, rest: &[&str]) -> Run {
    versions(("old.toml", old), ("new.toml", new), rest)
}

#[test]
fn an_edit_of_a_list_is_told_in_a_sentence_and_rule_by_rule() {
    let run = lists(OLD, NEW, &[]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    insta::assert_snapshot!(run.out);
    let json = lists(OLD, NEW, &["--format", "json"]);
    assert_eq!(json.code, 0);
    serde_json::from_str::<serde_json::Value>(&json.out).unwrap();
    insta::assert_snapshot!(json.out);
    assert_eq!(lists(OLD, NEW, &[]).out, run.out, "the same input, the same bytes");
}

#[test]
fn what_changes_nothing_is_said_too() {
    let mut out = String::new();
    for (old, new) in [
        (OLD, OLD),
        ("", ""),
        ("*.a.com\nb.com\nwww.a.com\n", "*.a.com\nb.com\n"),
        ("{a,b}.com\n", "a.com\nb.com\n"),
        ("[a-c].com\n", "xn--[a].com\na.com\nb.com\nc.com\n"),
        ("a.com\n", "b.com\na.com\n"),
        ("b.com\na.com\n", "a.com\n"),
        ("a.com:443\n", "a.com\n"),
    ] {
        let run = lists(old, new, &[]);
        assert_eq!((run.code, run.err.as_str()), (0, ""));
        out += &format!("{}---\n", run.out);
    }
    insta::assert_snapshot!(out);
}

#[test]
fn an_edit_of_a_configuration_is_told_with_its_settings() {
    let run = configs(OLD_CONFIG, NEW_CONFIG, &[]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    insta::assert_snapshot!(run.out);
    let json = configs(OLD_CONFIG, NEW_CONFIG, &["--format", "json", "--app", "shop"]);
    insta::assert_snapshot!(json.out);
    let one = configs(OLD_CONFIG, NEW_CONFIG, &["--app", "shop", "--type", "delivery"]);
    insta::assert_snapshot!(one.out);
    let same = configs(OLD_CONFIG, NEW_CONFIG, &["--app", "same"]);
    assert_eq!(same.out, "Nobody else gets in, and everybody who got in still does.\n\n1 app is the same\n");
}

#[test]
fn widening_fails_where_that_is_asked() {
    let code = |old: &str, new: &str| {
        let loose = lists(old, new, &[]).code;
        assert_eq!(loose, 0);
        lists(old, new, &["--fail-on-widening"]).code
    };
    assert_eq!(code("a.com\n", "*.com\n"), 1);
    assert_eq!(code("*.com\n", "a.com\n"), 0);
    assert_eq!(code("a.com\n", "{a,a}.com\n"), 0);
    // What is not decided counts as widening, but only where it may widen.
    assert_eq!(code("a.com\n", "a.com\nxn--*9999999999a.com\n"), 1);
    assert_eq!(code("a.com\nxn--*9999999999a.com\n", "a.com\n"), 0);
    let code = |old: &str, new: &str| configs(old, new, &["--fail-on-widening"]).code;
    let app = |list: &str| format!("[apps.a.upload]\npatterns = [\"a.com\"]\n{list}\n");
    assert_eq!(code(&app(""), &app("mode = \"report\"")), 1);
    assert_eq!(code(&app("mode = \"report\""), &app("")), 0);
    assert_eq!(code(&app(""), &app("block_missing = false")), 1);
    assert_eq!(code(&app(""), &app("limit = 40")), 0);
    assert_eq!(code("", &app("")), 1);
    assert_eq!(code(&app(""), ""), 0);
}

#[test]
fn what_is_not_decided_is_said() {
    let run = lists("a.com\n", "a.com\nxn--*9999999999a.com\n", &[]);
    insta::assert_snapshot!(run.out);
    let json: serde_json::Value =
        serde_json::from_str(&lists("a.com\n", "a.com\nxn--*9999999999a.com\n", &["--format", "json"]).out)
            .unwrap();
    assert_eq!((&json["widens"], &json["decided"]), (&true.into(), &false.into()));
}

#[test]
fn a_version_may_be_standard_input() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("new.txt"), "*.com\n").unwrap();
    fs::write(directory.path().join("new.toml"), NEW_CONFIG).unwrap();
    let run = run_in(directory.path(), &["diff", "-", "new.txt"], b"a.com\n");
    assert!(
        run.out.contains("newly admits `evil.com`") && run.out.contains("standard input → new.txt"),
        "{}",
        run.out
    );
    let run = run_in(directory.path(), &["diff", "new.toml", "-"], NEW_CONFIG.as_bytes());
    assert!(run.out.starts_with("Nobody else"), "{}", run.out);
    let run = run_in(directory.path(), &["diff", "--config", "-", "new.toml"], OLD_CONFIG.as_bytes());
    assert!(run.out.contains("app `fresh`"), "{}", run.out);
}

#[test]
fn lists_of_any_size_are_compared_and_not_all_is_shown() {
    let list = |from: usize| (from..from + 3000).map(|number| format!("a{number}.com\n")).collect::<String>();
    let run = lists(&list(0), &list(1000), &[]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(run.out.lines().count() < 50, "{}", run.out);
    assert!(run.out.contains("… and 980 more"), "{}", run.out);
}

#[test]
fn wrong_use_and_bad_input_are_told_as_elsewhere() {
    let mut messages = String::new();
    let hostile = "a**\u{1b}]0;title\u{7}\n\u{202e}moc.b**\n";
    let config = "[apps.a.upload]\npatterns = [\"b..com\"]\n";
    for run in [
        lists("a.com\nb..com\n", "a.com\n", &[]),
        lists("a.com\n", hostile, &[]),
        lists("a.com\n", "a.com\n", &["--app", "a"]),
        versions(("old.txt", "a.com\n"), ("new.toml", ""), &[]),
        configs("", config, &[]),
        configs("", "[apps.b]", &["--app", "\u{1b}x"]),
        configs("", "", &["--app", "x"]),
    ] {
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.err);
        assert!(!run.err.contains(['\u{7}', '\u{202e}']), "{}", run.err);
        messages += &format!("{}---\n", run.err);
    }
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("latin.txt"), b"b\xfc.com\n").unwrap();
    for args in
        [&["diff", "-", "-"][..], &["diff", "-"], &["diff", "-", "missing.txt"], &["diff", "latin.txt", "-"]]
    {
        let run = run_in(directory.path(), args, b"");
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args:?}");
        messages += &format!("{}---\n", run.err);
    }
    insta::assert_snapshot!(messages);
}

#[test]
fn patterns_and_keys_of_any_length_stay_on_their_line() {
    let list: String = (0..3)
        .map(|number| format!("{{{}x}}{number}.com\n", format!("*{},", "a".repeat(60)).repeat(14)))
        .collect();
    let run = lists("a.com\n", &list, &[]);
    assert!(
        run.code == 0 && run.out.lines().all(|line| line.chars().count() < 600),
        "{}{}",
        run.err,
        run.out
    );
    // The longest that a configuration takes.
    let key = "k".repeat(123);
    let config = format!("[apps.\"\\u001b[31m{key}\".upload]\npatterns = [\"a.com\"]\n");
    let run = configs("", &config, &[]);
    assert!(
        run.code == 0 && !run.out.contains(&key) && run.out.lines().all(|line| line.chars().count() < 200),
        "{}{}",
        run.err,
        run.out
    );
}

#[test]
fn people_see_it_in_colours() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("old.txt"), OLD).unwrap();
    fs::write(directory.path().join("new.txt"), NEW).unwrap();
    let mut command = command(&["diff", "old.txt", "new.txt"]);
    let output = command.current_dir(directory.path()).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(output.stdout.contains(&0x1b));
}

#[test]
fn a_list_that_loses_its_last_pattern_lets_everyone_in() {
    let run = lists("a.com\n", "# none\n", &["--fail-on-widening"]);
    assert_eq!(run.code, 1, "{}", run.out);
    assert!(run.out.contains("mode: enforce → off"), "{}", run.out);
}

#[test]
fn others_are_spoken_of_only_where_there_are_some() {
    let first = |old: &str, new: &str| lists(old, new, &[]).out.lines().next().unwrap().to_string();
    assert_eq!(
        first("a.com:1\n", "a.com:{1,3}\n"),
        "This edit newly admits `a.com:3`. Everybody who got in still does."
    );
    assert!(first("a.com\n", "{a,b,c}.com\n").contains(" and others"));
    // A page has a port, so nothing changes for pages.
    assert_eq!(
        first("a.com\n", "a.com:*\n"),
        "This edit no longer admits `a.com` without a port. Nobody else gets in."
    );
}
