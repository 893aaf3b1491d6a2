//! Printing: what the canonical form is, and that it means the same.

use guestlist::{ListType, Mode};

use crate::Config;

/// Prints a configuration, after a look at whether the print is read back and printed the same.
fn print(text: &str) -> String {
    let config = Config::parse(text).unwrap();
    let printed = config.to_string();
    let again = Config::parse(&printed).unwrap();
    assert_eq!(again.to_string(), printed);
    assert_eq!(again.apps.keys().collect::<Vec<_>>(), config.apps.keys().collect::<Vec<_>>());
    printed
}

/// Prints the patterns of one list.
fn patterns(toml: &str) -> Vec<String> {
    let printed = print(&format!("[apps.a.upload]\npatterns = [{toml}]"));
    printed.lines().filter_map(|line| line.strip_prefix("    ")).map(String::from).collect()
}

#[test]
fn every_setting_is_written() {
    let text = r#"
        # Our shop.
        [apps.shop]
        dangerously_supported_schemes = ["Capacitor", "ionic", 'CAPACITOR']
        delivery = { patterns = ["*.Example.com"], limit = 0x1e }
        upload.patterns = ["{,www.}example.com", "localhost:*"]
        upload.mode = "report"
        upload.block_missing = false

        [apps."a shop"]
        name = "A \"shop\"\u202e"
    "#;
    let printed = r#"[apps."a shop"]
name = "A \"shop\"\u202E"

[apps.shop]
dangerously_supported_schemes = ["capacitor", "ionic"]

[apps.shop.upload]
patterns = [
    "{,www.}example.com",
    "localhost:*",
]
mode = "report"
block_missing = false
limit = 20

[apps.shop.delivery]
patterns = [
    "*.example.com",
]
mode = "enforce"
block_missing = false
limit = 30
"#;
    assert_eq!(print(text), printed);
    assert_eq!(print(printed), printed);
    assert_eq!(Config::parse(text).unwrap().apps["shop"].limit(ListType::Delivery), 30);
}

#[test]
fn what_requests_must_carry_is_written_where_it_is_anything() {
    let text = r#"[apps.a.upload]
patterns = [
    "example.com",
]
mode = "enforce"
block_missing = true
limit = 20

[apps.a.policy]
upload = "required"
delivery = "required"
secrets = "a.secret"

[apps.b.policy]
secrets = "keys/b \"2\".secret"

[apps.c]
"#;
    assert_eq!(print(text), text);
    for absent in ["[apps.c]\npolicy = {}", "[apps.c.policy]\nupload = 'off'\ndelivery = \"off\""] {
        assert_eq!(print(absent), "[apps.c]\n");
    }
    for (settings, place) in [
        ("policy = 'required'", "'required'"),
        ("policy.upload = true", "true"),
        ("policy.upload = 'on'", "'on'"),
        ("policy = { upload = 'required' }", "{ upload = 'required' }"),
        ("policy = { delivery = 'required', secrets = '' }", "''"),
        ("policy.secret = 'x'", "secret"),
    ] {
        let text = format!("[apps.a]\n{settings}\n");
        let mistakes = Config::parse(&text).unwrap_err();
        assert!(
            mistakes.iter().any(|mistake| &text[mistake.span.clone()] == place),
            "{settings}: {mistakes:#?}"
        );
    }
}

#[test]
fn what_is_as_if_absent_is_left_out() {
    assert_eq!(print(""), "");
    assert_eq!(print("[apps]\n"), "");
    for same in [
        "[apps.a]",
        "[apps.a.upload]",
        "[apps.a.upload]\npatterns = []\nmode = 'off'\nblock_missing = true\nlimit = 20\n[apps.a.delivery]\nblock_missing = false",
        "[apps.a]\ndangerously_supported_schemes = []",
    ] {
        assert_eq!(print(same), "[apps.a]\n", "{same}");
    }
}

#[test]
fn a_list_without_patterns_keeps_its_settings() {
    for (setting, mode, block_missing, limit) in [
        ("mode = 'enforce'", Mode::Enforce, true, 20),
        ("mode = 'report'", Mode::Report, true, 20),
        ("block_missing = false", Mode::Off, false, 20),
        ("limit = 0", Mode::Off, true, 0),
    ] {
        let printed = print(&format!("[apps.a.upload]\n{setting}"));
        let expected = format!(
            "[apps.a.upload]\npatterns = []\nmode = \"{mode}\"\nblock_missing = {block_missing}\nlimit = {limit}\n"
        );
        assert_eq!(printed, expected, "{setting}");
    }
    // With patterns the default is another mode.
    let printed = print("[apps.a.upload]\npatterns = ['a.com']\nmode = 'off'");
    assert!(printed.contains("mode = \"off\""), "{printed}");
}

#[test]
fn patterns_are_canonical_once_and_in_order() {
    assert_eq!(
        patterns(r#"" HTTPS://B.com/ ", 'a.com', """b.com""", "A\u002ecom", "[0:0::1]:80""#),
        [r#""b.com","#, r#""a.com","#, r#""[::1]:80","#]
    );
    // Letters of one's own stay, but for those that come to plain ASCII; what cannot be seen shows.
    for (written, printed) in [
        ("\u{a0}http://Bücher.example./", "Bücher.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("{*.,}ü.de.:80", "{*.,}ü.de.:80"),
        ("é\u{ad}b.com", "é\\u00ADb.com"),
        ("\u{a0}A\u{ad}.com\u{3000}", "a.com"),
        ("ｂ.com", "b.com"),
    ] {
        assert_eq!(patterns(&format!("'{written}'")), [format!("\"{printed}\",")]);
    }
}

#[test]
fn a_key_that_no_server_takes_is_refused() {
    let text = |bytes: usize| format!("[apps.{}]", "k".repeat(bytes));
    assert!(Config::parse(&text(crate::MAX_KEY_BYTES)).is_ok());
    let mistakes = Config::parse(&text(crate::MAX_KEY_BYTES + 1)).unwrap_err();
    assert_eq!(mistakes[0].span, 6..6 + crate::MAX_KEY_BYTES + 1);
}

#[test]
fn keys_of_every_kind_are_kept() {
    for (key, printed) in [
        ("a-B_1", "a-B_1"),
        ("1.2", r#""1.2""#),
        ("", r#""""#),
        (" ", r#"" ""#),
        ("a'b", r#""a'b""#),
        ("a\"b\\", r#""a\"b\\""#),
        ("é", r#""é""#),
        ("\u{0}\t\n\r\u{7f}", r#""\u0000\t\n\r\u007F""#),
        ("\u{9b}\u{202e}\u{feff}\u{e0041}", r#""\u009B\u202E\uFEFF\U000E0041""#),
    ] {
        let config = Config { apps: [(key.to_string(), crate::App::default())].into(), ..Config::default() };
        let text = config.to_string();
        assert_eq!(text, format!("[apps.{printed}]\n"));
        let keys: Vec<String> = Config::parse(&text).unwrap().apps.into_keys().collect();
        assert_eq!(keys, [key]);
        assert_eq!(print(&text), text);
    }
}
