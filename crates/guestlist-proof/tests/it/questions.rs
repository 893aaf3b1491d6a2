//! Questions about one list and about two.

use guestlist::{List, ListType, Origin};
use guestlist_proof::{Budget, Count, Ports, Prover, Redundancy, Rules, Undecided, Witness};

fn rules(texts: &[&str]) -> Rules {
    Rules::parse(texts).unwrap()
}

/// Whether the engine lets the witness in.
fn admits(texts: &[&str], witness: &Witness) -> bool {
    let list = List::builder(ListType::Upload).patterns(texts).build().unwrap();
    let is_match = |text: &str| list.is_match(&Origin::from_host(text.as_bytes()).unwrap());
    match witness.ports() {
        Ports::Any => {
            let all = ["", ":443", ":80", ":1", ":65535"]
                .map(|port| is_match(&format!("{}{port}", witness.host())));
            assert!(all.iter().all(|one| *one == all[0]), "{texts:?} {witness}");
            all[0]
        }
        Ports::One(port) => is_match(&format!("{}:{port}", witness.host())),
        Ports::None => is_match(witness.host()),
    }
}

/// What only `a` admits, shown; held against the engine.
fn only_in(a: &[&str], b: &[&str]) -> Option<String> {
    let witness = Prover::new().only_in(&rules(a), &rules(b)).unwrap()?;
    assert!(admits(a, &witness), "{a:?} does not admit {witness}");
    assert!(!admits(b, &witness), "{b:?} admits {witness}");
    Some(witness.to_string())
}

#[test]
fn the_shortest_host_that_one_admits_and_the_other_does_not() {
    for (a, b, expected) in [
        (&["*domain.com"][..], &["domain.com"][..], Some("adomain.com")),
        (&["*domain.com"], &["{,*.}domain.com"], Some("adomain.com")),
        (&["domain*.com"], &["domain.com"], Some("domaina.com")),
        (&["*"], &["a"], Some("b")),
        (&["*"], &["?"], Some("aa")),
        (&["*.com"], &["?.com"], Some("aa.com")),
        (&["example.com"], &["*.com"], None),
        (&["example.com"], &["example.com:443"], Some("example.com:80")),
        (&["example.com"], &["example.com:{80,443}"], Some("example.com:1")),
        (&["example.com"], &["example.com:*"], Some("example.com")),
        (
            &["example.com:*"],
            &[
                "example.com:????",
                "example.com:?????",
                "example.com:???",
                "example.com:??",
                "example.com:[1-9]",
            ],
            None,
        ),
        (
            &["example.com:*"],
            &["example.com:????", "example.com:?????", "example.com:??", "example.com:[1-9]"],
            Some("example.com:443"),
        ),
        (
            &["example.com:655??"],
            &["example.com:655[0-2]?", "example.com:6553[0-4]"],
            Some("example.com:65535"),
        ),
        (&["example.com:6553?"], &["example.com:6553[0-5]"], None),
        (&["127.0.0.*"], &["127.0.0.{?,??,1??,2??}"], Some("127.0.0.aaa")),
        (&["127.0.0.*"], &["127.0.0.?", "127.0.0.??", "127.0.0.???"], Some("127.0.0.aaaa")),
        (&["127.0.0.[0-9]"], &["127.0.0.?"], None),
        (&["127.0.0.[0-9][0-9][0-9]"], &["127.0.0.{1[0-9][0-9],2[0-4][0-9],25[0-5]}"], None),
        (&["[::1]"], &["*"], Some("[::1]")),
        (&["[::1]:*"], &["[::1]:80"], Some("[::1]:443")),
        (&["{a,b}.com"], &["[a-b].com"], None),
        (&["a*b.com"], &["a*.com", "*b.com"], None),
        (&["bücher.example"], &["xn--bcher-kva.example"], None),
        (&["*.bücher.example"], &["a.bücher.example"], Some("b.xn--bcher-kva.example")),
        (&["*"], &["[a-z0-9]*", "-*", "_*"], None),
        (&["x*"], &["[a-z]", "x?*"], None),
    ] {
        assert_eq!(only_in(a, b).as_deref(), expected, "{a:?} without {b:?}");
    }
}

