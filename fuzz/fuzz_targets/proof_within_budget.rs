//! `cargo fuzz run proof_within_budget`
#![cfg_attr(fuzzing, no_main)]
guestlist_fuzz::target!(proof_within_budget);
