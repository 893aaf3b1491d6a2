//! Whom one list admits and another does not.

use super::naive::{List, Wanted, World};
use super::{Proves, texts};
use crate::oracle::Agreement;

/// `only_in` either way, `difference` and `each_only_in` show who is wanted, the shortest, or rightly nobody; and they agree with each other.
pub fn differences_hold(subject: &impl Proves, a: &[String], b: &[String], near: &[String]) -> Agreement {
    let world = World::new(&[a, b], near);
    let (rules_a, rules_b) = (subject.rules(&texts(a)), subject.rules(&texts(b)));
    let (list_a, list_b) = (List::new(a), List::new(b));

    let (a_wanted, b_wanted) =
        (Wanted { all: &[&list_a], none: Some(&list_b) }, Wanted { all: &[&list_b], none: Some(&list_a) });
    let (in_a, in_b) = (subject.only_in(&rules_a, &rules_b), subject.only_in(&rules_b, &rules_a));
    world.check("only in the first", &a_wanted, &in_a)?;
    world.check("only in the second", &b_wanted, &in_b)?;

    let itself = Wanted { all: &[&list_a], none: Some(&list_a) };
    world.check("only in the first and not in the first", &itself, &subject.only_in(&rules_a, &rules_a))?;

    let difference = subject.difference(&rules_a, &rules_b);
    if let (Ok(in_a), Ok(in_b)) = (&in_a, &in_b) {
        let Ok(difference) = &difference else {
            return Err(format!("difference: {difference:?}, but each way is decided"));
        };
        let lens = [in_a, in_b].into_iter().flatten().map(|shown| shown.host.len());
        if difference.as_ref().map(|shown| shown.host.len()) != lens.min() {
            return Err(format!("difference: {difference:?}; one way {in_a:?}, the other {in_b:?}"));
        }
    }
    if let Ok(Some(_)) = difference {
        let one = world.check("difference", &a_wanted, &difference);
        let other = world.check("difference", &b_wanted, &difference);
        one.or(other)?;
    }

    let each = subject.each_only_in(&rules_a, &rules_b);
    if each.len() != a.len() {
        return Err(format!("each only in the second: {} answers for {} rules", each.len(), a.len()));
    }
    for (rule, answer) in each.iter().enumerate() {
        let wanted = Wanted { all: &[&list_a.only(rule)], none: Some(&list_b) };
        world.check(&format!("rule {rule} of the first, only"), &wanted, answer)?;
    }
    let shows = |answers: &[super::prove::Answer]| answers.iter().any(|answer| matches!(answer, Ok(Some(_))));
    let is_decided = in_a.is_ok() && each.iter().all(Result::is_ok);
    if is_decided && shows(&each) != shows(core::slice::from_ref(&in_a)) {
        return Err(format!("only in the first: {in_a:?}; rule by rule {each:?}"));
    }
    Ok(())
}