#[test]
fn lengths_are_part_of_the_language() {
    let label = "a".repeat(62);
    assert_eq!(only_in(&[&format!("{label}*")], &[&format!("{label}?"), &label]), None);
    assert_eq!(only_in(&[&format!("{label}*")], &[&label]), Some(format!("{label}a")));
    // Hosts of 253 bytes: three labels of 63 and one of 61.
    let long = ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(60)].join(".");
    assert_eq!(only_in(&[&format!("*{long}")], &[&long]), None, "the first label is full");
    assert_eq!(only_in(&[&format!("{long}*")], &[&long]), Some(format!("{long}a")));
    assert_eq!(only_in(&[&format!("{long}*")], &[&long, &format!("{long}?")]), None, "the host is full");
    // No label that begins with `xn--` has room in front of one that is full.
    let full = "a".repeat(63);
    assert_eq!(only_in(&[&format!("*{full}.com")], &[&format!("{full}*.com")]), None);
}

#[test]
fn labels_that_only_idna_can_judge_are_asked_of_the_engine() {
    // The shortest label that stands for anything.
    let found = only_in(&["xn--*.com"], &["a.com"]).unwrap();
    assert!(Origin::from_host(found.as_bytes()).is_ok(), "{found}");
    assert!(found.len() <= "xn--4ca.com".len(), "{found}");
    // All that are left are too many to try, or none at all.
    assert_eq!(only_in(&["xn--[a].com"], &["b.com"]), None);
    assert_eq!(Prover::new().example(&rules(&["xn--a[a-c].com"])), Ok(None));
    assert_eq!(Prover::new().example(&rules(&["xn--*-.com", "xn--*-?.com", "xn--*-??.com"])), Ok(None));
    // Digits that say nothing, unless a hyphen makes letters of them.
    let found = only_in(&["xn--2222222222222222222222224*"], &["a.com"]).unwrap();
    assert_eq!(found, "xn--2222222222222222222222224-00a");
    let prover = Prover::with_budget(Budget::default().candidates(3));
    assert_eq!(prover.only_in(&rules(&["xn--*ab.com"]), &rules(&["a.com"])), Err(Undecided::Candidates(3)));
}

/// Of all labels of so many bytes behind `xn--` that are valid, none is passed over, and none is longer than need be.
#[test]
fn labels_that_only_idna_can_judge_are_all_found() {
    let bytes = b"-0123456789abcdefghijklmnopqrstuvwxyz".map(char::from);
    let mut hosts: Vec<String> = Vec::new();
    let mut texts = vec![String::new()];
    for _ in 0..3 {
        texts = texts.iter().flat_map(|text| bytes.map(|byte| format!("{text}{byte}"))).collect();
        hosts.extend(texts.iter().map(|text| format!("xn--{text}.com")));
        hosts.retain(|host| Origin::from_host(host.as_bytes()).is_ok());
    }
    assert!(hosts.len() > 1000, "{}", hosts.len());
    let mut nobody = 0;
    for a in ["*", "?", "[7-9]", "[b-d]", "[f]", "0*"] {
        for b in ["*", "?", "a", "[x-z]", "*b*", "[8]"] {
            for c in ["*", "?", "c", "[a-e]", ""] {
                let pattern = format!("xn--{a}{b}{c}.com").replace("**", "*").replace("**", "*");
                let list = List::builder(ListType::Upload).patterns([&pattern]).build().unwrap();
                let is_match = |host: &String| list.is_match(&Origin::from_host(host.as_bytes()).unwrap());
                let expected = hosts.iter().find(|host| is_match(host));
                let found = Prover::new()
                    .example(&rules(&[&pattern]))
                    .map(|found| found.map(|found| found.to_string()));
                match (expected, found) {
                    (Some(expected), found) => {
                        assert_eq!(found.as_ref(), Ok(&Some(expected.clone())), "{pattern}");
                    }
                    (None, Ok(Some(longer))) => {
                        assert!(longer.len() > "xn--abc.com".len(), "{pattern}: {longer}");
                    }
                    (None, nobody_gets_in) => {
                        assert_eq!(nobody_gets_in, Ok(None), "{pattern}");
                        nobody += 1;
                    }
                }
            }
        }
    }
    assert!((1..100).contains(&nobody), "{nobody}");
}

