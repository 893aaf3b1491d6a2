//! The page on a proxy says what these tests find; for the pages whose table is of what guestlist does.

use crate::harness::{Proxy, root};

pub(crate) fn the_page_says_what_clients_get<P: Proxy>() {
    let page = std::fs::read_to_string(root().join(format!("docs/{}.md", P::NAME))).unwrap();
    for (what, status) in [
        ("denies", 403),
        ("is down", P::CHECKER_DOWN),
        ("does not answer in time", P::CHECKER_SLOW),
        ("finds the head too long (431)", P::CHECKER_431),
        ("does not know the app", 403),
    ] {
        let row = page.lines().find(|line| line.starts_with(&format!("| {what} |")));
        let row = row.unwrap_or_else(|| {
            panic!("docs/{}.md has no row that says what happens when guestlist {what}", P::NAME)
        });
        assert!(row.contains(&format!(" {status} ")), "{row} does not say {status}");
    }
}
