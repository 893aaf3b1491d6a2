//! `cargo fuzz run policy_round_trip`
#![cfg_attr(fuzzing, no_main)]
guestlist_fuzz::target!(policy_round_trip);