#[test]
fn what_both_admit() {
    let prover = Prover::new();
    let both = |a: &[&str], b: &[&str]| {
        prover.in_both(&rules(a), &rules(b)).unwrap().map(|witness| witness.to_string())
    };
    assert_eq!(both(&["*.example.com"], &["www.*.com"]).as_deref(), Some("www.example.com"));
    assert_eq!(both(&["*.example.com"], &["*.example.org"]), None);
    assert_eq!(both(&["a:80"], &["a:443"]), None);
    assert_eq!(both(&["a:80"], &["a"]).as_deref(), Some("a:80"));
    assert_eq!(both(&["a*", "b*c"], &["*c"]).as_deref(), Some("ac"));
    assert_eq!(prover.difference(&rules(&["{a,b}"]), &rules(&["[ab]"])), Ok(None));
    assert_eq!(prover.difference(&rules(&["a"]), &rules(&["a", "b"])).unwrap().unwrap().host(), "b");
}

#[test]
fn rules_that_nobody_would_miss() {
    let redundant = |texts: &[&str]| -> Vec<Option<Redundancy>> {
        Prover::new().redundant(&rules(texts)).into_iter().map(|answer| answer.unwrap()).collect()
    };
    let by = |rules: &[usize]| Some(Redundancy::CoveredBy(rules.to_vec()));
    assert_eq!(redundant(&["*.example.com", "www.example.com", "example.com"]), [None, by(&[0]), None]);
    assert_eq!(redundant(&["{a,b}.com", "[ab].com"]), [by(&[1]), by(&[0])]);
    assert_eq!(redundant(&["a.com", "b.com", "{a,b}.com"]), [by(&[2]), by(&[2]), by(&[0, 1])]);
    assert_eq!(redundant(&["xn--[a].com", "a.com"]), [Some(Redundancy::AdmitsNobody), None]);
    assert_eq!(redundant(&["a.com:80", "a.com"]), [by(&[1]), None]);
    assert_eq!(redundant(&["a.com:*", "a.com:{80,443}"]), [None, by(&[0])]);
    assert_eq!(redundant(&["a*.com", "*b.com", "a*b.com", "ac*b.com"]), [None, None, by(&[0]), by(&[0])]);
    assert_eq!(redundant(&[]), []);
}

#[test]
fn hosts_are_counted() {
    let count = |texts: &[&str], labels| Prover::new().count(&rules(texts), labels).unwrap();
    assert_eq!(count(&["example.com"], 9), Count::Exactly(1));
    assert_eq!(count(&["{a,b}.{com,org}"], 2), Count::Exactly(4));
    assert_eq!(count(&["{a,b}.{com,org}", "a.com:80"], 2), Count::Exactly(4));
    assert_eq!(count(&["{a,b.c}.com"], 2), Count::Exactly(1));
    assert_eq!(count(&["{a,*.c}.com"], 2), Count::Exactly(1));
    assert_eq!(count(&["{a,*.c}.com"], 3), Count::Unbounded);
    assert_eq!(count(&["?.com"], 2), Count::Exactly(38));
    assert_eq!(count(&["127.0.0.[0-9][0-9][0-9]"], 4), Count::Exactly(156));
    assert_eq!(count(&["a"], 0), Count::Exactly(0));
    assert_eq!(count(&["xn--?.com"], 2), Count::Exactly(0));
    // Those whose third letter is no hyphen, or that are not in this form, are certain.
    let Count::Between(least, most) = count(&["????????.com"], 2) else { panic!() };
    assert_eq!(most, 38u128.pow(8));
    assert_eq!(most - least, 38u128.pow(4));
    let Count::Exactly(valid) = count(&["xn--??.com"], 2) else { panic!() };
    assert!(valid < 38 * 38, "{valid}");
}

