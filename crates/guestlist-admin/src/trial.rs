//! What a list decides on a request with these headers: for people who try.

use axum::Json;
use axum::extract::State;
use guestlist::{Gate, List, RequestHeaders, RuleId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::{Api, known_app};
use crate::body::Body;
use crate::caller::Caller;
use crate::parts::Key;
use crate::problem::Problem;
use crate::words::{ListType, Mode};

/// A request, as far as a list looks at it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrialRequest {
    /// Which list decides.
    pub(crate) list: ListType,
    /// Every value of `Origin`, in order; none if it is left out.
    #[serde(default)]
    #[schema(example = json!(["https://www.example.com"]))]
    pub(crate) origin: Vec<String>,
    /// Every value of `Referer`, in order; none if it is left out.
    #[serde(default)]
    pub(crate) referer: Vec<String>,
}

/// What was decided, and why.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrialAnswer {
    /// `allow` or `deny`: what becomes of the request. A list in `report` mode lets every request through.
    pub(crate) decision: Verdict,
    /// What the list says of the request, whether or not it is enforced.
    pub(crate) list_says: Verdict,
    /// The mode of the list.
    pub(crate) mode: Mode,
    /// The number of the version that decided.
    pub(crate) number: u64,
    /// Why, for programs: `matched`, `no-match`, `missing-header`, `malformed`, `opaque-origin`, `unsupported-scheme` or `not-enforced`.
    pub(crate) reason: &'static str,
    /// The header that was judged, or the last one that was looked for; `null` if none was.
    pub(crate) header: Option<&'static str>,
    /// The rule that lets the request in.
    pub(crate) rule: Option<RuleName>,
    /// The rule that came closest, where none matches and one comes close.
    pub(crate) near_miss: Option<NearMiss>,
    /// Why, in a sentence.
    pub(crate) sentence: String,
}

/// Whether a request goes on.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verdict {
    Allow,
    Deny,
}

impl Verdict {
    fn allows(is_allowed: bool) -> Verdict {
        if is_allowed { Verdict::Allow } else { Verdict::Deny }
    }
}

/// A rule of a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct RuleName {
    /// Its number, from 1.
    pub(crate) number: usize,
    /// Its pattern in canonical form.
    pub(crate) pattern: String,
}

impl RuleName {
    pub(crate) fn of(list: &List, rule: RuleId) -> RuleName {
        let pattern = list.rules().get(rule.index()).map(|rule| rule.pattern().canonical().to_string());
        RuleName { number: rule.index() + 1, pattern: pattern.unwrap_or_default() }
    }
}

/// A rule that nearly matches.
#[derive(Serialize, ToSchema)]
pub(crate) struct NearMiss {
    /// The rule.
    pub(crate) rule: RuleName,
    /// What keeps the request out of it.
    pub(crate) message: String,
}

impl TrialAnswer {
    /// Whether the request goes on.
    pub(crate) fn goes_on(&self) -> bool {
        matches!(self.decision, Verdict::Allow)
    }

    /// Whether the list lets it in, enforced or not.
    pub(crate) fn is_approved(&self) -> bool {
        matches!(self.list_says, Verdict::Allow)
    }

    /// What these lists of an app decide, of which the one that is asked has this version.
    pub(crate) fn of(gate: &Gate, number: u64, request: &TrialRequest) -> TrialAnswer {
        let headers = RequestHeaders::new()
            .origins(request.origin.iter().map(String::as_bytes))
            .referers(request.referer.iter().map(String::as_bytes));
        let list_type = request.list.into();
        let decision = gate.decide(list_type, &headers);
        let name = |rule| RuleName::of(gate.list(list_type), rule);
        TrialAnswer {
            decision: Verdict::allows(decision.lets_through()),
            list_says: Verdict::allows(decision.denial().is_none()),
            mode: decision.mode().into(),
            number,
            reason: decision.code(),
            header: decision.header().map(guestlist::HeaderName::as_str),
            rule: decision.rule().map(name),
            near_miss: gate
                .near_miss(list_type, &headers)
                .map(|near| NearMiss { rule: name(near.rule), message: near.kind.to_string() }),
            sentence: decision.to_string(),
        }
    }
}

/// What a list that is in force decides on a request with these headers.
#[utoipa::path(
    post, path = "/api/v1/apps/{key}/test", operation_id = "test", tag = "apps",
    params(("key" = String, Path, description = "The key of the app")),
    request_body = TrialRequest,
    responses((status = 200, description = "What was decided", body = TrialAnswer)),
)]
pub(crate) async fn test(
    State(api): State<Api>,
    caller: Caller,
    Key(key): Key,
    Body(request): Body<TrialRequest>,
) -> Result<Json<TrialAnswer>, Problem> {
    // Reading the patterns of a long list takes its time.
    api.think(caller.number, move |store| {
        let app = known_app(store, &key)?;
        let number = app.list(request.list.into()).number;
        Ok(Json(TrialAnswer::of(&app.gate(), number, &request)))
    })
    .await
}
