//! The arguments of a message → the question that they ask.

use guestlist::ListType;
use http::HeaderName;

use super::wire::{Arguments, Value};
use crate::check::{Asked, Checker, HeaderValues, Reason, Verdict};
use crate::endpoint::Endpoint;

/// Decides on what a message asks about. `target` is scratch memory: the target that the routes read, or the query of a question that needs none.
pub(super) fn decide(checker: &Checker, arguments: Arguments<'_>, target: &mut Vec<u8>) -> Verdict {
    let headers = Headers(arguments);
    checker.traces.check(Endpoint::Spoe, &headers, || match Question::read(arguments, target) {
        Ok(Question::List(list_type, app)) => checker.check_list(list_type, app, target, &headers),
        Ok(Question::Routes(method)) => checker.check(Asked { method, target }, &headers),
        Err(reason) => checker.refuse(reason, &headers),
    })
}

/// What a message asks.
#[derive(Debug, PartialEq, Eq)]
enum Question<'a> {
    /// By which list and app, HAProxy says.
    List(ListType, &'a [u8]),
    /// That the routes say, from this method and the target.
    Routes(&'a [u8]),
}

impl<'a> Question<'a> {
    fn read(arguments: Arguments<'a>, target: &mut Vec<u8>) -> Result<Self, Reason> {
        let [list, app, method, path, query] =
            only(arguments, [b"list", b"app", b"method", b"path", b"query"])?;
        if list.is_some() || app.is_some() {
            let list = list.and_then(text).ok_or(Reason::NoRoute)?;
            target.clear();
            target.extend_from_slice(query.and_then(text).unwrap_or_default());
            let named = |list_type: &ListType| list_type.as_str().as_bytes() == list;
            let list_type = ListType::ALL.into_iter().find(named).ok_or(Reason::NoRoute)?;
            // Without a key it is an app that nobody knows.
            return Ok(Question::List(list_type, app.and_then(text).unwrap_or_default()));
        }
        let method = method.and_then(text).ok_or(Reason::NoRoute)?;
        target.clear();
        target.extend_from_slice(path.and_then(text).ok_or(Reason::NoRoute)?);
        if let Some(query) = query.and_then(text) {
            target.push(b'?');
            target.extend_from_slice(query);
        }
        Ok(Question::Routes(method))
    }
}

/// The values of these arguments, each of which may be given once.
fn only<'a, const N: usize>(
    arguments: Arguments<'a>,
    names: [&[u8]; N],
) -> Result<[Option<Value<'a>>; N], Reason> {
    let mut values = [None; N];
    for (name, value) in arguments {
        for (wanted, place) in names.iter().zip(&mut values) {
            if name == *wanted && place.replace(value).is_some() {
                return Err(Reason::Ambiguous);
            }
        }
    }
    Ok(values)
}

fn text(value: Value<'_>) -> Option<&[u8]> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The headers among the arguments of a message.
struct Headers<'a>(Arguments<'a>);

impl HeaderValues for Headers<'_> {
    /// The values as they were given. Where the count of the header is not their number, there are more than one: what
    /// HAProxy did not show, or contradicts itself about, is not to be decided on as if it were not there.
    fn values<'a>(&'a self, name: &HeaderName) -> impl Iterator<Item = &'a [u8]> {
        let is_named = |given: &[u8]| given.eq_ignore_ascii_case(name.as_str().as_bytes());
        let (mut given, mut counted) = (0_u64, None);
        let mut is_odd = false;
        for (argument, value) in self.0 {
            if is_named(argument) {
                match value {
                    Value::Null => {}
                    Value::Text(_) => given += 1,
                    Value::Number(_) | Value::Other => is_odd = true,
                }
            } else if argument.split_last().is_some_and(|(s, header)| *s == b's' && is_named(header)) {
                match value {
                    Value::Null => {}
                    Value::Number(count) if counted.is_none_or(|counted| counted == count) => {
                        counted = Some(count);
                    }
                    _ => is_odd = true,
                }
            }
        }
        is_odd |= counted.is_some_and(|counted| counted != given);
        let shown =
            self.0.filter(move |(argument, _)| is_named(argument)).filter_map(|(_, value)| text(value));
        shown.chain(std::iter::repeat_n(&b""[..], if is_odd { 2 } else { 0 }))
    }
}
