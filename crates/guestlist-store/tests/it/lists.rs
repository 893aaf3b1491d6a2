//! Apps and their lists: saved, seen, brought back.

use guestlist::{List, ListType, Mode, Origin, RequestHeaders};
use guestlist_store::{
    Action, AppQuery, AppSettings, Change, Content, Defaults, Document, RedbStore, Store, StoreErrorKind,
    Timestamp,
};

use crate::{ada, content, store};

use ListType::{Delivery, Upload};

#[test]
fn a_new_app_lets_everyone_in_until_somebody_says_otherwise() {
    let (_folder, store) = store();
    let change = ada().why("a customer signed up").at(Timestamp::from_millis(5));
    let app = store.create_app("a", AppSettings::named("Shop"), &change).unwrap();
    assert_eq!((app.version, app.created, &*app.settings.name), (1, Timestamp::from_millis(5), "Shop"));
    for list_type in ListType::ALL {
        let list = app.list(list_type);
        assert_eq!((list.number, list.content.mode(), list.content.patterns().len()), (1, Mode::Off, 0));
        assert_eq!((&*list.by, &*list.why, list.restores), ("ada", "a customer signed up", None));
        assert!(app.gate().decide(list_type, &RequestHeaders::new()).lets_through());
    }
    assert_eq!(store.app("a").unwrap(), Some(app));
    assert_eq!(store.app("A").unwrap(), None);
    let error = store.create_app("a", AppSettings::named("Other"), &ada()).unwrap_err();
    assert!(matches!(error.kind(), StoreErrorKind::AppExists));
}

#[test]
fn new_upload_lists_can_have_patterns_from_the_start_and_are_off_all_the_same() {
    let (_folder, store) = store();
    let console = List::builder(Upload).patterns(["dev.filestack.com"]).build().unwrap();
    let store = store.with_defaults(Defaults::default().upload(&console));
    let app = store.create_app("a", AppSettings::named("Shop"), &ada()).unwrap();
    assert_eq!(app.list(Upload).content.patterns(), ["dev.filestack.com"]);
    assert_eq!(app.list(Upload).content.mode(), Mode::Off);
    assert_eq!(app.list(Delivery).content, Content::off(Delivery));
}

#[test]
fn a_save_is_seen_by_the_next_one_who_asks() {
    let (_folder, store) = store();
    store.create_app("a", AppSettings::named("Shop"), &ada()).unwrap();
    let saved =
        store.save_list("a", Upload, 1, &content(Upload, &["*.example.com"]), &ada().why("live")).unwrap();
    assert_eq!((saved.number, &*saved.why), (2, "live"));
    let app = store.app("a").unwrap().unwrap();
    assert_eq!(app.list(Upload), &saved);
    assert_eq!(app.list(Delivery).number, 1);
    let decide = |host: &str| app.gate().decide_origin(Upload, &Origin::from_host(host.as_bytes()).unwrap());
    assert!(decide("a.example.com").lets_through());
    assert!(!decide("example.org").lets_through());
}

#[test]
fn nobody_saves_over_what_they_have_not_seen() {
    let (_folder, store) = store();
    store.create_app("a", AppSettings::named("Shop"), &ada()).unwrap();
    let first = store.save_list("a", Upload, 1, &content(Upload, &["a.com"]), &Change::by("bob")).unwrap();
    let error = store.save_list("a", Upload, 1, &content(Upload, &["b.com"]), &ada()).unwrap_err();
    assert_eq!(error.conflict(), Some(&first));
    assert!(error.to_string().starts_with("bob saved version 2 of this list at 20"), "{error}");
    for seen in [0, 3, u64::MAX] {
        let error = store.save_list("a", Upload, seen, &content(Upload, &["b.com"]), &ada()).unwrap_err();
        assert_eq!(error.conflict(), Some(&first), "{seen}");
        assert!(store.restore_list("a", Upload, seen, 1, &ada()).unwrap_err().conflict().is_some(), "{seen}");
    }
    // The other list is nobody's business.
    store.save_list("a", Delivery, 1, &content(Delivery, &["b.com"]), &ada()).unwrap();
    assert_eq!(store.app("a").unwrap().unwrap().list(Upload), &first);
    assert_eq!(store.history("a", Upload, None, 10).unwrap().len(), 2);
    let error = store.save_list("b", Upload, 1, &content(Upload, &[]), &ada()).unwrap_err();
    assert!(matches!(error.kind(), StoreErrorKind::UnknownApp));
}

