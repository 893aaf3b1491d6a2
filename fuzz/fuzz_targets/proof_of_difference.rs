//! `cargo fuzz run proof_of_difference`
#![cfg_attr(fuzzing, no_main)]
guestlist_fuzz::target!(proof_of_difference);
