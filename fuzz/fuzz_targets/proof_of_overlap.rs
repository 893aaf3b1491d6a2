//! `cargo fuzz run proof_of_overlap`
#![cfg_attr(fuzzing, no_main)]
guestlist_fuzz::target!(proof_of_overlap);