#[test]
fn hostile_lists_end_within_the_budget() {
    let letters = "abcdefghijklmnopqrst";
    let adversarial: Vec<String> =
        letters.chars().map(|letter| format!("*{letter}??????????*{letter}.com")).collect();
    let rules = Rules::parse(&adversarial).unwrap();
    let prover = Prover::with_budget(Budget::default().steps(2_000_000));
    let other = Rules::parse(["*.com"]).unwrap();
    assert_eq!(prover.only_in(&other, &rules).unwrap().unwrap().to_string(), "a.com");
    let undecided = prover.only_in(&rules, &other);
    assert!(undecided == Ok(None) || undecided == Err(Undecided::Steps(2_000_000)), "{undecided:?}");
    for answer in prover.redundant(&rules) {
        assert!(matches!(answer, Ok(None) | Err(Undecided::Steps(_))), "{answer:?}");
    }
}

#[test]
fn a_witness_has_an_origin() {
    let origin =
        |a: &[&str], b: &[&str]| Prover::new().only_in(&rules(a), &rules(b)).unwrap().unwrap().origin();
    assert_eq!(origin(&["a.com"], &["b.com"]).as_deref(), Some("https://a.com"));
    assert_eq!(origin(&["a.com"], &["a.com:443"]).as_deref(), Some("http://a.com"));
    assert_eq!(origin(&["a.com"], &["a.com:{80,443}"]).as_deref(), Some("https://a.com:1"));
    assert_eq!(origin(&["a.com"], &["a.com:*"]), None);
}

#[test]
fn a_star_where_no_host_can_go_on_is_not_counted() {
    let count = |texts: &[&str], labels| Prover::new().count(&rules(texts), labels).unwrap();
    // In the port, and in front of more labels than are counted.
    assert_eq!(count(&["a.com:*"], 9), Count::Exactly(1));
    assert_eq!(count(&["*.a.com", "a.com:8*"], 2), Count::Exactly(1));
    assert_eq!(count(&["a.*"], 1), Count::Exactly(0));
    assert_eq!(count(&["{x,a.*}"], 1), Count::Exactly(1));
    assert_eq!(count(&["{x,a.*}"], 2), Count::Unbounded);
    assert_eq!(count(&["1.*.1.1"], 4), Count::Exactly(256));
}

#[test]
fn a_label_that_goes_on_is_not_spelled_out() {
    // `xn--4` alone is no A-label, so the second rule admits as many as the first.
    let list = rules(&["xn--4*.com", "xn--4?*.com", "xn--*.com"]);
    assert_eq!(Prover::new().redundant(&list)[0], Ok(Some(Redundancy::CoveredBy(vec![1]))));
}

#[test]
fn labels_that_run_from_right_to_left_make_demands_on_the_others() {
    let prover = Prover::new();
    // Beside such a label none begins with a digit, nor ends with a hyphen or `_`.
    let list = rules(&["[0-9a].\u{5d0}\u{5d1}"]);
    assert_eq!(prover.example(&list).unwrap().unwrap().to_string(), "a.xn--4dbc");
    assert_eq!(prover.only_in(&list, &rules(&["a.\u{5d0}\u{5d1}"])), Ok(None));
    assert_eq!(prover.count(&list, 2), Ok(Count::Exactly(1)));
    let list = rules(&["[0-9a].\u{5d0}\u{5d1}", "[0-9].\u{5d0}\u{5d1}", "[a-c].\u{5d0}\u{5d1}"]);
    assert_eq!(prover.redundant(&list)[0], Ok(Some(Redundancy::CoveredBy(vec![2]))));
}

#[test]
fn those_who_cover_a_rule_cover_its_labels_of_every_kind() {
    let prover = Prover::new();
    let redundant = |texts: &[&str]| prover.redundant(&rules(texts))[0].clone();
    let by = |rules: &[usize]| Ok(Some(Redundancy::CoveredBy(rules.to_vec())));
    assert_eq!(redundant(&["{a,xn--?ca}.com", "a.com", "xn--?ca.com"]), by(&[1, 2]));
    assert_eq!(redundant(&["xn--4[a-d]a.com", "xn--4?a.com"]), by(&[1]));
    assert_eq!(redundant(&["xn--[0-9]ca.com", "xn--[0-5]ca.com", "xn--[5-9]ca.com"]), by(&[1, 2]));
}
