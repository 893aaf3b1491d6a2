//! Examples of who gets in.

use guestlist::{List, ListType, Origin};
use guestlist_proof::{Budget, Prover, Rules, Undecided};

fn hosts(texts: &[&str], most: usize) -> Vec<String> {
    let rules = Rules::parse(texts).unwrap();
    let examples = Prover::new().examples(&rules, most).unwrap();
    for example in &examples {
        let list = List::builder(ListType::Upload).pattern(texts[example.rule]).build().unwrap();
        assert!(list.is_match(&Origin::from_host(example.host.as_bytes()).unwrap()), "{texts:?} {example:?}");
    }
    examples.into_iter().map(|example| example.host).collect()
}

#[test]
fn examples_are_varied_and_each_is_there_once() {
    assert_eq!(
        hosts(&["*.example.com"], 5),
        ["www", "a", "app", "b", "c"].map(|label| format!("{label}.example.com"))
    );
    assert_eq!(hosts(&["a.com", "{a,b}.com"], 5), ["a.com", "b.com"]);
    assert_eq!(hosts(&["*.a.com", "*.b.com", "c.com"], 4), ["www.a.com", "www.b.com", "c.com", "a.a.com"]);
    assert_eq!(hosts(&["*.a.com", "*.b.com", "c.com"], 2), ["www.a.com", "www.b.com"]);
    assert_eq!(hosts(&["127.0.0.*"], 9)[..3], ["127.0.0.7", "127.0.0.250", "127.0.0.www"]);
    assert_eq!(hosts(&["127.0.0.*"], 9).len(), 9);
    assert_eq!(hosts(&["[::1]:*"], 2), ["[::1]:8080", "[::1]:443"]);
    assert_eq!(hosts(&["a.com"], 0), [""; 0]);
    assert_eq!(hosts(&[], 9), [""; 0]);
}

#[test]
fn where_no_filling_is_a_host_it_is_searched_for() {
    let found = hosts(&["xn--?c*.com", "a.com"], 9);
    assert_eq!(found.len(), 9, "{found:?}");
    assert!(found[0].starts_with("xn--"), "{found:?}");
    assert_eq!(hosts(&["xn--[a].com"], 9), [""; 0]);
}

#[test]
fn that_nobody_gets_in_has_to_be_found_out() {
    let rules = Rules::parse(["xn--*ab.com"]).unwrap();
    let prover = Prover::with_budget(Budget::default().candidates(3));
    assert_eq!(prover.examples(&rules, 3), Err(Undecided::Candidates(3)));
}
