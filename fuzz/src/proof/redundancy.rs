//! Rules that nobody would miss.

use guestlist_proof::Redundancy;

use super::naive::{List, Wanted, World};
use super::prove::Answer;
use super::{Proves, texts};
use crate::oracle::Agreement;

/// A rule is called needed exactly where somebody is shown whom only it admits. Those who are said to cover it do, and none of them could be left out; a single one that covers it alone is named before several, and
/// the first before others.
pub fn redundancies_hold(subject: &impl Proves, patterns: &[String], near: &[String]) -> Agreement {
    let world = World::new(&[patterns], near);
    let list = List::new(patterns);
    let rules = subject.rules(&texts(patterns));
    let answers = subject.redundant(&rules);
    if answers.len() != patterns.len() {
        return Err(format!("{} answers for {} rules", answers.len(), patterns.len()));
    }
    for (rule, answer) in answers.iter().enumerate() {
        let one = subject.rules(&[&patterns[rule]]);
        let list_one = list.only(rule);
        // Whom the rule admits and these others do not, as the reference confirms.
        let beside = |question: &str, others: &[usize]| {
            let others_rules =
                subject.rules(&others.iter().map(|other| patterns[*other].as_str()).collect::<Vec<_>>());
            let beside = subject.only_in(&one, &others_rules);
            let wanted = Wanted { all: &[&list_one], none: Some(&list.of(others)) };
            world.check(&format!("rule {rule} is {answer:?}; {question} {others:?}"), &wanted, &beside)?;
            Ok::<Answer, String>(beside)
        };
        let nobody = |question: &str, others: &[usize]| match beside(question, others)? {
            Ok(Some(shown)) => Err(format!("rule {rule} is {answer:?}; {question} {others:?}: {shown:?}")),
            _ => Ok(()),
        };
        let somebody = |question: &str, others: &[usize]| match beside(question, others)? {
            Ok(None) => Err(format!("rule {rule} is {answer:?}; {question} {others:?}: nobody")),
            _ => Ok(()),
        };
        let others: Vec<usize> = (0..patterns.len()).filter(|other| *other != rule).collect();
        match answer {
            Ok(None) => somebody("whom only it admits, beside", &others)?,
            Ok(Some(Redundancy::AdmitsNobody)) => nobody("whom it admits, beside", &[])?,
            Ok(Some(Redundancy::CoveredBy(by))) => {
                let is_in_order = by.windows(2).all(|pair| pair[0] < pair[1]);
                if by.is_empty() || !is_in_order || !by.iter().all(|other| others.contains(other)) {
                    return Err(format!("rule {rule} is {answer:?}: not some of the others in their order"));
                }
                nobody("whom none of them admits, beside", by)?;
                for left_out in by {
                    let rest: Vec<usize> = by.iter().copied().filter(|other| other != left_out).collect();
                    somebody("whom those without one of them do not admit, beside", &rest)?;
                }
                let alone = others.iter().take_while(|other| by.len() > 1 || **other < by[0]);
                for other in alone {
                    somebody("whom one that is not named alone does not admit, beside", &[*other])?;
                }
            }
            Ok(Some(other)) => return Err(format!("rule {rule} is {other:?}")),
            Err(undecided) => {
                world.may_be_undecided(undecided).map_err(|wrong| format!("rule {rule}: {wrong}"))?;
            }
        }
    }
    Ok(())
}
