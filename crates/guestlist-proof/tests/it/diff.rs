//! What an edit changes; every host that is shown is asked of the engine, by both lists.

use std::fmt::Write;

use guestlist::{Gate, List, ListType, Mode, Origin};
use guestlist_proof::{
    Budget, Change, Diff, Effect, GateDiff, Ports, Prover, Rules, Setting, Side, Undecided, Witness,
};

fn list(texts: &[impl AsRef<str>]) -> List {
    let limits = guestlist::Limits::default().patterns(usize::MAX);
    List::builder(ListType::Upload).patterns(texts).limits(limits).build().unwrap()
}

fn admits(list: &List, witness: &Witness) -> bool {
    let text = match witness.ports() {
        Ports::One(port) => format!("{}:{port}", witness.host()),
        Ports::Any | Ports::None => witness.host().to_string(),
    };
    list.is_match(&Origin::from_host(text.as_bytes()).unwrap())
}

/// The difference, each of its hosts held against the engine, and the same from the other end.
fn diff(old: &[impl AsRef<str>], new: &[impl AsRef<str>]) -> Diff {
    let (old_rules, new_rules) = (Rules::parse(old).unwrap(), Rules::parse(new).unwrap());
    let diff = Prover::new().diff(&old_rules, &new_rules);
    let (old_list, new_list) = (list(old), list(new));
    let check = |changes: &[Change], with: &List, without: &List| {
        for change in changes {
            assert_eq!(with.rules()[change.rule].pattern().canonical(), change.pattern);
            let alone = list(&[&change.pattern]);
            for witness in change.telling.iter().chain([&change.witness]) {
                assert!(admits(&alone, witness) && !admits(without, witness), "{change:?}");
            }
            let telling = change.telling.as_ref().unwrap_or(&change.witness);
            assert!(change.witness.host().len() <= telling.host().len(), "{change:?}");
        }
    };
    check(&diff.newly_admitted, &new_list, &old_list);
    check(&diff.no_longer_admitted, &old_list, &new_list);
    let turned = Prover::new().diff(&new_rules, &old_rules);
    assert_eq!(turned.newly_admitted, diff.no_longer_admitted);
    assert_eq!(turned.no_longer_admitted, diff.newly_admitted);
    assert_eq!(turned.idle.len(), diff.idle.len());
    diff
}

/// In a few words: `+1 host` newly admitted by rule 1, `-1 host` no longer admitted, `=+1 by 2` and `=-1 by 2` not noticed.
fn words(old: &[&str], new: &[&str]) -> String {
    let diff = diff(old, new);
    let mut words = String::new();
    for (sign, changes) in [('+', &diff.newly_admitted), ('-', &diff.no_longer_admitted)] {
        for change in changes {
            write!(words, "{sign}{} {} ", change.rule + 1, change.example()).unwrap();
        }
    }
    for idle in &diff.idle {
        let sign = if idle.side == Side::New { '+' } else { '-' };
        let by: Vec<String> = idle.covered_by.iter().map(|rule| (rule + 1).to_string()).collect();
        write!(words, "={sign}{} by {} ", idle.rule + 1, by.join(",")).unwrap();
    }
    assert_eq!(diff.undecided, []);
    words.trim_end().to_string()
}

