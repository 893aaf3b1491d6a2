//! `guestlist explain --svg`: where the picture goes, and what else is printed. What it looks like is tested where it is drawn.

use std::fs;

use crate::{root, run, run_in};

#[test]
fn the_picture_goes_to_its_file_and_the_text_stays_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let explain = |rest: &[&str]| {
        let run = run_in(
            directory.path(),
            &[&["explain", "{,www.}example.com", "localhost:*"], rest].concat(),
            b"",
        );
        assert_eq!(run.code, 0, "{}", run.err);
        run.out
    };
    let printed = explain(&["--svg", "-"]);
    assert!(printed.starts_with("<svg ") && printed.ends_with("</svg>\n"), "{printed}");
    assert!(printed.contains("A list of 2 patterns"), "{printed}");
    for format in ["text", "json"] {
        let path = format!("{format}.svg");
        assert_eq!(explain(&["--format", format, "--svg", &path]), explain(&["--format", format]));
        assert_eq!(fs::read_to_string(directory.path().join(path)).unwrap(), printed);
    }
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
}

#[test]
fn a_picture_does_not_change_the_answer() {
    for (origin, code) in [("https://a.com", 0), ("https://b.com", 1)] {
        let run = run(&["explain", "a.com", "--origin", origin, "--svg", "-"]);
        assert_eq!(run.code, code, "{}", run.err);
        assert!(run.out.ends_with("</svg>\n"), "{}", run.out);
    }
}

#[test]
fn a_picture_does_not_take_the_place_of_the_list() {
    let directory = tempfile::tempdir().unwrap();
    let list = directory.path().join("list.txt");
    fs::write(&list, "a.com\n").unwrap();
    let run = run_in(directory.path(), &["explain", "-l", "list.txt", "--svg", "./list.txt"], b"");
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert_eq!(fs::read_to_string(&list).unwrap(), "a.com\n");
}

#[test]
fn of_a_long_list_two_hundred_rules_are_drawn_and_the_others_counted() {
    let list: String = (0..250).map(|index| format!("a{index}.com\n")).collect();
    let run = run_in(&root(), &["explain", "-l", "-", "--limit", "250", "--svg", "-"], list.as_bytes());
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains(">rule 200</text>") && !run.out.contains(">rule 201</text>"));
    assert!(run.out.contains(">and 50 more, which are not drawn</text>"));
}

#[test]
fn the_picture_in_the_readme_is_what_its_command_draws() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let command = readme
        .lines()
        .find_map(|line| line.strip_prefix("guestlist explain ")?.strip_suffix(" --svg docs/railroad.svg"));
    let patterns: Vec<&str> = command.unwrap().split('\'').filter(|part| !part.trim().is_empty()).collect();
    let run = run(&[&["explain"], patterns.as_slice(), &["--svg", "-"]].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    let committed = fs::read_to_string(root().join("docs/railroad.svg")).unwrap();
    assert!(
        committed == run.out,
        "run the command of the README again, and look at the picture:\n{}",
        run.out
    );
}