#[test]
fn of_many_who_save_at_once_one_is_first() {
    let (_folder, store) = store();
    store.create_app("a", AppSettings::named("Shop"), &ada()).unwrap();
    for round in 1..20 {
        let done = std::thread::scope(|scope| {
            let save = |person: u64| {
                let (store, content) = (&store, content(Upload, &[&format!("p{person}-{round}.com")]));
                scope.spawn(move || {
                    store.save_list("a", Upload, round, &content, &Change::by(person.to_string()))
                })
            };
            let threads: Vec<_> = (0..4).map(save).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        let (saved, refused): (Vec<_>, Vec<_>) = done.into_iter().partition(Result::is_ok);
        let saved = saved.into_iter().next().unwrap().unwrap();
        assert_eq!((saved.number, refused.len()), (round + 1, 3));
        for error in refused.into_iter().map(Result::unwrap_err) {
            assert_eq!(error.conflict(), Some(&saved));
        }
    }
    store.verify().unwrap();
}

#[test]
fn what_a_list_said_is_never_lost() {
    let (_folder, store) = store();
    store.create_app("a", AppSettings::named("Shop"), &ada()).unwrap();
    for number in 1..=30 {
        store.save_list("a", Upload, number, &content(Upload, &[&format!("v{number}.com")]), &ada()).unwrap();
    }
    let numbers = |before, most| {
        let history = store.history("a", Upload, before, most).unwrap();
        history.iter().map(|revision| revision.number).collect::<Vec<_>>()
    };
    assert_eq!(numbers(None, 3), [31, 30, 29]);
    assert_eq!(numbers(Some(29), 3), [28, 27, 26]);
    assert_eq!(numbers(Some(3), 30), [2, 1]);
    assert_eq!(numbers(Some(1), 30), [0; 0]);
    let old = store.revision("a", Upload, 5).unwrap().unwrap();
    assert_eq!(old.content.patterns(), ["v4.com"]);
    let back = store.restore_list("a", Upload, 31, 5, &Change::by("bob").why("it was better")).unwrap();
    assert_eq!((back.number, back.restores, &back.content, &*back.by), (32, Some(5), &old.content, "bob"));
    assert_eq!(store.app("a").unwrap().unwrap().list(Upload), &back);
    for number in [0, 33, u64::MAX] {
        assert_eq!(store.revision("a", Upload, number).unwrap(), None);
        let error = store.restore_list("a", Upload, 32, number, &ada()).unwrap_err();
        assert!(matches!(error.kind(), StoreErrorKind::UnknownRevision));
    }
    assert_eq!(store.history("b", Upload, None, 10).unwrap(), []);
}

#[test]
fn an_app_that_was_removed_is_unknown_and_its_history_stays() {
    let (_folder, store) = store();
    store.create_app("a", AppSettings::named("Shop"), &ada()).unwrap();
    store.save_list("a", Upload, 1, &content(Upload, &["a.com"]), &ada()).unwrap();
    let mut settings = AppSettings::named("Shop");
    for version in 1..20 {
        settings = settings.limit(Upload, 20 + usize::try_from(version).unwrap());
        assert_eq!(store.change_app("a", version, settings.clone(), &ada()).unwrap().version, version + 1);
    }
    store.remove_app("a", &ada()).unwrap();
    assert_eq!(store.app("a").unwrap(), None);
    assert_eq!(store.apps(&AppQuery::new(), 10).unwrap(), []);
    assert!(matches!(store.remove_app("a", &ada()).unwrap_err().kind(), StoreErrorKind::UnknownApp));
    assert_eq!(store.history("a", Upload, None, 10).unwrap().len(), 2);
    // Another under the same key goes on counting, so that no number means two versions.
    let again = store.create_app("a", AppSettings::named("Another"), &ada()).unwrap();
    assert_eq!((again.list(Upload).number, again.list(Delivery).number), (3, 2));
    assert_eq!(again.list(Upload).content.mode(), Mode::Off);
    assert!(again.version > 20, "{}", again.version);
    for version in 1..=20 {
        let error = store.change_app("a", version, settings.clone(), &ada()).unwrap_err();
        assert!(matches!(error.kind(), StoreErrorKind::SettingsConflict { .. }));
    }
    assert!(
        store
            .save_list("a", Upload, 2, &content(Upload, &["a.com"]), &ada())
            .unwrap_err()
            .conflict()
            .is_some()
    );
    store.verify().unwrap();
}

#[test]
fn what_is_written_out_can_be_read_whatever_the_limits() {
    let (_folder, store) = store();
    let app = store.create_app("a", AppSettings::named(""), &ada()).unwrap();
    let patterns = ["a.com", "b.com", "c.com"];
    store.save_list("a", Upload, 1, &content(Upload, &patterns), &ada()).unwrap();
    store.change_app("a", app.version, app.settings.limit(Upload, 1), &ada()).unwrap();
    let document = Document::of(&store).unwrap();
    for read in
        [Document::from_toml(&document.to_toml()).unwrap(), Document::from_json(&document.to_json()).unwrap()]
    {
        let (_folder, other) = crate::store();
        other.import(&read, &ada()).unwrap();
        let app = other.app("a").unwrap().unwrap();
        assert_eq!(app.list(Upload).content.patterns(), patterns);
        assert_eq!((app.settings.upload_limit, app.settings.delivery_limit), (3, 20));
    }
}

#[test]
fn limits_are_those_of_the_app() {
    let (_folder, store) = store();
    let app = store.create_app("a", AppSettings::named("Shop"), &ada()).unwrap();
    let many: Vec<String> = (0..21).map(|number| format!("p{number}.com")).collect();
    let limits = guestlist::Limits::default().patterns(1000);
    let list = List::builder(Upload).patterns(&many).limits(limits).build().unwrap();
    let error = store.save_list("a", Upload, 1, &Content::of(&list), &ada()).unwrap_err();
    assert_eq!(error.to_string(), "the list has 21 distinct patterns, the limit of its app is 20");
    let settings = app.settings.clone().limit(Upload, 21);
    let app = store.change_app("a", app.version, settings.clone(), &ada()).unwrap();
    assert_eq!((app.version, app.settings.limit_of(Upload), app.settings.limit_of(Delivery)), (2, 21, 20));
    store.save_list("a", Upload, 1, &Content::of(&list), &ada()).unwrap();
    let error = store.change_app("a", 1, settings, &ada()).unwrap_err();
    assert!(matches!(error.kind(), StoreErrorKind::SettingsConflict { version: 2 }));
    // A list that has more stays as it is, and can be no more brought back than saved.
    store.change_app("a", 2, AppSettings::named("Shop"), &ada()).unwrap();
    assert_eq!(store.app("a").unwrap().unwrap().list(Upload).content.patterns().len(), 21);
    let error = store.restore_list("a", Upload, 2, 2, &ada()).unwrap_err();
    assert!(matches!(error.kind(), StoreErrorKind::TooManyPatterns { count: 21, limit: 20 }));
}

#[test]
fn what_cannot_be_kept_is_refused() {
    let (_folder, store) = store();
    let named = |name: &str| AppSettings::named(name);
    let long = "x".repeat(3000);
    let with_schemes = |schemes: Vec<String>| {
        let mut settings = named("x");
        settings.dangerously_supported_schemes = schemes;
        settings
    };
    let change = ada();
    for (key, settings, change, message) in [
        ("", named("x"), &change, "the key of an app is not empty"),
        (&*"k".repeat(129), named("x"), &change, "the key of an app has 129 bytes, the limit is 128"),
        ("a", named(&"n".repeat(201)), &change, "the name of an app has 201 bytes, the limit is 200"),
        (
            "a",
            named("x").limit(Upload, 10_001),
            &change,
            "10001 patterns that a list may have; the most is 10000",
        ),
        ("a", with_schemes(vec!["a b".to_string()]), &change, "\"a b\" is not a scheme"),
        ("a", with_schemes(vec!["x".to_string(); 17]), &change, "17 schemes; the most is 16"),
        ("a", named("x"), &Change::by(&*long), "the name of who changes it has 3000 bytes, the limit is 200"),
        ("a", named("x"), &ada().why(&*long), "the reason has 3000 bytes, the limit is 2000"),
    ] {
        let error = store.create_app(key, settings, change).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
        assert!(!error.help().is_empty());
    }
    assert_eq!(store.log(None, None, 10).unwrap(), []);
    // Whatever a key is, it is one.
    for key in ["a/b", "ü", "\0", "app-1\n", &*"k".repeat(128)] {
        store.create_app(key, named("x"), &ada()).unwrap();
        assert_eq!(store.app(key).unwrap().unwrap().key, key);
    }
}

#[test]
fn apps_are_listed_by_the_page_and_found_by_key_and_name() {
    let (_folder, store) = store();
    for number in 0..25 {
        store
            .create_app(&format!("key-{number:02}"), AppSettings::named(format!("Shop {number}")), &ada())
            .unwrap();
    }
    store.create_app("other", AppSettings::named("B\u{fc}cher"), &ada()).unwrap();
    store.save_list("other", Upload, 1, &content(Upload, &["a.com", "b.com"]), &ada()).unwrap();
    let keys = |query: &AppQuery, most| {
        let apps = store.apps(query, most).unwrap();
        apps.into_iter().map(|app| app.key).collect::<Vec<_>>()
    };
    assert_eq!(keys(&AppQuery::new(), 2), ["key-00", "key-01"]);
    assert_eq!(keys(&AppQuery::new().after("key-01"), 2), ["key-02", "key-03"]);
    assert_eq!(keys(&AppQuery::new().after("key-24"), 2), ["other"]);
    assert_eq!(keys(&AppQuery::new().after("other"), 2), [""; 0]);
    assert_eq!(keys(&AppQuery::new().containing("SHOP 1"), 100).len(), 11);
    assert_eq!(
        keys(&AppQuery::new().containing("shop 1").after("key-15"), 3),
        ["key-16", "key-17", "key-18"]
    );
    assert_eq!(keys(&AppQuery::new().containing("b\u{dc}ch"), 3), ["other"]);
    assert_eq!(keys(&AppQuery::new().containing("KEY-2"), 100).len(), 5);
    let summary = &store.apps(&AppQuery::new().containing("other"), 1).unwrap()[0];
    assert_eq!((summary.upload.number, summary.upload.patterns, summary.upload.mode), (2, 2, Mode::Enforce));
    assert_eq!(
        (summary.delivery.number, summary.delivery.patterns, summary.delivery.mode),
        (1, 0, Mode::Off)
    );
    let mut visited = Vec::new();
    assert_eq!(store.each_app(&mut |app| visited.push(app.key)).unwrap(), 27);
    assert_eq!(visited.len(), 26);
}

#[test]
fn the_log_says_who_did_what_and_why() {
    let (_folder, store) = store();
    let at = Timestamp::from_millis;
    store.create_app("a", AppSettings::named("A"), &ada().at(at(1))).unwrap();
    store.create_app("b", AppSettings::named("B"), &ada().at(at(2))).unwrap();
    store
        .save_list("a", Upload, 1, &content(Upload, &["a.com"]), &Change::by("bob").why("live").at(at(3)))
        .unwrap();
    store.restore_list("a", Upload, 2, 1, &ada().at(at(4))).unwrap();
    store.change_app("a", 1, AppSettings::named("A2"), &ada().at(at(5))).unwrap();
    store.remove_app("b", &ada().at(at(6))).unwrap();
    // What is refused was not done.
    store.remove_app("b", &ada()).unwrap_err();
    let entries = store.log(None, None, 100).unwrap();
    let told: Vec<_> =
        entries.iter().map(|entry| (entry.number, entry.at.millis(), entry.app.as_deref())).collect();
    assert_eq!(
        told,
        [
            (6, 6, Some("b")),
            (5, 5, Some("a")),
            (4, 4, Some("a")),
            (3, 3, Some("a")),
            (2, 2, Some("b")),
            (1, 1, Some("a"))
        ]
    );
    assert_eq!(entries[3].action, Action::ListSaved { list: Upload, number: 2, restores: None });
    assert_eq!((&*entries[3].by, &*entries[3].why), ("bob", "live"));
    assert_eq!(entries[2].action, Action::ListSaved { list: Upload, number: 3, restores: Some(1) });
    assert_eq!(entries[1].action, Action::AppChanged { version: 2 });
    assert_eq!((&entries[0].action, &entries[4].action), (&Action::AppRemoved, &Action::AppCreated));
    let numbers = |entries: Vec<guestlist_store::LogEntry>| {
        entries.iter().map(|entry| entry.number).collect::<Vec<_>>()
    };
    assert_eq!(numbers(store.log(Some("b"), None, 10).unwrap()), [6, 2]);
    assert_eq!(numbers(store.log(Some("a"), Some(4), 1).unwrap()), [3]);
    assert_eq!(numbers(store.log(None, Some(3), 10).unwrap()), [2, 1]);
    assert_eq!(numbers(store.log_after(0, 2).unwrap()), [1, 2]);
    assert_eq!(numbers(store.log_after(4, 10).unwrap()), [5, 6]);
    assert_eq!(numbers(store.log_after(6, 10).unwrap()), [0; 0]);
}

#[test]
fn a_store_is_asked_by_what_it_is() {
    let (_folder, store) = store();
    let store: Box<dyn Store> = Box::new(store);
    store.create_app("a", AppSettings::named("A"), &ada()).unwrap();
    assert!(store.app("a").unwrap().is_some());
    fn is_shared<T: Send + Sync>() {}
    is_shared::<RedbStore>();
}

#[test]
fn a_document_is_taken_in_whole_and_what_it_does_not_name_stays() {
    let (_folder, store) = store();
    store.create_app("kept", AppSettings::named("Kept"), &ada()).unwrap();
    store.create_app("a", AppSettings::named("A"), &ada()).unwrap();
    let document = |text: &str| Document::from_toml(text).unwrap();
    let first = document(
        "apps.a = { name = 'A', upload.patterns = ['a.com'] }\napps.b.delivery.patterns = ['b.com']",
    );
    let imported = store.import(&first, &Change::by("bob").why("moved")).unwrap();
    assert_eq!((imported.created, imported.changed, imported.unchanged), (1, 1, 0));
    let a = store.app("a").unwrap().unwrap();
    assert_eq!((a.version, a.list(Upload).number, a.list(Delivery).number), (1, 2, 1));
    assert_eq!((&*a.list(Upload).by, &*a.list(Upload).why), ("bob", "moved"));
    assert!(store.app("kept").unwrap().is_some());
    // Again is no news.
    let entries = store.log(None, None, 100).unwrap().len();
    let imported = store.import(&first, &ada()).unwrap();
    assert_eq!((imported.created, imported.changed, imported.unchanged), (0, 0, 2));
    assert_eq!(store.log(None, None, 100).unwrap().len(), entries);
    // All or nothing: one app of it is larger than a store takes.
    let bad = document("apps.a.upload.patterns = ['other.com']\napps.z.upload.limit = 20000");
    let error = store.import(&bad, &ada()).unwrap_err();
    assert_eq!(error.to_string(), "20000 patterns that a list may have; the most is 10000");
    assert_eq!(store.app("a").unwrap(), Some(a));
    // It is what comes out, too.
    let out = Document::of(&store).unwrap();
    assert_eq!(out.apps().keys().collect::<Vec<_>>(), ["a", "b", "kept"]);
    assert_eq!(out.apps()["b"], first.apps()["b"]);
    store.verify().unwrap();
}