#[test]
fn an_edit_is_shown_by_hosts_that_say_something() {
    for (old, new, expected) in [
        (&["example.com"][..], &["example.com"][..], ""),
        (&["example.com"], &["*example.com"], "+1 evil-example.com =-1 by 1"),
        (&["{,*.}example.com"], &["*example.com"], "+1 evil-example.com -1 app.example.com"),
        (&["*.example.com"], &["*.com"], "+1 evil.com -1 shop.example.com"),
        (&["example.com"], &["example.*"], "+1 example.xyz =-1 by 1"),
        (&["example.com"], &["example*.com"], "+1 example-evil.com =-1 by 1"),
        (&["shop.a.com", "www.a.com"], &["*.a.com"], "+1 app.a.com =-1 by 1 =-2 by 1"),
        (&["a.com", "b.com"], &["b.com", "a.com"], ""),
        (&["a.com"], &["A.com", "https://a.com/"], ""),
        (&["a.com"], &["a.com:443"], "-1 a.com:80 =+1 by 1"),
        (&["a.com:443"], &["a.com"], "+1 a.com:80 =-1 by 1"),
        (&["*.a.com", "b.com", "www.a.com"], &["*.a.com", "b.com"], "=-3 by 1"),
        (&["a.com", "b.com"], &["{a,b}.com"], "=-1 by 1 =-2 by 1 =+1 by 1,2"),
        (&["{a,b}.com"], &["[a-b].com"], "=-1 by 1 =+1 by 1"),
        (&[], &["a.com", "xn--[a].com"], "+1 a.com =+2 by"),
        (&["[::1]"], &["[::1]:8080"], "-1 [::1]:443 =+1 by 1"),
        (&["127.0.0.1"], &["127.0.0.*"], "+1 127.0.0.7 =-1 by 1"),
        (&["xn--bcher-kva.example"], &["bücher.example"], ""),
        (&["a?.com"], &["a*.com"], "+1 a-evil.com =-1 by 1"),
        (&["app[1-3].a.com"], &["app[1-4].a.com"], "+1 app4.a.com =-1 by 1"),
    ] {
        assert_eq!(words(old, new), expected, "{old:?} {new:?}");
    }
}

/// A list of a thousand: most are names, some have wildcards.
fn thousand(shift: usize) -> Vec<String> {
    (0..1000)
        .map(|index| match (index + shift, index % 5) {
            (number, 0) => format!("*.team{number}.example.com"),
            (number, _) => format!("app-{number}.shop{}.example.com", number % 7),
        })
        .collect()
}

#[test]
fn lists_of_a_thousand_are_compared_within_the_budget() {
    let changed = diff(&thousand(0), &thousand(700));
    assert_eq!((changed.newly_admitted.len(), changed.no_longer_admitted.len()), (700, 700));
    assert_eq!((changed.idle.len(), changed.undecided.len()), (0, 0));
    let stars: Vec<String> = (0..1000).map(|number| format!("*{number}-prod.example.com")).collect();
    let prefixed: Vec<String> = (0..1000).map(|number| format!("x*{number}-prod.example.com")).collect();
    let narrowed = diff(&stars, &prefixed);
    assert_eq!((narrowed.no_longer_admitted.len(), narrowed.idle.len()), (1000, 1000));
    assert_eq!(diff(&thousand(0), &thousand(0)), Diff::default());
}

#[test]
fn what_is_not_decided_is_said_and_counts_as_a_change() {
    let prover = Prover::with_budget(Budget::default().steps(10));
    let (old, new) = (Rules::parse(["a.com", "b.com"]).unwrap(), Rules::parse(["b.com", "c.com"]).unwrap());
    let diff = prover.diff(&old, &new);
    assert!(diff.widens() && diff.narrows() && !diff.is_empty());
    let undecided: Vec<_> =
        diff.undecided.iter().map(|rule| (rule.side, rule.rule, &*rule.pattern)).collect();
    assert_eq!(undecided, [(Side::Old, 0, "a.com"), (Side::New, 1, "c.com")]);
    assert_eq!(diff.undecided[0].why, Undecided::Steps(10));
    // A rule that both have is never asked about.
    assert!(prover.diff(&old, &old).is_empty());
    // One hostile rule is not the end of the others.
    let prover = Prover::with_budget(Budget::default().candidates(1));
    let hostile = Rules::parse(["xn--*ab.com", "evil.com"]).unwrap();
    let diff = prover.diff(&old, &hostile);
    assert_eq!((diff.undecided.len(), diff.newly_admitted.len()), (1, 1));
    assert_eq!(diff.undecided[0].why, Undecided::Candidates(1));
}

fn gate(patterns: &[&str], mode: Option<Mode>, block_missing: Option<bool>) -> Gate {
    let mut builder = List::builder(ListType::Upload).patterns(patterns);
    if let Some(mode) = mode {
        builder = builder.mode(mode);
    }
    if let Some(block_missing) = block_missing {
        builder = builder.block_missing(block_missing);
    }
    Gate::new().with_list(builder.build().unwrap())
}

fn of_gates(old: Option<&Gate>, new: Option<&Gate>) -> GateDiff {
    Prover::new().diff_gates(old, new, &[ListType::Upload])
}

