//! Who is judged: whatever answers questions about lists.

use guestlist_proof::{Count, Ports, Prover, Redundancy, Rules, Undecided, Witness};

/// An answer that shows somebody, or says that there is nobody to be shown.
pub type Answer = Result<Option<Shown>, Undecided>;

/// Answers the questions of [`Prover`], which has them described.
///
/// [`Prover`] is the one that matters; the planted ones (`tests/planted/`) are each wrong in one place.
#[expect(missing_docs, reason = "the questions are those of Prover")]
pub trait Proves {
    /// Patterns, together.
    type Rules;

    /// Patterns that are all in form, each there once.
    fn rules(&self, patterns: &[&str]) -> Self::Rules;
    fn example(&self, rules: &Self::Rules) -> Answer;
    fn only_in(&self, a: &Self::Rules, b: &Self::Rules) -> Answer;
    fn in_both(&self, a: &Self::Rules, b: &Self::Rules) -> Answer;
    fn in_both_but_not(&self, a: &Self::Rules, b: &Self::Rules, c: &Self::Rules) -> Answer;
    fn difference(&self, a: &Self::Rules, b: &Self::Rules) -> Answer;
    fn each_only_in(&self, a: &Self::Rules, b: &Self::Rules) -> Vec<Answer>;
    fn redundant(&self, rules: &Self::Rules) -> Vec<Result<Option<Redundancy>, Undecided>>;
    fn count(&self, rules: &Self::Rules, most_labels: usize) -> Result<Count, Undecided>;
}

/// A host that is shown: [`Witness`], which only a prover can make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// [`Witness::host`].
    pub host: String,
    /// [`Witness::ports`].
    pub ports: Ports,
    /// [`Witness::origin`].
    pub origin: Option<String>,
    /// As it is displayed.
    pub text: String,
}

impl From<Witness> for Shown {
    fn from(witness: Witness) -> Shown {
        Shown {
            host: witness.host().to_owned(),
            ports: witness.ports(),
            origin: witness.origin(),
            text: witness.to_string(),
        }
    }
}

fn shown(answer: Result<Option<Witness>, Undecided>) -> Answer {
    answer.map(|witness| witness.map(Shown::from))
}

impl Proves for Prover {
    type Rules = Rules;

    fn rules(&self, patterns: &[&str]) -> Rules {
        Rules::parse(patterns).expect("patterns that the reference accepts")
    }

    fn example(&self, rules: &Rules) -> Answer {
        shown(self.example(rules))
    }

    fn only_in(&self, a: &Rules, b: &Rules) -> Answer {
        shown(self.only_in(a, b))
    }

    fn in_both(&self, a: &Rules, b: &Rules) -> Answer {
        shown(self.in_both(a, b))
    }

    fn in_both_but_not(&self, a: &Rules, b: &Rules, c: &Rules) -> Answer {
        shown(self.in_both_but_not(a, b, c))
    }

    fn difference(&self, a: &Rules, b: &Rules) -> Answer {
        shown(self.difference(a, b))
    }

    fn each_only_in(&self, a: &Rules, b: &Rules) -> Vec<Answer> {
        self.each_only_in(a, b).into_iter().map(shown).collect()
    }

    fn redundant(&self, rules: &Rules) -> Vec<Result<Option<Redundancy>, Undecided>> {
        self.redundant(rules)
    }

    fn count(&self, rules: &Rules, most_labels: usize) -> Result<Count, Undecided> {
        self.count(rules, most_labels)
    }
}
