//! Whom several lists admit.

use super::naive::{List, Wanted, World};
use super::prove::Answer;
use super::{Proves, texts};
use crate::oracle::Agreement;

/// `example`, `in_both` and `in_both_but_not` show who is wanted, the shortest, or rightly nobody; and they agree with each other.
pub fn overlaps_hold(
    subject: &impl Proves,
    a: &[String],
    b: &[String],
    c: &[String],
    near: &[String],
) -> Agreement {
    let world = World::new(&[a, b, c], near);
    let [rules_a, rules_b, rules_c] = [a, b, c].map(|patterns| subject.rules(&texts(patterns)));
    let [list_a, list_b, list_c] = [a, b, c].map(List::new);

    let example = subject.example(&rules_a);
    world.check("an example of the first", &Wanted { all: &[&list_a], none: None }, &example)?;
    let both = subject.in_both(&rules_a, &rules_b);
    world.check("in both", &Wanted { all: &[&list_a, &list_b], none: None }, &both)?;
    let but_not = subject.in_both_but_not(&rules_a, &rules_b, &rules_c);
    world.check(
        "in both but not in the third",
        &Wanted { all: &[&list_a, &list_b], none: Some(&list_c) },
        &but_not,
    )?;

    let same = |law: &str, one: &Answer, other: &Answer| match (one, other) {
        (Ok(one), Ok(other)) if len(one) != len(other) => Err(format!("{law}: {one:?}, {other:?}")),
        _ => Ok(()),
    };
    same("in both, and the other way round", &both, &subject.in_both(&rules_b, &rules_a))?;
    same("an example, and in both of the same", &example, &subject.in_both(&rules_a, &rules_a))?;
    let none = Wanted { all: &[&list_a, &list_b], none: Some(&list_a) };
    world.check("in both but not in the first", &none, &subject.in_both_but_not(&rules_a, &rules_b, &rules_a))
}

fn len(shown: &Option<super::Shown>) -> Option<usize> {
    shown.as_ref().map(|shown| shown.host.len())
}
