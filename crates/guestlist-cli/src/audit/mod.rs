//! `guestlist audit`: what a list would do to the requests of a web server's log.
