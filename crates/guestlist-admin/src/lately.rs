//! What became of requests lately, as the server tells it, with the patterns that would let in who was denied.

use axum::Json;
use axum::extract::State;
use guestlist::{Gate, ListType, Origin, Pattern, Scheme};
use guestlist_store::{App, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::activity::{Activity, Counts, DeniedOrigin};
use crate::api::{Api, known_app};
use crate::caller::Caller;
use crate::parts::{Key, Which};
use crate::problem::Problem;
use crate::trial::RuleName;
use crate::words;

/// What became of requests lately.
#[derive(Serialize, ToSchema)]
pub(crate) struct ListActivity {
    /// Origins that were denied lately, or would have been while the list only reports, the last one first.
    pub(crate) denied: Vec<Denied>,
    /// How many requests were decided, interval by interval, the oldest first.
    pub(crate) counts: Vec<Interval>,
}

/// An origin that was denied lately.
#[derive(Serialize, ToSchema)]
pub(crate) struct Denied {
    /// The origin; `null` where the request had no header, or no origin in it.
    #[schema(example = "https://app.example.com")]
    pub(crate) origin: Option<String>,
    /// Why, for programs: `no-match`, `missing-header`, `malformed`, `opaque-origin`, `unsupported-scheme`, or another name of the server.
    pub(crate) reason: &'static str,
    /// Why, in a sentence.
    pub(crate) sentence: String,
    /// Whether the last of these requests was let through, since the list only reported.
    pub(crate) only_reported: bool,
    /// How many requests.
    pub(crate) count: u64,
    /// When the last one came (RFC 3339).
    pub(crate) last: String,
    /// The rule that lets the origin in by now, where there is one.
    pub(crate) rule: Option<RuleName>,
    /// The pattern that would let in this host, at this port where the origin has one; `null` where none would, or a rule does already.
    #[schema(example = "app.example.com")]
    pub(crate) proposed: Option<String>,
}

/// How many requests were decided in an interval.
#[derive(Serialize, ToSchema)]
pub(crate) struct Interval {
    /// When it begins (RFC 3339).
    pub(crate) from: String,
    /// When it ends.
    pub(crate) until: String,
    /// How many were let in.
    pub(crate) allowed: u64,
    /// How many were let through although the list says no, since it only reported.
    pub(crate) would_deny: u64,
    /// How many were denied.
    pub(crate) denied: u64,
}

/// Most entries of each kind.
const MOST: usize = 1000;

/// The pattern that lets in the host of this origin, at its port where it names one; `None` where it is none that a pattern could let in.
pub(crate) fn proposed(origin: &str) -> Option<String> {
    let read = Origin::from_origin_header(origin.as_bytes()).ok()?;
    let named = read.port().filter(|port| read.scheme().and_then(Scheme::default_port) != Some(*port));
    let text = named.map_or_else(|| read.host().to_string(), |port| format!("{}:{port}", read.host()));
    let pattern = Pattern::parse(&text).ok()?;
    Some(pattern.canonical().to_string())
}

/// Why, in a sentence; names that are not known here are shown as they are.
fn sentence(reason: &str, list_type: ListType) -> String {
    match reason {
        "no-match" => format!("no rule of the {list_type} list matches the origin"),
        "missing-header" => match list_type {
            ListType::Upload => "the request had no Origin header".to_string(),
            ListType::Delivery => "the request had no Origin and no Referer header".to_string(),
        },
        "malformed" => "the header is malformed".to_string(),
        "opaque-origin" => "the origin is `null`, which no rule can approve".to_string(),
        "unsupported-scheme" => "the scheme is neither http nor https".to_string(),
        "ambiguous" => "the request can be read in more than one way".to_string(),
        other => format!("the server said {other}"),
    }
}

impl Denied {
    fn of(denied: DeniedOrigin, gate: &Gate, list_type: ListType) -> Denied {
        let DeniedOrigin { origin, reason, only_reported, count, last } = denied;
        let list = gate.list(list_type);
        let read = origin.as_deref().and_then(|text| Origin::from_origin_header(text.as_bytes()).ok());
        let supported = read.as_ref().and_then(Origin::scheme).is_some_and(|scheme| {
            let is_named = |named: &str| named.eq_ignore_ascii_case(scheme.as_str());
            matches!(scheme, Scheme::Http | Scheme::Https) || gate.supported_schemes().any(is_named)
        });
        let rule = read.filter(|_| supported).and_then(|origin| list.find(&origin));
        let proposed = match (&origin, rule) {
            (Some(origin), None) if supported => proposed(origin),
            _ => None,
        };
        Denied {
            origin,
            reason,
            sentence: sentence(reason, list_type),
            only_reported,
            count,
            last: Timestamp::from(last).to_string(),
            rule: rule.map(|rule| RuleName::of(list, rule)),
            proposed,
        }
    }
}

impl From<Counts> for Interval {
    fn from(counts: Counts) -> Interval {
        let Counts { from, until, allowed, would_deny, denied } = counts;
        let time = |time| Timestamp::from(time).to_string();
        Interval { from: time(from), until: time(until), allowed, would_deny, denied }
    }
}

/// With intervals in which nothing was decided where some were left out, as long as the one before.
fn without_gaps(counts: Vec<Counts>) -> Vec<Counts> {
    let mut all: Vec<Counts> = Vec::new();
    for next in counts {
        while let Some(last) = all.last().filter(|last| last.until < next.from && all.len() < MOST) {
            let length = last.until.duration_since(last.from).ok().filter(|length| !length.is_zero());
            let Some(until) = length.and_then(|length| last.until.checked_add(length)) else { break };
            let empty = Counts::between(last.until, until.min(next.from));
            all.push(empty);
        }
        if all.len() < MOST {
            all.push(next);
        }
    }
    all
}

impl ListActivity {
    /// What is known of this list of an app. Costs reading its patterns.
    pub(crate) fn of(app: &App, list_type: ListType, activity: &dyn Activity) -> ListActivity {
        let gate = app.gate();
        let denied = activity.denied(&app.key, list_type).into_iter().take(MOST);
        let counts = without_gaps(activity.counts(&app.key, list_type)).into_iter();
        ListActivity {
            denied: denied.map(|denied| Denied::of(denied, &gate, list_type)).collect(),
            counts: counts.map(Interval::from).collect(),
        }
    }
}

/// What became of requests lately: whom the list denied or would have, with the pattern that would let them in, and how many were decided.
///
/// As far as the server keeps it: it forgets what is old, and everything when it ends.
#[utoipa::path(
    get, path = "/api/v1/apps/{key}/lists/{list}/activity", operation_id = "get_activity", tag = "lists",
    params(("key" = String, Path, description = "The key of the app"), ("list" = words::ListType, Path, description = "Which list")),
    responses((status = 200, description = "What is known", body = ListActivity)),
)]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller,
    Key(key): Key,
    Which(list_type): Which,
) -> Result<Json<ListActivity>, Problem> {
    let asked = api.clone();
    api.think(caller.number, move |store| {
        let app = known_app(store, &key)?;
        Ok(Json(ListActivity::of(&app, list_type, asked.activity())))
    })
    .await
}
