//! Wrong ways to answer questions about lists, around the prover's own.

use guestlist::Pattern;
use guestlist_fuzz::proof::prove::Answer;
use guestlist_fuzz::proof::{Proves, Shown, prover};
use guestlist_proof::{Budget, Count, Ports, Prover, Redundancy, Undecided};

use crate::bug::mistakes;

mistakes! {
    WrongProof:

    /// Reading patterns.
    PortsUnread = "the ports of patterns are not read",
    PortsNeeded = "a pattern without a port asks for one that is written",
    RangeWithoutItsEnd = "a range leaves out its last character",
    HyphenOfSetLost = "the `-` at the end of a set is lost",
    StarNeedsACharacter = "`*` needs a character",
    StarTakesOne = "`*` takes one character at most",
    QuestionIsALetter = "`?` takes letters only",
    SecondAlternativeLost = "a rule's last alternative in braces is lost",
    LastRuleLost = "the last of several rules is never asked",

    /// Who is shown.
    NotTheShortest = "who is shown is the second that comes to mind",
    NotBehindTheFourth = "nobody is looked for behind the fourth character",
    NotInTwoLabels = "nobody is looked for in two labels",
    NoALabels = "nobody with a label that begins with `xn--` is shown",
    ALabelsUnasked = "a label that begins with `xn--` is shown without asking whether it is valid",
    EmptyLabelShown = "a `*` in front of a dot may be nothing at all",
    LongLabelShown = "a label may be as long as it likes",
    NumberShown = "a host that ends in a number is shown as a name",
    CapitalsShown = "who is shown is in capitals",
    SecondOfEqualsUnseen = "nobody is only in the second of two lists of as many rules",
    UndecidedIsNobody = "what is not decided in a few steps is taken for nobody",
    UndecidedIsCommon = "nothing that takes some steps is decided",

    /// With which ports.
    OneIsAny = "who is shown with one port is shown with any",
    AnyIsOne = "who is shown with any port is shown with 443",
    NoneIsAny = "who is shown without a port is shown with any",
    NoneIsOne = "who is shown without a port is shown with 443",
    AnotherPort = "who is shown with a port is shown with the next",
    OriginWithoutPort = "the origin of who is shown has no port",

    /// Questions of several lists.
    DifferenceOneWay = "the difference is looked for in the first list only",
    DifferenceLonger = "of two ways to differ the longer one is shown",
    BothIsEither = "who is in both may be in the first alone",
    ButNotForgotten = "the third list is not looked at",
    EachOfAll = "for each rule the answer of all rules is given",
    EachFromBehind = "the answers for each rule are from behind",

    /// Rules that nobody would miss.
    EveryRuleNeeded = "no rule is called needless",
    FirstOfEqualsNeeded = "the first of two equal rules is needed",
    CoveredByAll = "a needless rule is covered by all others",
    CoveredByOne = "of several that cover a rule one is named",
    CoveredByItself = "a rule is among those that cover it",
    CoveredByLast = "of those that cover a rule alone the last is named",
    NobodyIsCovered = "a rule that admits nobody is covered by nobody",
    CoveredIsNobody = "a needless rule admits nobody",

    /// How many.
    OneTooMany = "one host too many is counted",
    CountedTwice = "who is admitted by two rules is counted twice",
    OneLabelMore = "hosts with one label more are counted",
    LabelsUnlimited = "hosts with any number of labels are counted",
    StarIsUnbounded = "every `*` makes more hosts than can be counted",
    ManyIsUnbounded = "more than a thousand are called more than can be counted",
    ALabelsCounted = "labels that begin with `xn--` are counted without asking whether they are valid",
}

/// The prover, with this mistake.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Planted {
    pub(crate) wrong: Option<WrongProof>,
}

/// The patterns as they were given, and as they are understood.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    given: Vec<String>,
    rules: guestlist_proof::Rules,
}

use WrongProof as W;

