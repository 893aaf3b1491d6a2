//! The tester: what a list decides on a request that somebody tries, for the draft as it stands and for what is saved.

use guestlist::{Gate, ListType, Mode};
use guestlist_store::{App, Content};

use super::form::Form;
use super::words::{self, Piece};
use crate::lists::NewList;
use crate::trial::{RuleName, TrialAnswer, TrialRequest};

/// What somebody tries, as it stands in the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Trial {
    origin: String,
    referer: String,
    /// Whether the button was pressed: then a request without headers is tried as well.
    is_asked: bool,
}

impl Trial {
    pub(super) fn of(form: &Form) -> Trial {
        Trial {
            origin: form.text("try_origin").trim().to_string(),
            referer: form.text("try_referer").trim().to_string(),
            is_asked: form.action().0 == "test",
        }
    }

    fn request(&self, list_type: ListType) -> Option<TrialRequest> {
        let header = |text: &str, cut| {
            let given = Some(text).filter(|text| !text.is_empty());
            given.map(|text| as_header(text, cut)).into_iter().collect::<Vec<String>>()
        };
        let is_something = self.is_asked || !self.origin.is_empty() || !self.referer.is_empty();
        is_something.then(|| TrialRequest {
            list: list_type.into(),
            origin: header(&self.origin, true),
            referer: header(&self.referer, false),
        })
    }
}

/// What a browser would send for what a person types: with a scheme, and as an origin without the path.
fn as_header(text: &str, is_origin: bool) -> String {
    if text == "null" {
        return text.to_string();
    }
    let whole = if text.contains("://") { text.to_string() } else { format!("https://{text}") };
    let Some((scheme, rest)) = whole.split_once("://").filter(|_| is_origin) else { return whole };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    format!("{scheme}://{host}")
}

/// The fields, and what was decided.
pub(crate) struct Tester {
    pub(crate) origin: String,
    /// None where the list does not look at it.
    pub(crate) referer: Option<String>,
    /// The headers that were tried.
    pub(crate) tried: Option<String>,
    pub(crate) answers: Vec<Answer>,
}

/// What one list decided.
pub(crate) struct Answer {
    pub(crate) of: &'static str,
    pub(crate) said: Said,
    /// Where the list is off: what it would say if it were enforced.
    pub(crate) if_enforced: Option<Said>,
}

/// A decision in words.
pub(crate) struct Said {
    pub(crate) verdict: &'static str,
    /// The name of its style.
    pub(crate) class: &'static str,
    pub(crate) sentence: Vec<Piece>,
    pub(crate) rule: Option<RuleName>,
    pub(crate) near: Option<(RuleName, Vec<Piece>)>,
}

impl From<TrialAnswer> for Said {
    fn from(answer: TrialAnswer) -> Said {
        let sentence = answer.sentence.split_once(": ").map_or("", |(_, reason)| reason);
        let (verdict, class) = match (answer.goes_on(), answer.is_approved()) {
            (true, true) => ("Let through", "done"),
            (true, false) => ("Let through, would be denied", "warning"),
            (false, _) => ("Denied", "error"),
        };
        Said {
            verdict,
            class,
            sentence: words::sentence(sentence),
            rule: answer.rule,
            near: answer.near_miss.map(|near| (near.rule, words::sentence(&near.message))),
        }
    }
}

impl Tester {
    /// What the draft and the list in force decide, if there is something to try. Costs reading their patterns.
    pub(super) fn of(app: &App, list_type: ListType, draft: &NewList, trial: &Trial) -> Tester {
        let (mut answers, mut tried) = (Vec::new(), None);
        if let Some(request) = trial.request(list_type) {
            let in_force = &app.list(list_type).content;
            let drafted = draft.builder(list_type, usize::MAX).restore();
            if drafted.broken().is_empty() && Content::of(&drafted) == *in_force {
                answers.push(Answer::of("What is saved, and the draft", app, draft, &request));
            } else {
                answers.push(Answer::of("The draft", app, draft, &request));
                answers.push(Answer::of("What is saved", app, &NewList::of(in_force), &request));
            }
            tried = Some(headers(&request));
        }
        Tester {
            origin: trial.origin.clone(),
            referer: (list_type == ListType::Delivery).then(|| trial.referer.clone()),
            tried,
            answers,
        }
    }
}

impl Answer {
    /// A pattern that cannot be read lets nobody in.
    fn of(name: &'static str, app: &App, list: &NewList, request: &TrialRequest) -> Answer {
        let schemes = &app.settings.dangerously_supported_schemes;
        let decide = |mode: Mode| {
            let gate =
                schemes.iter().try_fold(Gate::new(), |gate, scheme| gate.dangerously_support_scheme(scheme));
            let list = list.builder(request.list.into(), usize::MAX).mode(mode).restore();
            TrialAnswer::of(&gate.unwrap_or_default().with_list(list), 0, request)
        };
        let mode = Mode::from(list.mode);
        let if_enforced = (mode == Mode::Off).then(|| decide(Mode::Enforce).into());
        Answer { of: name, said: decide(mode).into(), if_enforced }
    }
}

/// The headers as they were tried.
fn headers(request: &TrialRequest) -> String {
    let named =
        |name, values: &[String]| values.first().map(|value| format!("{name}: {}", words::shown(value)));
    let all = [named("Origin", &request.origin), named("Referer", &request.referer)];
    let all: Vec<String> = all.into_iter().flatten().collect();
    if all.is_empty() { "no Origin, no Referer".to_string() } else { all.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_sent_as_a_browser_sends_it() {
        for (typed, origin, referer) in [
            ("example.com", "https://example.com", "https://example.com"),
            ("localhost:3000", "https://localhost:3000", "https://localhost:3000"),
            ("http://a.com/b?c", "http://a.com", "http://a.com/b?c"),
            ("https://a.com#b", "https://a.com", "https://a.com#b"),
            ("null", "null", "null"),
            ("capacitor://localhost", "capacitor://localhost", "capacitor://localhost"),
            ("://", "://", "://"),
        ] {
            assert_eq!((&*as_header(typed, true), &*as_header(typed, false)), (origin, referer));
        }
    }
}
