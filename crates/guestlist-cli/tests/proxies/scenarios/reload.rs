//! Another configuration while requests run.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use super::FRIEND;
use crate::harness::{Connection, Proxy, Request, Site, configuration, fresh_number};

/// Two configurations that have nothing in common but the names: who is let in by one is denied by the other, or let in by another rule.
const VERSIONS: [&str; 2] = [
    r#"
    [apps.shop.upload]
    patterns = ["both.example.org", "one.example.org", "*.example.com"]
    [apps.first.upload]
    patterns = ["*.example.com"]
    "#,
    r#"
    [apps.shop.upload]
    patterns = ["two.example.org", "more.example.org", "app.example.com", "both.example.org"]
    [apps.second.upload]
    patterns = ["*.example.com"]
    "#,
];

/// App, origin, and what the two versions say: the number of the rule, or nothing where it is denied.
const QUESTIONS: [(&str, &str, [Option<&str>; 2]); 6] = [
    ("shop", "https://one.example.org", [Some("2"), None]),
    ("shop", "https://two.example.org", [None, Some("1")]),
    ("shop", "https://both.example.org", [Some("1"), Some("4")]),
    ("shop", FRIEND, [Some("3"), Some("3")]),
    ("first", FRIEND, [Some("1"), None]),
    ("second", FRIEND, [None, Some("1")]),
];

pub(crate) fn a_reload_under_load_answers_by_one_version_or_the_other<P: Proxy>() {
    let Some(site) = Site::<P>::start(VERSIONS[0]) else { return };
    let versions = VERSIONS.map(|apps| configuration(apps, ""));
    let done = AtomicBool::new(false);
    let seen = std::thread::scope(|scope| {
        // The clients end with the reloads, also where one of those fails.
        let end = SetOnDrop(&done);
        let clients = QUESTIONS.map(|question| {
            let (site, done) = (&site, &done);
            scope.spawn(move || ask_until(site, question, done))
        });
        for round in 1..=RELOADS {
            let version = round % 2;
            let answer = site.checker.reload(&versions[version]);
            assert_eq!(answer.status, 200, "{answer:?}");
            // From here on the new one is in force.
            for (app, origin, rules) in QUESTIONS {
                let answer = site.ask(question(app, origin));
                match rules[version] {
                    Some(rule) => assert_eq!(
                        answer.assert_let_through().headers.one("X-Guestlist-Rule"),
                        Some(rule),
                        "{answer:?}"
                    ),
                    None => answer.assert_denied(),
                }
            }
            // One that does not load changes nothing.
            let broken = site.checker.reload("[apps.shop.upload]\npatterns = [\"(\"]\n");
            assert_eq!(broken.status, 422, "{broken:?}");
        }
        drop(end);
        clients.map(|client| client.join().unwrap())
    });
    for (answers, (app, origin, rules)) in seen.into_iter().zip(QUESTIONS) {
        let possible: BTreeSet<_> = rules.map(|rule| rule.map(str::to_owned)).into();
        assert_eq!(answers, possible, "{origin} for {app}");
    }
    assert!(!site.checker.log().contains("panicked"), "{}", site.checker.log());
}

struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Asks one question again and again, and returns the different answers: the rule that let it in, or nothing where it was denied.
fn ask_until<P: Proxy>(
    site: &Site<P>,
    (app, origin, _): (&str, &str, [Option<&str>; 2]),
    done: &AtomicBool,
) -> BTreeSet<Option<String>> {
    let mut answers = BTreeSet::new();
    let mut connection = Connection::open(&site.address()).unwrap();
    while !done.load(Ordering::Relaxed) {
        let number = fresh_number();
        let response = connection.ask(&question(app, origin).with("X-Ask", &number)).unwrap();
        let seen = site.backend.seen(&number);
        match response.status {
            200 => {
                let seen = seen.unwrap();
                assert_eq!(seen.headers.one("X-Guestlist-Decision"), Some("allow"), "{seen:?}");
                answers.insert(seen.headers.one("X-Guestlist-Rule").map(str::to_owned));
            }
            403 => {
                assert!(seen.is_none(), "denied, and let through: {seen:?}");
                answers.insert(None);
            }
            _ => panic!("{app}, {origin}: {response:?}"),
        }
        if response.headers.members("Connection").iter().any(|word| word == "close") {
            connection = Connection::open(&site.address()).unwrap();
        }
    }
    answers
}

fn question(app: &str, origin: &str) -> Request {
    Request::post(format!("/upload/?key={app}"), "").with("Origin", origin)
}

const RELOADS: usize = 20;