impl Planted {
    fn has(self, wrong: WrongProof) -> bool {
        self.wrong == Some(wrong)
    }

    fn prover(self) -> Prover {
        let few = Prover::with_budget(Budget::default().steps(300).candidates(1000));
        if self.has(W::UndecidedIsNobody) || self.has(W::UndecidedIsCommon) { few } else { prover() }
    }

    /// What a pattern is taken for.
    fn understand(self, text: &str) -> String {
        let is_address = text.starts_with('[') && text.contains("::");
        match self.wrong {
            Some(W::PortsUnread) if !is_address => text.split(':').next().unwrap_or_default().to_owned(),
            Some(W::PortsNeeded) if !text.contains(':') => format!("{text}:*"),
            Some(W::RangeWithoutItsEnd) => {
                let (from, to) = (["a-b", "a-c", "0-1", "0-9", "1-9"], ["a", "a-b", "0", "0-8", "1-8"]);
                from.iter().zip(to).fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
            }
            Some(W::HyphenOfSetLost) => text.replace("-]", "]"),
            Some(W::StarNeedsACharacter) => text.replace('*', "?*"),
            Some(W::StarTakesOne) => text.replace('*', "{,?}"),
            Some(W::QuestionIsALetter) => match text.split_once(':') {
                None => text.replace('?', "[a-z]"),
                Some((host, port)) => format!("{}:{port}", host.replace('?', "[a-z]")),
            },
            Some(W::SecondAlternativeLost) => {
                match text.rsplit_once(',').map(|(kept, rest)| (kept, rest.split_once('}'))) {
                    Some((kept, Some((_, behind)))) => format!("{kept}}}{behind}"),
                    _ => text.to_owned(),
                }
            }
            _ => text.to_owned(),
        }
    }

    /// What is made of somebody.
    fn tell(self, shown: Shown) -> Option<Shown> {
        let with = |ports: Ports| Some(told(&shown.host, ports));
        match (self.wrong, shown.ports) {
            (Some(W::NotBehindTheFourth), _) if shown.host.len() > 4 => None,
            (Some(W::NotInTwoLabels), _) if shown.host.contains('.') => None,
            (Some(W::NoALabels), _) if shown.host.contains("xn--") => None,
            (Some(W::CapitalsShown), ports) => Some(told(&shown.host.to_ascii_uppercase(), ports)),
            (Some(W::OneIsAny), Ports::One(_)) | (Some(W::NoneIsAny), Ports::None) => with(Ports::Any),
            (Some(W::AnyIsOne), Ports::Any) | (Some(W::NoneIsOne), Ports::None) => with(Ports::One(443)),
            (Some(W::AnotherPort), Ports::One(port)) => with(Ports::One(port.wrapping_add(1).max(1))),
            (Some(W::OriginWithoutPort), Ports::One(_)) => {
                Some(Shown { origin: Some(format!("ftp://{}", shown.host)), ..shown })
            }
            _ => Some(shown),
        }
    }

    fn answer(self, answer: Answer) -> Answer {
        match answer {
            Err(_) if self.has(W::UndecidedIsNobody) => Ok(None),
            answer => answer.map(|shown| shown.and_then(|shown| self.tell(shown))),
        }
    }

    /// A text that is no host, where a prover that forgets a rule for hosts would show one.
    fn no_host(self, a: &Read) -> Option<Shown> {
        let text = match self.wrong? {
            W::ALabelsUnasked => {
                let text = a.given.iter().find(|text| text.contains("xn--") && !text.contains("xn--4"))?;
                text.replace(['?', '*'], "a")
            }
            W::EmptyLabelShown => a.given.iter().find_map(|text| text.strip_prefix('*'))?.to_owned(),
            W::LongLabelShown => {
                a.given.iter().find(|text| text.contains('*'))?.replace('*', &"a".repeat(64))
            }
            W::NumberShown => {
                a.given.iter().find(|text| *text == "*" || *text == "?").map(|_| "1".to_owned())?
            }
            _ => return None,
        };
        (!text.contains(['{', '?', '*', '[', ':'])).then(|| told(&text, Ports::Any))
    }
}

