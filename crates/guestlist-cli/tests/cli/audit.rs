//! `guestlist audit` on an excerpt of a real log.
