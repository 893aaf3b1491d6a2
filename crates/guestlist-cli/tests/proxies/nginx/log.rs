//! nginx's log says what was decided.

use super::Nginx;
use crate::harness::{Request, Site, wait_until};
use crate::scenarios::{APPS, FRIEND, STRANGER};

#[test]
fn the_log_has_a_line_of_json_for_every_request() {
    let Some(mut site) = Site::<Nginx>::start(APPS) else { return };
    let upload = |app: &str, origin: &str| {
        Request::post(format!("/upload/?key={app}"), "an upload").with("Origin", origin)
    };
    site.ask(upload("shop", FRIEND)).assert_let_through();
    site.ask(upload("shop", STRANGER)).assert_denied();
    site.ask(upload("trial", STRANGER)).assert_let_through();
    site.ask(upload("shop", "\"https://app.example.com\\\", \"decision\":\"allow")).assert_denied();
    site.checker.kill();
    site.ask(upload("shop", FRIEND)).assert_blocked_with(500);

    let path = site.place.folder.join("access.log");
    let read = || std::fs::read_to_string(&path).unwrap_or_default();
    wait_until("five lines in the log", || read().lines().count() == 5);
    let lines = read();
    let said = lines.lines().map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let word = |key: &str| line[key].as_str().unwrap_or_else(|| panic!("{key}: {line}")).to_owned();
        (line["status"].as_u64().unwrap(), word("decision"), word("reason"), word("rule"), word("would_deny"))
    });
    let expected = [
        (200, "allow", "matched", "2", ""),
        (403, "deny", "no-match", "", ""),
        (200, "allow", "no-match", "", "no-match"),
        (403, "deny", "malformed", "", ""),
        (500, "", "", "", ""),
    ];
    let expected = expected.map(|(status, decision, reason, rule, would_deny)| {
        (status, decision.to_owned(), reason.to_owned(), rule.to_owned(), would_deny.to_owned())
    });
    assert_eq!(said.collect::<Vec<_>>(), expected, "{lines}");
}
