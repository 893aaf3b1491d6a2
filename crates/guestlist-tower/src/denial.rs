//! What a client hears who is kept out.

use core::fmt::{self, Write};

use guestlist_policy::Access;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};

/// In the extensions of an answer that a layer gave to a request of an app that it does not know, beside the [`Decision`](guestlist::Decision); for logs and metrics. The answer itself says nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownApp;

/// The answer of a layer that was not told another: 403 with a small JSON body.
///
/// ```
/// use guestlist::{Gate, List, ListType, RequestHeaders};
///
/// let gate = Gate::new().with_list(List::builder(ListType::Upload).pattern("example.com").build()?);
/// let decision = gate.decide(ListType::Upload, &RequestHeaders::new().origin(b"https://evil.com"));
/// let response = guestlist_tower::forbidden(decision.into());
/// assert_eq!(response.status(), 403);
/// assert_eq!(
///     response.body(),
///     r#"{"error":"forbidden","reason":"no-match","message":"denied: no rule of the upload list matches the Origin header"}"#,
/// );
/// # Ok::<(), guestlist::ListError>(())
/// ```
///
/// `reason` is [`Access::code`] and does not change between releases; `message` is for people.
pub fn forbidden(access: Access) -> Response<String> {
    let mut body = format!(r#"{{"error":"forbidden","reason":"{}","message":""#, access.code());
    // Writing to a string does not fail.
    let _ = write!(Escaped(&mut body), "{access}");
    body.push_str("\"}");
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::FORBIDDEN;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Writes as the inside of a JSON string: a message may show characters of a header.
struct Escaped<'a>(&'a mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            match character {
                '"' | '\\' => self.0.extend(['\\', character]),
                '\0'..='\x1f' => write!(self.0, "\\u{:04x}", u32::from(character))?,
                _ => self.0.push(character),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use core::fmt::Write;

    use super::Escaped;

    #[test]
    fn whatever_a_message_shows_it_is_json() {
        let text: String = (0..0x300).filter_map(char::from_u32).collect();
        let mut json = "\"".to_string();
        write!(Escaped(&mut json), "{text}").unwrap();
        json.push('"');
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
