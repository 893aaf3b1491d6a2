//! `cargo fuzz run list_agrees_with_reference`
#![cfg_attr(fuzzing, no_main)]
guestlist_fuzz::target!(list_agrees_with_reference);