/// As somebody with these ports is shown.
fn told(host: &str, ports: Ports) -> Shown {
    let (origin, text) = match ports {
        Ports::Any | Ports::One(443) => (Some(format!("https://{host}")), host.to_owned()),
        Ports::One(80) => (Some(format!("http://{host}")), host.to_owned()),
        Ports::One(port) => (Some(format!("https://{host}:{port}")), host.to_owned()),
        Ports::None => (None, host.to_owned()),
    };
    let text = if let Ports::One(port) = ports { format!("{text}:{port}") } else { text };
    Shown { host: host.to_owned(), ports, origin, text }
}

impl Proves for Planted {
    type Rules = Read;

    fn rules(&self, patterns: &[&str]) -> Read {
        let given: Vec<String> = patterns.iter().map(|text| (*text).to_owned()).collect();
        let asked = match given.len() {
            len @ 2.. if self.has(W::LastRuleLost) => len - 1,
            len => len,
        };
        // Where what is understood is no pattern, it is taken as it is. Duplicates stay, so that rules keep their numbers.
        let understand = |text: &String| {
            Pattern::parse(&self.understand(text)).unwrap_or_else(|_| Pattern::parse(text).unwrap())
        };
        Read { rules: given[..asked].iter().map(understand).collect(), given }
    }

    fn example(&self, rules: &Read) -> Answer {
        self.answer(Proves::example(&self.prover(), &rules.rules))
    }

    fn only_in(&self, a: &Read, b: &Read) -> Answer {
        if self.has(W::SecondOfEqualsUnseen) && a.given.len() == b.given.len() && a.given > b.given {
            return Ok(None);
        }
        let answer = Proves::only_in(&self.prover(), &a.rules, &b.rules);
        if let Some(no_host) = self.no_host(a).filter(|_| answer == Ok(None) && a.given != b.given) {
            return Ok(Some(no_host));
        }
        if self.has(W::NotTheShortest)
            && let Ok(Some(first)) = &answer
        {
            let first = Pattern::parse(&first.host).ok();
            let both = b.rules.patterns().iter().cloned().chain(first).collect();
            return match Proves::only_in(&self.prover(), &a.rules, &both)? {
                None => answer,
                second => Ok(second),
            };
        }
        self.answer(answer)
    }

    fn in_both(&self, a: &Read, b: &Read) -> Answer {
        if self.has(W::BothIsEither) {
            return self.example(a);
        }
        self.answer(Proves::in_both(&self.prover(), &a.rules, &b.rules))
    }

    fn in_both_but_not(&self, a: &Read, b: &Read, c: &Read) -> Answer {
        if self.has(W::ButNotForgotten) {
            return self.in_both(a, b);
        }
        self.answer(Proves::in_both_but_not(&self.prover(), &a.rules, &b.rules, &c.rules))
    }

    fn difference(&self, a: &Read, b: &Read) -> Answer {
        if self.has(W::DifferenceOneWay) {
            return self.only_in(a, b);
        }
        if self.has(W::DifferenceLonger)
            && let (Ok(Some(one)), Ok(Some(other))) = (self.only_in(a, b), self.only_in(b, a))
        {
            return Ok(Some(if one.host.len() > other.host.len() { one } else { other }));
        }
        self.answer(Proves::difference(&self.prover(), &a.rules, &b.rules))
    }

    fn each_only_in(&self, a: &Read, b: &Read) -> Vec<Answer> {
        if self.has(W::EachOfAll) {
            return a.given.iter().map(|_| self.only_in(a, b)).collect();
        }
        let mut each: Vec<Answer> = Proves::each_only_in(&self.prover(), &a.rules, &b.rules)
            .into_iter()
            .map(|one| self.answer(one))
            .collect();
        if self.has(W::EachFromBehind) {
            each.reverse();
        }
        each.resize(a.given.len(), Ok(None));
        each
    }

