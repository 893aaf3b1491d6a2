//! Printers of configurations that are wrong, each in one thing: the committed inputs tell every one of them from the right one.

use guestlist::{List, ListType, Rule};
use guestlist_config::Config;
use guestlist_fuzz::config::{config_roundtrips, config_roundtrips_with};
use guestlist_fuzz::seed;

type Printer = fn(&Config) -> String;

/// Leaves out the lines that begin so.
fn without(config: &Config, start: &str) -> String {
    config.to_string().split_inclusive('\n').filter(|line| !line.starts_with(start)).collect()
}

const WRONG: &[(&str, Printer)] = &[
    ("nothing", |_| String::new()),
    ("no limit", |config| without(config, "limit")),
    ("no mode", |config| without(config, "mode")),
    ("no block_missing", |config| without(config, "block_missing")),
    ("no schemes", |config| without(config, "dangerously")),
    ("no empty app", |config| without(config, "[apps.open]")),
    ("one pattern too few", |config| without(config, "    \"localhost")),
    ("no server", |config| {
        let apps = Config::parse(&config.to_string()).unwrap().apps;
        Config { apps, ..Config::default() }.to_string()
    }),
    ("no time-outs", |config| without(config, "idle_timeout")),
    ("other unix sockets", |config| config.to_string().replace("unix:", "unix:.")),
    ("seconds for minutes", |config| config.to_string().replace("m\"\n", "s\"\n")),
    ("no conditions of routes", |config| without(config, "query")),
    ("the wrong list", |config| {
        config
            .to_string()
            .replace(".upload]", ".x]")
            .replace(".delivery]", ".upload]")
            .replace(".x]", ".delivery]")
    }),
    ("patterns from behind", |config| {
        let text = config.to_string();
        let mut patterns: Vec<&str> = text.lines().filter(|line| line.starts_with("    ")).collect();
        let mut line =
            |line| if str::starts_with(line, "    ") { patterns.pop().unwrap_or(line) } else { line };
        text.lines().map(|text| format!("{}\n", line(text))).collect()
    }),
    ("a wider pattern", |config| {
        config.to_string().replace("\"{,www.}example.com\"", "\"{,*.}example.com\"")
    }),
    ("no escapes", |config| config.to_string().replace("\\u202E", "\u{202e}")),
    ("too many escapes", |config| config.to_string().replace('\\', "\\\\")),
    ("no TOML", |config| config.to_string().replace("\"\n", "\n")),
    ("blanks that grow", |config| {
        let mut text = config.to_string();
        let gates = config.apps.values().map(|app| &app.gate);
        let lists = gates.flat_map(|gate| ListType::ALL.map(|list_type| gate.list(list_type)));
        for pattern in lists.flat_map(List::rules).map(Rule::pattern) {
            let (printed, grown) = (format!("\"{pattern}\""), format!("\" {}\"", pattern.source()));
            text = text.replace(&printed, &grown);
        }
        text
    }),
];

/// What the committed inputs say of each wrong printer: its name, and whether it was found.
pub(crate) fn found() -> Vec<(&'static str, bool)> {
    let inputs = seed::committed("corpus", "config_roundtrip").unwrap();
    let texts: Vec<String> = inputs.into_iter().filter_map(|bytes| String::from_utf8(bytes).ok()).collect();
    for text in &texts {
        assert_eq!(config_roundtrips(text), Ok(()), "the control");
    }
    let found = |print: &Printer| texts.iter().any(|text| config_roundtrips_with(text, print).is_err());
    WRONG.iter().map(|(what, print)| (*what, found(print))).collect()
}
