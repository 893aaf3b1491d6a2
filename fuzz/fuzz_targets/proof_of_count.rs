//! `cargo fuzz run proof_of_count`
#![cfg_attr(fuzzing, no_main)]
guestlist_fuzz::target!(proof_of_count);
