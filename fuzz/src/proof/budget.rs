//! What a smaller budget may change: nothing but that there is no answer.

use core::fmt::Debug;

use guestlist_proof::{Budget, Prover, Rules, Undecided};

use super::{Proves, prover, texts};
use crate::oracle::Agreement;

/// With any budget each answer is the same as with the default one, or there is none, and the budget is named that was used up.
pub fn budgets_hold(a: &[String], b: &[String], budget: Budget) -> Agreement {
    let small = Prover::with_budget(budget);
    let large = prover();
    let (a, b) = (large.rules(&texts(a)), large.rules(&texts(b)));
    let all: Rules = a.patterns().iter().chain(b.patterns()).cloned().collect();
    same(budget, "example", &small.example(&a), &large.example(&a))?;
    same(budget, "only_in", &small.only_in(&a, &b), &large.only_in(&a, &b))?;
    same(budget, "in_both", &small.in_both(&a, &b), &large.in_both(&a, &b))?;
    same(budget, "difference", &small.difference(&a, &b), &large.difference(&a, &b))?;
    same(budget, "count", &small.count(&a, 3), &large.count(&a, 3))?;
    for (small, large) in small.redundant(&all).iter().zip(&large.redundant(&all)) {
        same(budget, "redundant", small, large)?;
    }
    for (small, large) in small.each_only_in(&a, &b).iter().zip(&large.each_only_in(&a, &b)) {
        same(budget, "each_only_in", small, large)?;
    }
    Ok(())
}

fn same<T: PartialEq + Debug>(
    budget: Budget,
    question: &str,
    small: &Result<T, Undecided>,
    large: &Result<T, Undecided>,
) -> Agreement {
    let is_right = match small {
        Err(Undecided::Steps(steps)) => *steps == budget.steps,
        Err(Undecided::Candidates(candidates)) => *candidates == budget.candidates,
        _ => small == large,
    };
    if is_right { Ok(()) } else { Err(format!("{question}: {small:?} with {budget:?}, else {large:?}")) }
}
