//! `guestlist lint`: what it prints in each format, and how it exits.

use std::fs;

use serde_json::Value;

use crate::{Run, root, run, run_in};

const LIST: &str = "# The shop.\n*domain.com\n\n  https://myapp.com*   # the app\n*.shop.example.com:443\nшop.com\n*.vercel.app\nwww.domain.com\n";

/// Runs it in a folder with this list.
fn lint(list: &str, rest: &[&str]) -> Run {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("list.txt"), list).unwrap();
    run_in(directory.path(), &[&["lint", "-l", "list.txt"], rest].concat(), b"")
}

#[test]
fn the_report_is_pinned() {
    let run = lint(LIST, &[]);
    assert_eq!((run.code, run.err.as_str()), (1, ""));
    insta::assert_snapshot!(run.out);
}

#[test]
fn the_report_for_programs_is_pinned() {
    let run = lint("*domain.com\n", &["--format", "json"]);
    assert_eq!((run.code, run.err.as_str()), (1, ""));
    insta::assert_snapshot!(run.out);
}

#[test]
fn sarif_has_what_viewers_need() {
    let run = lint(LIST, &["--format", "sarif"]);
    assert_eq!((run.code, run.err.as_str()), (1, ""));
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(report["version"], "2.1.0");
    let rules = report["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let results = report["runs"][0]["results"].as_array().unwrap();
    assert!(results.len() >= 6);
    let lines: Vec<&str> = LIST.lines().collect();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "list.txt");
        let number = |name: &str| usize::try_from(place["region"][name].as_u64().unwrap()).unwrap();
        let line: Vec<char> = lines[number("startLine") - 1].chars().collect();
        assert!(
            number("startColumn") < number("endColumn") && number("endColumn") <= line.len() + 1,
            "{result}"
        );
    }
    // What a viewer can write in place of a pattern is that pattern's place, and nothing beside it.
    let fix = &results.iter().find(|result| result["ruleId"] == "open-ending").unwrap()["fixes"][0];
    let region = &fix["artifactChanges"][0]["replacements"][0]["deletedRegion"];
    let column = |name: &str| usize::try_from(region[name].as_u64().unwrap()).unwrap() - 1;
    assert_eq!(&lines[3][column("startColumn")..column("endColumn")], "https://myapp.com*");
}

#[test]
fn levels_decide_how_it_exits() {
    for (list, rest, code) in [
        ("example.com\n", &[][..], 0),
        ("*.example.com\n", &[], 0),
        ("*.example.com\n", &["--deny", "warning"], 0),
        ("*.example.com\n", &["--deny", "note"], 1),
        ("localhost\n", &[], 0),
        ("localhost\n", &["--deny", "warning"], 1),
        ("*.com\n", &[], 1),
        ("*.com\n", &["--deny", "never"], 0),
        ("*.com\n", &["--level", "public-suffix=warning"], 0),
        ("*.com\n", &["--level", "public-suffix=off", "--deny", "note"], 0),
        ("localhost\n", &["--level", "private-host=error"], 1),
    ] {
        assert_eq!(lint(list, rest).code, code, "{list} {rest:?}");
    }
    assert!(lint("example.com\n", &[]).out.starts_with("nothing to say"));
}

#[test]
fn wrong_use_is_told() {
    let mut messages = String::new();
    for args in [
        &["lint"][..],
        &["lint", "-p", "(a|b).com"],
        &["lint", "-p", "https://example.com/*"],
        &["lint", "-p", "a.com", "--level", "nothing=off"],
        &["lint", "-p", "a.com", "--level", "public-suffix=loud"],
        &["lint", "-p", "a.com", "--level", "public-suffix"],
        &["lint", "-c", "testdata/apps.toml", "--app", "nobody"],
        &["lint", "-p", "a.com", "--app", "x"],
        &["lint", "-l", "no/such/file"],
    ] {
        let run = run(args);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args:?}");
        messages += &format!("{args:?}\n{}\n", run.err);
    }
    insta::assert_snapshot!(messages);
}

#[test]
fn every_list_of_a_configuration_is_looked_at_or_the_one_that_is_named() {
    let all = run(&["lint", "-c", "testdata/apps.toml"]);
    assert_eq!(all.code, 0, "{}", all.err);
    insta::assert_snapshot!(all.out);
    let one = run(&["lint", "-c", "testdata/apps.toml", "--app", "AbCd1234", "--type", "delivery"]);
    assert!(one.out.contains("apex-not-covered") && !one.out.contains("private-host"), "{}", one.out);
}

#[test]
fn what_a_file_holds_cannot_write_to_the_terminal() {
    let run = lint("b\u{fc}cher*.example.com\n", &[]);
    assert_eq!(run.code, 2);
    let long = format!("{}*.com\n", "a".repeat(60));
    let run = lint(&long, &[]);
    assert_eq!(run.code, 1);
    assert!(run.out.lines().all(|line| line.chars().count() < 260), "{}", run.out);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for format in ["text", "json", "sarif"] {
        let one = lint(LIST, &["--format", format]).out;
        assert!((0..5).all(|_| lint(LIST, &["--format", format]).out == one), "{format}");
    }
}

/// What the README shows is what the commands print.
#[test]
fn the_reports_in_the_readme_are_real() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let mut shown = 0;
    for block in readme.split("```console\n$ guestlist ").skip(1) {
        let (command, rest) = block.split_once('\n').unwrap();
        let (report, _) = rest.split_once("```").unwrap();
        let run = run(&command.split(' ').collect::<Vec<_>>());
        assert_eq!(run.out, report, "guestlist {command}");
        shown += 1;
    }
    assert!(shown >= 2);
}
