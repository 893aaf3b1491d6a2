//! The whole command: logs in, reports out.

mod hostile;

use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use guestlist::{Gate, List, ListBuilder, ListType, Mode};
use tempfile::TempDir;

use super::block::Limits;
use super::pipeline::Settings;
use super::progress::Progress;
use super::report::Report;
use super::{AuditArgs, LogFormat, audit, html, run, text};
use crate::failure::{Exit, Failure};
use crate::options::OutputFormat;

const EXCERPT: &str = "../../testdata/access.log";
const JSON_LINES: &str = "../../testdata/requests.jsonl";

/// Logs in a folder of their own, and a list to decide with.
struct Case {
    folder: TempDir,
    args: AuditArgs,
    list: ListBuilder,
    settings: Settings,
}

impl Case {
    fn new(list_type: ListType, patterns: &[&str]) -> Case {
        let settings = Settings { threads: NonZeroUsize::MIN, ..Settings::new(20) };
        let args = AuditArgs {
            logs: Vec::new(),
            html: None,
            top: 20,
            log_format: LogFormat::Auto,
            threads: NonZeroUsize::new(2),
        };
        let list = List::builder(list_type).patterns(patterns);
        Case { folder: tempfile::tempdir().unwrap(), args, list, settings }
    }

    fn delivery() -> Case {
        Case::new(ListType::Delivery, &["{,www.}semicomplete.com"])
    }

    fn log(mut self, name: &str, content: impl AsRef<[u8]>) -> Case {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        self.args.logs.push(path);
        self
    }

    fn path(mut self, path: &str) -> Case {
        self.args.logs.push(path.into());
        self
    }

    fn gate(&self) -> (Gate, ListType) {
        let list = self.list.clone().restore();
        let list_type = list.list_type();
        (Gate::new().with_list(list), list_type)
    }

    fn report(&self) -> Report {
        let (gate, list_type) = self.gate();
        match audit(&self.args, &gate, list_type, "site.list", &self.settings, &Progress::hidden()) {
            Ok(report) => report,
            Err(failure) => panic!("{}", message(&failure)),
        }
    }

    /// What cannot be done, and what to do about it.
    fn failure(&self) -> String {
        let (gate, list_type) = self.gate();
        match audit(&self.args, &gate, list_type, "site.list", &self.settings, &Progress::hidden()) {
            Ok(report) => panic!("{}", as_json(&report)),
            Err(failure) => message(&failure).replace(&format!("{}/", self.folder.path().display()), ""),
        }
    }

    fn run(&self, format: OutputFormat) -> String {
        let (gate, list_type) = self.gate();
        let mut out = Vec::new();
        let exit = run(&self.args, &gate, list_type, "site.list", &[], format, &mut out);
        assert!(matches!(exit, Ok(Exit::Success)), "{exit:?}");
        String::from_utf8(out).unwrap()
    }
}

fn message(failure: &Failure) -> String {
    let Failure::Report(report) = failure else { panic!("{failure:?}") };
    format!("{report}\nhelp: {}", report.help().unwrap())
}

fn as_json(report: &Report) -> String {
    serde_json::to_string_pretty(report).unwrap()
}

fn as_text(report: &Report) -> String {
    let mut out = Vec::new();
    text::write(report, &mut out).unwrap();
    anstream::adapter::strip_str(std::str::from_utf8(&out).unwrap()).to_string()
}

