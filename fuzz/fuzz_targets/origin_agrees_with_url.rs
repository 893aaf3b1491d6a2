//! `cargo fuzz run origin_agrees_with_url`
#![cfg_attr(fuzzing, no_main)]
guestlist_fuzz::target!(origin_agrees_with_url);
