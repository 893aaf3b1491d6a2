//! `cargo fuzz run policy_verify_takes_only_what_was_signed`
#![cfg_attr(fuzzing, no_main)]
guestlist_fuzz::target!(policy_verify_takes_only_what_was_signed);
