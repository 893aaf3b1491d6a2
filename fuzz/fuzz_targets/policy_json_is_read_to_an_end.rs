//! `cargo fuzz run policy_json_is_read_to_an_end`
#![cfg_attr(fuzzing, no_main)]
guestlist_fuzz::target!(policy_json_is_read_to_an_end);
