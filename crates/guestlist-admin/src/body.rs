//! Bodies of requests: JSON, marked as such, of a bounded size, with known fields alone and each once.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use crate::problem::{Kind, Problem};

/// Longest body, in bytes: as many patterns as a list can be allowed to have, of a hundred bytes each.
pub(crate) const LONGEST: usize = 1 << 20;

/// What the body says.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Body<T>, Problem> {
        // A page of another site can send other types without asking, and this one not.
        if !is_json(request.headers()) {
            return Err(not_marked());
        }
        parse(&read(request, state).await?).map(Body)
    }
}

/// Why something is done, in a body that may be left out.
pub(crate) struct Why(pub(crate) String);

/// What is said of a change where there is nothing else to say.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    /// Why it is done, for the log; 2,000 bytes at most.
    #[serde(default)]
    why: String,
}

impl<S: Send + Sync> FromRequest<S> for Why {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Why, Problem> {
        let is_json = is_json(request.headers());
        let bytes = read(request, state).await?;
        match bytes.is_empty() {
            true => Ok(Why(String::new())),
            false if !is_json => Err(not_marked()),
            // What clients write that have nothing to say.
            false if bytes.trim_ascii() == b"null" => Ok(Why(String::new())),
            false => parse(&bytes).map(|Reason { why }| Why(why)),
        }
    }
}

fn not_marked() -> Problem {
    Problem::new(Kind::UnsupportedMediaType, "the body has no `Content-Type`, or one that is not JSON")
}

fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(one), None) = (types.next(), types.next()) else { return false };
    let name = one.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    name.trim().eq_ignore_ascii_case("application/json")
}

async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(Kind::BodyTooLarge, format!("the body has more than {LONGEST} bytes"))
        }
        _ => Problem::new(Kind::BadRequest, "the body did not arrive whole"),
    })
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Serde would take an array for the values of the fields in their order, which nobody has promised.
    if bytes.trim_ascii_start().first().is_some_and(|first| *first != b'{') {
        return Err(Problem::new(Kind::InvalidJson, "the body is not a JSON object"));
    }
    serde_json::from_slice(bytes).map_err(|error| Problem::new(Kind::InvalidJson, error.to_string()))
}
