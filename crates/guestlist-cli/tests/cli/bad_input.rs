//! Wrong use and bad input: exit code 2, and a message that names the place and what to do.

use std::fs;

use crate::{Run, run_in};

/// Runs in a directory with these files.
fn with_files(files: &[(&str, &[u8])], args: &[&str]) -> Run {
    let directory = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(directory.path().join(name), content).unwrap();
    }
    fs::create_dir(directory.path().join("folder")).unwrap();
    let run = run_in(directory.path(), args, b"");
    assert_eq!(run.code, 2, "{args:?}: {}{}", run.out, run.err);
    assert_eq!(run.out, "", "{args:?}");
    run
}

#[test]
fn every_message_is_pinned() {
    let config: &[u8] = b"[apps.shop.upload]\npatterns = [\"a.com\", \"bad..host\"]\nmode = \"enforced\"\n";
    let broken: &[u8] = b"[apps.shop.upload\npatterns = [\"(a)\"]\n[apps.shop.delivery]\nlimit = -1\nblock_missing = \"yes\"\nmystery = 1\n";
    let many: String = (0..21).map(|index| format!("a{index}.com\n")).collect();
    let many_in_config = format!(
        "[apps.a.upload]\npatterns = [\n{}]\n",
        (0..21).map(|index| format!("  \"a{index}.com\",\n")).collect::<String>()
    );
    let table: &[u8] = b"a.com\ta.com\t1\tfine\na.com a.com 1\n";
    let files: &[(&str, &[u8])] = &[
        ("list.txt", b"# our sites\n*.example.com\nb\xc3\xbc*.example   # a shop\n\nexample.com/path\n"),
        ("latin.txt", b"a.com\nb\xfc.com\n"),
        ("many.txt", many.as_bytes()),
        ("good.txt", b"a.com\n"),
        ("config.toml", config),
        ("broken.toml", broken),
        ("many.toml", many_in_config.as_bytes()),
        ("good.toml", b"[apps.shop]\n[apps.blog]\n"),
        ("table.tsv", table),
        ("verdict.tsv", b"a.com\tupload\t-\t-\tmaybe\n"),
        ("empty.tsv", b"# nothing\n"),
        ("url.tsv", b"a.com\thttps://a.com/\t1\n"),
        ("log", b"1.2.3.4 - - [x] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"\n"),
    ];
    let mut messages = Vec::new();
    for args in [
        &["check", "-l", "list.txt", "a.com"][..],
        &["check", "-p", "a..b", "-p", "**", "a.com"],
        &["check", "-l", "latin.txt", "a.com"],
        &["check", "-l", "many.txt", "a.com"],
        &["check", "-l", "missing.txt", "a.com"],
        &["check", "-l", "folder", "a.com"],
        &["check", "a.com"],
        &["check", "-p", "a.com"],
        &["check", "-p", "a.com", "--type", "download", "a.com"],
        &["check", "-p", "a.com", "--app", "shop", "a.com"],
        &["check", "-l", "-", "-"],
        &["audit", "-l", "good.txt", "log", "--html", "-"],
        &["audit", "-l", "good.txt", "log", "--html", "missing/page.html"],
        &["test", "--match", "url.tsv"],
        &["check", "-c", "good.toml", "--app", "shpo", "a.com"],
        &["check", "-c", "config.toml", "--app", "shop", "a.com"],
        &["check", "-c", "broken.toml", "--app", "shop", "a.com"],
        &["check", "-c", "many.toml", "--app", "a", "a.com"],
        &["explain"],
        &["explain", "^.*\\.example\\.com$"],
        &["explain", "a.com", "--svg", "missing/picture.svg"],
        &["explain", "a.com", "--svg", "folder"],
        &["explain", "-l", "good.txt", "--svg", "good.txt"],
        &["explain", "a.com", "--svg", "-", "--format", "json"],
        &["test"],
        &["test", "--match", "table.tsv"],
        &["test", "--headers", "verdict.tsv"],
        &["test", "--match", "empty.tsv"],
        &["test", "--match", "missing.tsv"],
        &["audit", "-l", "good.txt", "missing.log"],
        &["audit", "-l", "good.txt", "folder"],
        &["audit", "-l", "list.txt", "log"],
        &["frobnicate"],
    ] {
        // `table.tsv` has a good case before the bad line, which is reported at the end.
        messages.push(format!("$ guestlist {}\n{}", args.join(" "), with_files(files, args).err));
    }
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn a_pattern_of_a_megabyte_is_refused_in_a_few_lines() {
    let long = "a".repeat(1 << 20);
    let run = with_files(
        &[("list.txt", format!("a.com\n{long}\n").as_bytes())],
        &["check", "-l", "list.txt", "a.com"],
    );
    assert!(run.err.contains("list.txt:2:") && run.err.contains("too long"), "{}", run.err);
    assert!(run.err.len() < 1000, "{}", run.err.len());
    let config = format!("[apps.a.upload]\npatterns = [\"{long}\"]\n");
    let run = with_files(&[("c.toml", config.as_bytes())], &["check", "-c", "c.toml", "--app", "a", "a.com"]);
    assert!(run.err.contains("c.toml:2:") && run.err.contains("too long"), "{}", run.err);
    assert!(run.err.len() < 1000, "{}", run.err.len());
}

#[test]
fn what_a_file_says_does_not_reach_the_terminal_as_it_is() {
    let list = "a**\u{1b}]0;title\u{7}\n\u{202e}moc.b**\n".as_bytes();
    let run = with_files(&[("list.txt", list)], &["check", "-l", "list.txt", "a.com"]);
    assert!(run.err.contains("\\u{1b}") && run.err.contains("\\u{202e}"), "{}", run.err);
    assert!(!run.err.contains(['\u{7}', '\u{202e}']));
    let config =
        "[apps.a]\n\"\u{1b}key\" = 1\n[apps.a.upload]\nmode = \"\u{202e}\"\n".replace('\u{1b}', "\\u001b");
    let run = with_files(&[("c.toml", config.as_bytes())], &["check", "-c", "c.toml", "--app", "a", "a.com"]);
    assert!(!run.err.contains(['\u{1b}', '\u{202e}']), "{}", run.err);
}

#[test]
fn a_long_line_beside_a_bad_one_is_not_shown_whole() {
    let list = format!("{}\nb**c\n{}\n", "a".repeat(100_000), "# x".repeat(100_000));
    let run = with_files(&[("list.txt", list.as_bytes())], &["check", "-l", "list.txt", "a.com"]);
    assert!(run.err.len() < 3000, "{}", run.err.len());
}

#[test]
fn a_binary_file_is_no_log() {
    let binary: Vec<u8> =
        (0..100_000u32).flat_map(|index| index.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let run = with_files(
        &[("program", &binary), ("list.txt", b"a.com\n")],
        &["audit", "-l", "list.txt", "program"],
    );
    assert!(run.err.contains("program"), "{}", run.err);
}