fn settings(settings: &[Setting]) -> Vec<String> {
    let effect = |effect| match effect {
        Effect::Widens => "widens",
        Effect::Narrows => "narrows",
        Effect::Neither => "neither",
    };
    settings
        .iter()
        .map(|one| format!("{} {} → {} {}", one.name, one.old, one.new, effect(one.effect)))
        .collect()
}

#[test]
fn settings_widen_or_narrow() {
    let modes = [Mode::Off, Mode::Report, Mode::Enforce];
    for (from, old) in modes.into_iter().enumerate() {
        for (to, new) in modes.into_iter().enumerate() {
            let diff = of_gates(Some(&gate(&["a"], Some(old), None)), Some(&gate(&["a"], Some(new), None)));
            assert_eq!(diff.lists[0].settings.len(), usize::from(from != to));
            assert_eq!(diff.widens(), from == 2 && to != 2, "{old} {new}");
            assert_eq!(diff.narrows(), from != 2 && to == 2, "{old} {new}");
            assert_eq!(diff.is_empty(), from == to);
            assert_eq!(diff.lists[0].is_in_force(), from == 2 && to == 2);
        }
    }
    let diff = of_gates(Some(&gate(&["a"], None, None)), Some(&gate(&["a"], None, Some(false))));
    assert_eq!(settings(&diff.lists[0].settings), ["block_missing true → false widens"]);
    let schemes = |names: &[&str]| {
        let gate = gate(&["a"], None, None);
        names.iter().fold(gate, |gate, name| gate.dangerously_support_scheme(name).unwrap())
    };
    for (old, new, expected) in [
        (&["x"][..], &["X"][..], None),
        (&[], &["app"], Some("dangerously_supported_schemes none → app widens")),
        (&["app", "x"], &["app"], Some("dangerously_supported_schemes app, x → app narrows")),
        (&["app"], &["x"], Some("dangerously_supported_schemes app → x widens")),
    ] {
        let diff = of_gates(Some(&schemes(old)), Some(&schemes(new)));
        assert_eq!(settings(&diff.settings), expected.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn a_list_that_let_everyone_in_has_nothing_to_compare_with() {
    let enforced = gate(&["a.com"], None, None);
    let diff = of_gates(Some(&Gate::new()), Some(&enforced));
    assert!(diff.narrows() && !diff.widens());
    let diff = of_gates(Some(&enforced), Some(&Gate::new()));
    assert!(diff.widens() && !diff.narrows());
    assert_eq!(settings(&diff.lists[0].settings), ["mode enforce → off widens"]);
    // What is only tried yet is compared as it will be.
    let tried = |patterns: &[&str]| gate(patterns, Some(Mode::Report), None);
    let diff = of_gates(Some(&tried(&["a.com"])), Some(&tried(&["*.com"])));
    assert!(diff.widens() && !diff.lists[0].is_in_force());
}

#[test]
fn apps_come_and_go() {
    let enforced = gate(&["a.com"], None, None);
    let diff = of_gates(None, Some(&enforced));
    assert!(diff.widens() && !diff.narrows() && diff.lists[0].is_in_force());
    assert_eq!(settings(&diff.settings), ["app absent → present widens"]);
    assert_eq!(diff.lists[0].rules.newly_admitted[0].pattern, "a.com");
    let diff = of_gates(Some(&enforced), None);
    assert!(diff.narrows() && !diff.widens());
    let diff = of_gates(None, Some(&Gate::new()));
    assert_eq!(settings(&diff.lists[0].settings), ["mode absent → off widens"]);
    assert!(of_gates(None, None).is_empty());
}

#[test]
fn rules_that_are_all_alive_everywhere_are_asked_about_apart() {
    let wide: Vec<String> = (0..300).map(|number| format!("app{number}-*.example.com")).collect();
    let narrow: Vec<String> = (0..300).map(|number| format!("app{number}-*x.example.com")).collect();
    let changed = diff(&wide, &narrow);
    assert_eq!(changed.no_longer_admitted.len(), 300);
    assert_eq!(changed.no_longer_admitted[17].witness.to_string(), "app17-.example.com");
    assert_eq!(changed.idle.len(), 300);
    assert_eq!(changed.idle[17].covered_by, [17]);
}
