//! [`Sessions`]: who is signed in, in memory alone, and [`Visitor`], who asks for a page.

use core::fmt;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use guestlist_store::Access;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Console;
use super::form::Form;
use crate::caller::Caller;
use crate::problem::Problem;

/// The name of the cookie.
pub(crate) const COOKIE: &str = "guestlist_session";

/// A session ends so long after the sign-in, and so long after it was last used.
const LONGEST: Duration = Duration::from_secs(12 * 60 * 60);
const LONGEST_IDLE: Duration = Duration::from_secs(60 * 60);

/// Most sessions, and most of one token; with one more the one that was not used for longest ends.
const MOST: usize = 4096;
const MOST_OF_TOKEN: usize = 32;

/// Who is signed in. Kept by the hash of what the cookie says, so that how long it takes to find one tells nothing of another.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<Id, Session>>);

/// The hash of what a cookie says.
type Id = [u8; 32];

struct Session {
    /// The secret of the token, which is looked up for every request.
    secret: String,
    token: u64,
    /// What its forms have to say.
    csrf: String,
    began: Instant,
    used: Instant,
}

impl Session {
    fn is_over(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.began) >= LONGEST
            || now.saturating_duration_since(self.used) >= LONGEST_IDLE
    }
}

impl Sessions {
    /// Begins one; what its cookie says.
    pub(crate) fn begin(&self, token: u64, secret: String, now: Instant) -> Result<String, Problem> {
        let (cookie, csrf) = (random()?, random()?);
        let session = Session { secret, token, csrf, began: now, used: now };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, session| !session.is_over(now));
        let of_token = all.values().filter(|session| session.token == token).count();
        let oldest = |is_it: &dyn Fn(&Session) -> bool| {
            let candidates = all.iter().filter(|(_, session)| is_it(session));
            candidates.min_by_key(|(_, session)| session.used).map(|(id, _)| *id)
        };
        let too_many = match of_token >= MOST_OF_TOKEN {
            true => oldest(&|session| session.token == token),
            false if all.len() >= MOST => oldest(&|_| true),
            false => None,
        };
        if let Some(id) = too_many {
            all.remove(&id);
        }
        all.insert(hash(&cookie), session);
        Ok(cookie)
    }

    /// Ends one.
    pub(crate) fn end(&self, cookie: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&hash(cookie));
    }

    /// The secret of its token, and what its forms have to say, if it goes on.
    fn find(&self, cookie: &str, now: Instant) -> Option<(String, String)> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let id = hash(cookie);
        let session = all.get_mut(&id)?;
        if session.is_over(now) {
            all.remove(&id);
            return None;
        }
        session.used = now;
        Some((session.secret.clone(), session.csrf.clone()))
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}

/// Who asks for a page. The guard has found that they may.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) caller: Caller,
    /// What their forms have to say.
    pub(crate) csrf: String,
}

impl Visitor {
    /// Who is signed in by this cookie, with a token that was not revoked.
    pub(super) async fn of(headers: &HeaderMap, console: &Console) -> Result<Option<Visitor>, Problem> {
        let Some(cookie) = cookie(headers) else { return Ok(None) };
        let Some((secret, csrf)) = console.sessions.find(cookie, Instant::now()) else { return Ok(None) };
        match Caller::known_by(secret, &console.api).await? {
            Some(caller) => Ok(Some(Visitor { caller, csrf })),
            None => {
                console.sessions.end(cookie);
                Ok(None)
            }
        }
    }

    /// Whether they may do everything.
    pub(crate) fn is_admin(&self) -> bool {
        self.caller.may_everywhere(Access::Admin).is_ok()
    }

    /// Whether a form is from a page of this session.
    pub(super) fn sent(&self, form: &Form) -> bool {
        form.text("csrf").as_bytes().ct_eq(self.csrf.as_bytes()).into()
    }
}

/// The guard leaves the visitor in the request.
impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Visitor, Problem> {
        let visitor = parts.extensions.get::<Visitor>();
        visitor.cloned().ok_or_else(|| Problem::internal(&"a page without a guard"))
    }
}

/// What the cookie says. Two of the name are none: one of them may be a stranger's.
pub(super) fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut named = all
        .flat_map(|all| all.split(';'))
        .filter_map(|one| one.trim_matches(' ').split_once('='))
        .filter_map(|(name, value)| (name == COOKIE).then_some(value));
    named.next().filter(|_| named.next().is_none())
}

/// 256 random bits.
fn random() -> Result<String, Problem> {
    let mut bits = [0; 32];
    getrandom::fill(&mut bits).map_err(|error| Problem::internal(&error))?;
    Ok(bits.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn hash(cookie: &str) -> Id {
    Sha256::digest(cookie.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goes_on(sessions: &Sessions, cookie: &str, now: Instant) -> bool {
        sessions.find(cookie, now).is_some()
    }

    #[test]
    fn a_session_ends_without_use_and_at_last() {
        let (sessions, start) = (Sessions::default(), Instant::now());
        let after = |minutes: u64| start + Duration::from_secs(minutes * 60);
        let idle = sessions.begin(1, "a".to_string(), start).unwrap();
        let used = sessions.begin(1, "b".to_string(), start).unwrap();
        for minutes in (0..12 * 60).step_by(59) {
            assert_eq!(sessions.find(&used, after(minutes)).unwrap().0, "b", "{minutes}");
        }
        assert!(!goes_on(&sessions, &idle, after(60)));
        // A clock that goes back brings nothing back.
        assert!(!goes_on(&sessions, &idle, start));
        assert!(goes_on(&sessions, &used, after(12 * 60 - 1)));
        assert!(!goes_on(&sessions, &used, after(12 * 60)));
        assert!(!goes_on(&sessions, "", start));
    }

    #[test]
    fn their_number_is_bounded_and_each_has_secrets_of_its_own() {
        let (sessions, start) = (Sessions::default(), Instant::now());
        let at = |number: u64| start + Duration::from_millis(number);
        let first = sessions.begin(0, String::new(), at(0)).unwrap();
        let csrf = sessions.find(&first, at(0)).unwrap().1;
        let most = u64::try_from(MOST).unwrap();
        for token in 1..most {
            sessions.begin(token, String::new(), at(token)).unwrap();
        }
        assert!(goes_on(&sessions, &first, at(0)));
        let last = sessions.begin(most, String::new(), at(most)).unwrap();
        assert_eq!(sessions.0.lock().unwrap().len(), MOST);
        assert!(!goes_on(&sessions, &first, at(most)));
        assert_ne!(sessions.find(&last, at(most)).unwrap().1, csrf);
        assert_ne!(last, csrf);
        // What is over makes room.
        sessions.begin(0, String::new(), at(most) + LONGEST).unwrap();
        assert_eq!(sessions.0.lock().unwrap().len(), 1);
    }
}
