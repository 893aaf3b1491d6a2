//! `guestlist format`: what it prints, that this is the same configuration, and what `--check` says.

use std::fs;

use crate::{Run, root, run, run_in};

const CONFIG: &str = r#"# The shop.
[apps.shop]
dangerously_supported_schemes = ["Capacitor"]
delivery.patterns = ['https://Bücher.example']   # where it is shown
upload = { patterns = ["{,www.}Example.com/", "localhost:*", "LOCALHOST:*"], limit = 2 }

["apps"."the \u202e blog"]
"#;

/// Formats this text; the file is as it was afterwards.
fn format(text: &str, rest: &[&str]) -> Run {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("c.toml");
    fs::write(&path, text).unwrap();
    let run = run_in(directory.path(), &[&["format", "-c", "c.toml"], rest].concat(), b"");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    run
}

#[test]
fn a_configuration_is_printed_in_canonical_form() {
    let run = format(CONFIG, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    insta::assert_snapshot!(format!("{}--- standard error\n{}", run.out, run.err));
    let again = format(&run.out, &[]);
    assert_eq!((again.code, again.out, again.err.as_str()), (0, run.out.clone(), ""));
    let checked = format(&run.out, &["--check"]);
    assert_eq!((checked.code, checked.out.as_str(), checked.err.as_str()), (0, "", ""));
}

#[test]
fn check_names_the_first_line_that_is_not_in_form() {
    let mut messages = String::new();
    for text in [
        CONFIG,
        "[apps.a]\r\n",
        "[apps.a]",
        "[apps.a]\n\n",
        "[apps.a]\n[apps.b]\n",
        "\u{feff}[apps.a]\n",
        "[apps]\n",
        "[apps.a.upload]\npatterns = [\n    \"a.com\",\n]\nmode = \"enforce\"\n",
    ] {
        let run = format(text, &["--check"]);
        assert_eq!((run.code, run.err.as_str()), (1, ""), "{text:?}");
        messages += &run.out;
    }
    insta::assert_snapshot!(messages);
}

#[test]
fn the_example_is_in_form() {
    assert_eq!(run(&["format", "--check", "--config", "testdata/apps.toml"]).code, 0);
    let example = fs::read(root().join("testdata/apps.toml")).unwrap();
    let piped = run_in(&root(), &["format", "-c", "-"], &example);
    assert_eq!((piped.code, piped.out.as_bytes()), (0, &*example), "{}", piped.err);
}

#[test]
fn the_example_of_the_readme_means_what_the_example_file_says() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let config = readme.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(format(config, &[]).out, fs::read_to_string(root().join("testdata/apps.toml")).unwrap());
}

#[test]
fn a_bad_configuration_is_not_printed() {
    for rest in [&[][..], &["--check"]] {
        let run = format("[apps.a.upload]\npatterns = [\"a.com\", \"b..com\"]\n", rest);
        assert_eq!((run.code, run.out.as_str()), (2, ""));
        assert!(run.err.contains("c.toml:2:"), "{}", run.err);
    }
    assert_eq!(run(&["format", "-c", "testdata/missing.toml"]).code, 2);
    assert_eq!(run(&["format"]).code, 2);
}