    fn redundant(&self, rules: &Read) -> Vec<Result<Option<Redundancy>, Undecided>> {
        let count = rules.given.len();
        let mut answers = Proves::redundant(&self.prover(), &rules.rules);
        answers.resize(count, Ok(None));
        for (rule, answer) in answers.iter_mut().enumerate() {
            let others = || (0..count).filter(move |other| *other != rule);
            *answer = match (self.wrong, answer.clone()) {
                (Some(W::EveryRuleNeeded), Ok(_)) => Ok(None),
                (Some(W::FirstOfEqualsNeeded), Ok(Some(Redundancy::CoveredBy(by)))) if by[0] > rule => {
                    Ok(None)
                }
                (Some(W::UndecidedIsNobody), Err(_)) => Ok(None),
                (Some(W::NobodyIsCovered), Ok(Some(Redundancy::AdmitsNobody))) => {
                    Ok(Some(Redundancy::CoveredBy(Vec::new())))
                }
                (Some(W::CoveredIsNobody), Ok(Some(_))) => Ok(Some(Redundancy::AdmitsNobody)),
                (Some(wrong), Ok(Some(Redundancy::CoveredBy(mut by)))) => {
                    match wrong {
                        W::CoveredByAll => by = others().collect(),
                        W::CoveredByOne => by.truncate(1),
                        W::CoveredByItself => {
                            by.push(rule);
                            by.sort_unstable();
                        }
                        W::CoveredByLast => {
                            let covers = |other: &usize| {
                                let (one, other) = (&rules.given[rule], &rules.given[*other]);
                                self.only_in(&self.rules(&[one]), &self.rules(&[other])) == Ok(None)
                            };
                            by = others().rfind(covers).map_or(by, |last| vec![last]);
                        }
                        _ => {}
                    }
                    Ok(Some(Redundancy::CoveredBy(by)))
                }
                (_, answer) => answer,
            };
        }
        answers
    }

    fn count(&self, rules: &Read, most_labels: usize) -> Result<Count, Undecided> {
        let ask = |labels| self.prover().count(&rules.rules, labels);
        let has = |what: &str| rules.given.iter().any(|text| text.contains(what));
        match (self.wrong, ask(most_labels)) {
            (Some(W::OneTooMany), Ok(Count::Exactly(count))) => Ok(Count::Exactly(count + 1)),
            (Some(W::OneLabelMore), _) => ask(most_labels + 1),
            (Some(W::LabelsUnlimited), _) => ask(usize::MAX - 1),
            (Some(W::StarIsUnbounded), Ok(_)) if has("*") => Ok(Count::Unbounded),
            (Some(W::ManyIsUnbounded), Ok(Count::Exactly(1001..))) => Ok(Count::Unbounded),
            (Some(W::CountedTwice), Ok(Count::Exactly(_))) => {
                rules.given.iter().try_fold(Count::Exactly(0), |sum, text| {
                    match (sum, self.prover().count(&self.rules(&[text]).rules, most_labels)?) {
                        (Count::Exactly(sum), Count::Exactly(more)) => Ok(Count::Exactly(sum + more)),
                        (_, other) => Ok(other),
                    }
                })
            }
            (Some(W::ALabelsCounted), Ok(Count::Exactly(_))) if has("xn--") => {
                let plain: Vec<String> =
                    rules.given.iter().map(|text| text.replace("xn--", "xx--")).collect();
                self.prover().count(
                    &Prover::default().rules(&plain.iter().map(String::as_str).collect::<Vec<_>>()),
                    most_labels,
                )
            }
            (Some(W::UndecidedIsNobody), Err(_)) => Ok(Count::Exactly(0)),
            (_, counted) => counted,
        }
    }
}
