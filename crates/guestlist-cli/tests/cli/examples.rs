//! `guestlist examples`: who gets in, and how many there are.

use std::fs;

use crate::{root, run, run_in};

#[test]
fn who_gets_in_is_shown_and_counted() {
    let mut out = String::new();
    for args in [
        &["*.example.com", "localhost:300?"][..],
        &["{,www.}example.com"],
        &["app?.example.com", "-n", "2"],
        &["????????.com", "--labels", "2", "-n", "1"],
        &["{a,b.c}.com", "--labels", "2"],
        &["-p", "127.0.0.[0-9][0-9][0-9]", "-n", "3"],
        &["xn--?c*.com", "-n", "3"],
        &["[::1]:8080"],
        &["-c", "testdata/apps.toml", "--app", "AbCd1234", "--type", "delivery"],
        &["-c", "testdata/apps.toml", "--app", "AbCd1234"],
        &["*.example.com", "-n", "0"],
    ] {
        let run = run(&[&["examples"], args].concat());
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{args:?}");
        out += &format!("$ guestlist examples {}\n{}\n", args.join(" "), run.out);
    }
    insta::assert_snapshot!(out);
    insta::assert_snapshot!(run(&["examples", "{a,b}.com", "--format", "json"]).out);
}

#[test]
fn that_nobody_gets_in_or_that_it_is_not_known_is_said() {
    let mut out = String::new();
    for args in [
        &["xn--[a].com"][..],
        &["-l", "-"],
        &["xn--*9999999999a.com"],
        &["xn--*9999999999a.com", "--format", "json"],
    ] {
        let run = run_in(&root(), &[&["examples"], args].concat(), b"# nothing yet\n");
        assert_eq!(run.code, 1, "{args:?}");
        out += &format!("$ guestlist examples {}\n{}\n", args.join(" "), run.out);
    }
    // What is not decided of one rule does not hide the others.
    let run = run(&["examples", "xn--*9999999999a.com", "a.com"]);
    assert_eq!(run.code, 0, "{}", run.out);
    out += &run.out;
    insta::assert_snapshot!(out);
}

#[test]
fn a_list_that_is_off_lets_everyone_in() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("c.toml"), "[apps.a]\nupload = { patterns = ['a.com'], mode = 'off' }")
        .unwrap();
    let run = run_in(directory.path(), &["examples", "-c", "c.toml", "--app", "a"], b"");
    assert!(run.code == 0 && run.out.starts_with("the list is off: everyone is let in"), "{}", run.out);
}

#[test]
fn wrong_use() {
    for args in [
        &["examples"][..],
        &["examples", "a..b"],
        &["examples", "a.com", "-n", "x"],
        &["examples", "a.com", "-c", "testdata/apps.toml", "--app", "AbCd1234"],
    ] {
        let run = run(args);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args:?}");
    }
}