fn line(referer: &str) -> String {
    format!("1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"{referer}\" \"agent\"\n")
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn excerpt() -> Vec<u8> {
    std::fs::read(EXCERPT).unwrap()
}

/// Counted once by hand, with the same awk program that counts the whole log.
#[test]
fn a_real_log_gives_the_numbers_counted_by_hand() {
    let report = Case::delivery().path(EXCERPT).report();
    assert_eq!((report.requests, report.unreadable), (204, 0));
    assert_eq!((report.allowed_by.matched, report.allowed_by.missing_header), (69, 95));
    assert_eq!((report.denied, report.no_header), (40, Some(95)));
    assert_eq!(report.rules[0].requests, 69);
}

#[test]
fn the_report_of_a_real_log() {
    let case = Case::delivery().path(EXCERPT);
    insta::assert_snapshot!("excerpt_text", anstream::adapter::strip_str(&case.run(OutputFormat::Text)));
    insta::assert_snapshot!("excerpt_json", case.run(OutputFormat::Json));
}

#[test]
fn the_report_of_json_lines() {
    let case = Case::new(ListType::Upload, &["*.example.com", "localhost:*", "old.example"]).path(JSON_LINES);
    insta::assert_snapshot!("json_lines_text", anstream::adapter::strip_str(&case.run(OutputFormat::Text)));
}

#[test]
fn gzip_is_unpacked_whatever_its_name() {
    let expected = Case::delivery().log("a.log", excerpt()).report();
    let excerpt = excerpt();
    // Cut inside a line: a member need not hold whole ones.
    let (first, second) = excerpt.split_at(10_001);
    let report = Case::delivery().log("a.log", [gzip(first), gzip(second)].concat()).report();
    assert_eq!(
        as_json(&report).replace(&folder_of(&report), ""),
        as_json(&expected).replace(&folder_of(&expected), "")
    );
}

fn folder_of(report: &Report) -> String {
    Path::new(&report.inputs[0].name).parent().unwrap().display().to_string()
}

#[test]
fn counts_of_each_log() {
    let report = Case::delivery()
        .log("a.log", line("http://semicomplete.com/") + &line("http://evil.example/") + "bad\n")
        .log("empty.log", "")
        .log("blank.log", "\n \n")
        .log("c.log", "\u{feff}{\"origin\":\"https://semicomplete.com\"}")
        .report();
    let counts: Vec<_> = report
        .inputs
        .iter()
        .map(|input| (input.format, input.requests, input.allowed, input.denied, input.unreadable))
        .collect();
    assert_eq!(
        counts,
        [(Some("combined"), 2, 1, 1, 1), (None, 0, 0, 0, 0), (None, 0, 0, 0, 0), (Some("json"), 1, 1, 0, 0)]
    );
    assert!(as_text(&report).contains("\nLogs\n"));
}

#[test]
fn an_empty_log_is_fine() {
    let case = Case::delivery().log("a.log", "").log("b.log.gz", gzip(b""));
    let report = case.report();
    assert_eq!(report.requests, 0);
    assert!(as_text(&report).starts_with("Audit of 0 requests in 2 logs\n"));
    assert!(html::page(&report).contains("No requests."));
}

#[test]
fn the_format_is_recognised_and_can_be_set() {
    let json = r#"{"referer":"http://semicomplete.com/"}"#;
    // The first line of a log that was cut in two is of no format.
    let cut = format!("ut off\"}}\n{json}\n{json}\n");
    let report = Case::delivery().log("a.log", &cut).report();
    assert_eq!((report.inputs[0].format, report.requests, report.unreadable), (Some("json"), 2, 1));
    let mut case = Case::delivery().log("a.log", format!("{json}\n{json}\n{}", line("-")));
    case.args.log_format = LogFormat::Combined;
    let report = case.report();
    assert_eq!((report.inputs[0].format, report.requests, report.unreadable), (Some("combined"), 1, 2));
}

#[test]
fn what_the_mode_and_the_list_mean_is_said() {
    let codes = |report: &Report| report.notes.iter().map(|note| note.code).collect::<Vec<_>>();

    let mut case = Case::delivery().path(EXCERPT);
    case.list = case.list.mode(Mode::Off);
    let report = case.report();
    assert_eq!((report.allowed_by.not_enforced, report.no_header), (204, None));
    assert_eq!(codes(&report), ["off"]);

    let mut case = Case::delivery().path(EXCERPT);
    case.list = case.list.mode(Mode::Report);
    let report = case.report();
    assert_eq!((report.denied, codes(&report)), (40, vec!["report", "no-origin-field"]));
    assert!(as_text(&report).contains("would be denied"));

    let report = Case::new(ListType::Upload, &["semicomplete.com"]).path(EXCERPT).report();
    assert_eq!((report.denied_by.missing_header, codes(&report)), (204, vec!["no-origin-field"]));
    assert!(report.notes[0].warns);

    let report =
        Case::new(ListType::Delivery, &["*semicomplete.com", "asemicomplete.com"]).path(EXCERPT).report();
    assert_eq!(codes(&report), ["wildcard-in-name", "shadowed", "no-origin-field"]);
    assert!(as_text(&report).contains("evil-semicomplete.com"), "{}", as_text(&report));
    let many: Vec<String> = (0..7).map(|number| format!("*{number}.com")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let report = Case::new(ListType::Delivery, &many).path(EXCERPT).report();
    assert!(as_text(&report).contains("2 findings more about the list"), "{}", as_text(&report));

    let report = Case::new(ListType::Delivery, &["(a|b).example", "semicomplete.com"]).path(EXCERPT).report();
    assert_eq!(report.list.broken[0].position, Some(1));
    assert_eq!(codes(&report), ["broken-patterns", "no-origin-field"]);
    assert!(as_text(&report).contains("pattern 1 `(a|b).example`"));
}

#[test]
fn near_misses_are_told_for_origins_that_no_rule_matches() {
    let log = line("https://cdn.semicomplete.com/x") + &line("https://far.example/") + &line("null");
    let report = Case::delivery().log("a.log", log).report();
    let listed: Vec<_> = report
        .denied_origins
        .listed
        .iter()
        .map(|origin| (origin.origin.as_str(), origin.reason, origin.near_miss.is_some()))
        .collect();
    assert_eq!(
        listed,
        [
            ("https://cdn.semicomplete.com", "no-match", true),
            ("https://far.example", "no-match", false),
            ("null", "malformed", false)
        ]
    );
}

#[test]
fn many_rules_are_shortened_in_text() {
    let patterns: Vec<String> = (0..100).map(|at| format!("site-{at}.example")).collect();
    let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
    let log: String = (0..30).map(|at| line(&format!("https://site-{at}.example/"))).collect();
    let report = Case::new(ListType::Delivery, &patterns).log("a.log", log).report();
    let text = as_text(&report);
    assert!(text.contains("10 more that matched") && text.contains("50 more that never matched"), "{text}");
    assert_eq!(report.rules.len(), 100);
}

#[test]
fn the_page_is_whole_and_needs_nothing_else() {
    let report = Case::delivery().path(EXCERPT).path(JSON_LINES).report();
    let page = html::page(&report);
    for outside in ["<script", "<link", "<img", "@import", "url(", "src=", "href="] {
        assert!(!page.contains(outside), "{outside}");
    }
    for part in ["Outcome", "Why", "Most often denied", "Rules", "Logs", "Unreadable lines"] {
        assert!(page.contains(&format!("<h2>{part}</h2>")), "{part}");
    }
    assert_eq!(page.matches("role=\"img\"").count(), 4);
    assert_eq!(page.matches("<desc").count(), 4);
    assert_balanced(&page);
}

/// Every element that is opened is closed, in order.
fn assert_balanced(page: &str) {
    let body = &page[page.find("<body>").unwrap()..page.find("</html>").unwrap()];
    let mut open = Vec::new();
    for tag in regex::Regex::new(r"<(/?)([a-z0-9]+)[^>]*?(/?)>").unwrap().captures_iter(body) {
        match (&tag[1], &tag[3]) {
            ("/", _) => assert_eq!(open.pop().as_deref(), Some(&tag[2]), "at {}", &tag[0]),
            (_, "/") => {}
            _ => open.push(tag[2].to_owned()),
        }
    }
    assert_eq!(open, [""; 0]);
}

#[test]
fn the_page_is_written_beside_the_report() {
    let mut case = Case::delivery().path(EXCERPT);
    case.args.html = Some(case.folder.path().join("report.html"));
    let text = case.run(OutputFormat::Text);
    assert!(!text.is_empty());
    let page = std::fs::read_to_string(case.folder.path().join("report.html")).unwrap();
    assert_eq!(page, html::page(&case.report()));
}

#[test]
fn a_page_that_cannot_be_written_fails_before_the_logs_are_read() {
    let mut case = Case::delivery().path("../../testdata/missing.log");
    case.args.html = Some(PathBuf::from("testdata/missing/report.html"));
    let (gate, list_type) = case.gate();
    let failure =
        run(&case.args, &gate, list_type, "site.list", &[], OutputFormat::Text, &mut Vec::new()).unwrap_err();
    assert!(message(&failure).starts_with("cannot write testdata/missing/report.html"));
}
