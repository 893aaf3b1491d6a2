//! [`Form`]: what somebody has filled in, in the order of the page.

use axum::body::{Body, to_bytes};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::problem::{Kind, Problem};

/// Longest form, in bytes: a list of some thousands of patterns with every `*` written as three.
const LONGEST: usize = 1 << 20;
/// Longest form of somebody of whom nothing is known.
const LONGEST_OF_STRANGER: usize = 8 << 10;

/// The fields of a form. The guard reads it, once it is known who sends it.
#[derive(Clone)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) async fn read(headers: &HeaderMap, body: Body, is_known: bool) -> Result<Form, Problem> {
        let mut types = headers.get_all(header::CONTENT_TYPE).iter();
        let name = match (types.next(), types.next()) {
            (Some(one), None) => one.to_str().unwrap_or_default().split(';').next().unwrap_or_default(),
            _ => "",
        };
        if !name.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(Problem::new(Kind::BadRequest, "this is not a form of the console")
                .help("send the form of a page as it is"));
        }
        let longest = if is_known { LONGEST } else { LONGEST_OF_STRANGER };
        let bytes = to_bytes(body, longest).await.map_err(|_| {
            Problem::new(
                Kind::BodyTooLarge,
                format!("the form has more than {longest} bytes, or did not arrive whole"),
            )
            .help("remove some of it: a form has at most 1 MiB, of which a list that can be saved takes less")
        })?;
        Ok(Form(form_urlencoded::parse(&bytes).into_owned().collect()))
    }

    /// What this field says, or nothing. Of two of a name the first counts.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// Whether there is such a field: a box that is ticked.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, text)| text.as_str())
    }

    /// What the fields of this name say, in the order of the page.
    pub(crate) fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, text)| text.as_str())
    }

    /// A number that we wrote into a field; 0 for anything else.
    pub(crate) fn number(&self, name: &str) -> u64 {
        self.text(name).parse().unwrap_or_default()
    }

    /// Which button was pressed, and for what: `remove-3` is `remove` for `3`. Without a button it is `check`, which changes nothing.
    pub(crate) fn action(&self) -> (&str, &str) {
        match self.text("action") {
            "" => ("check", ""),
            action => action.split_once('-').unwrap_or((action, "")),
        }
    }
}

/// The guard leaves the form in the request.
impl<S: Sync> FromRequestParts<S> for Form {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Form, Problem> {
        parts.extensions.remove::<Form>().ok_or_else(|| Problem::internal(&"a page without a form"))
    }
}
