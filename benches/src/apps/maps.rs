//! Apps in a map of the standard library: what one writes by hand around anything that decides for one list.

use std::collections::HashMap;

use guestlist::{Gate, List, ListType, Pattern};

use super::{App, Query, Registry};
use crate::peers::Peer;

/// Two lists of a peer for each app. For peers that take a host as it is.
#[derive(Debug)]
pub struct InAMap<P>(HashMap<Box<str>, [P; 2]>);

impl<P: Peer> Registry for InAMap<P> {
    const NAME: &'static str = P::NAME;
    type Ready = (Box<str>, [P::Rules; 2]);

    fn ready(app: &App) -> Self::Ready {
        let rules = [ListType::Upload, ListType::Delivery].map(|list_type| {
            let patterns: Result<Vec<Pattern>, _> =
                app.patterns(list_type).iter().map(|text| Pattern::parse(text)).collect();
            P::translate(&patterns.expect("a good pattern")).expect("an ordinary list")
        });
        (app.key.as_str().into(), rules)
    }

    fn new() -> Self {
        InAMap(HashMap::new())
    }

    fn add(&mut self, (key, rules): Self::Ready) {
        self.0.insert(key, rules.map(|rules| P::build(&rules).expect("an ordinary list")));
    }

    fn is_match(&mut self, query: &Query<'_>) -> bool {
        let list = usize::from(query.list_type == ListType::Delivery);
        self.0.get_mut(query.key).is_some_and(|lists| lists[list].is_match(query.host))
    }
}

/// A gate of the engine for each app.
#[derive(Debug)]
pub struct GatesInAMap(HashMap<Box<str>, Gate>);

impl Registry for GatesInAMap {
    const NAME: &'static str = "guestlist-gates-in-a-map";
    type Ready = App;

    fn ready(app: &App) -> App {
        app.clone()
    }

    fn new() -> Self {
        GatesInAMap(HashMap::new())
    }

    fn add(&mut self, app: App) {
        let list = |list_type| {
            let list = List::builder(list_type).patterns(app.patterns(list_type)).restore();
            list.prepare();
            list
        };
        let gate = Gate::new().with_list(list(ListType::Upload)).with_list(list(ListType::Delivery));
        self.0.insert(app.key.as_str().into(), gate);
    }

    fn is_match(&mut self, query: &Query<'_>) -> bool {
        self.0.get(query.key).is_some_and(|gate| gate.list(query.list_type).is_match(&query.origin))
    }
}
