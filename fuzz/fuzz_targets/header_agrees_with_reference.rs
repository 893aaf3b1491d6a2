//! `cargo fuzz run header_agrees_with_reference`
#![cfg_attr(fuzzing, no_main)]
guestlist_fuzz::target!(header_agrees_with_reference);
