//! HAProxy's SPOE: an agent that speaks SPOP 2.0, for HAProxy 2.6 and newer.
//!
//! HAProxy sends the message `guestlist-check` about each request, and gets variables of the scope `txn` back:
//!
//! | argument | holds |
//! | --- | --- |
//! | `list`, `app` | `upload` or `delivery`, and the app's key; or else |
//! | `method`, `path`, `query` | what the routes of the settings look at |
//! | `origin`, `referer` | the header's value, whole (`req.fhdr`) |
//! | `origins`, `referers` | how many values there were (`req.fhdr_cnt`); over one is a repeated header |
//! | any other name, with an `s` behind it | another header that routes look at, and how many there were |
//!
//! | variable | holds |
//! | --- | --- |
//! | `allow` | a truth value; where it is missing, nobody has decided |
//! | `decision`, `reason` | as in `X-Guestlist-Decision` and `X-Guestlist-Reason` |
//! | `rule`, `would_deny` | where there is one |
//!
//! An argument that HAProxy could not fetch is null, and counts as absent. `list` and `app` are looked at when either is
//! in the message, even as null: a request for which HAProxy could not say the list belongs to none.
//!
//! # Hostile input
//!
//! Frames are bounded in length and in the time that they may take; what is no frame, or comes out of order, ends the
//! connection with a DISCONNECT that names the error. Nothing is kept of a frame once it is answered. All frames
//! that have arrived are answered before anything is written, in one write.

mod answer;
mod ask;
mod connection;
mod session;
mod wire;

#[cfg(test)]
mod tests;

pub(crate) use self::connection::{End, Times, serve};

/// What a connection is told that is one too many.
pub(crate) fn too_many() -> Vec<u8> {
    let mut frame = Vec::new();
    session::disconnect(&mut frame, ::spop::StatusCode::Resource);
    frame
}
