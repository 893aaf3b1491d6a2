//! `cargo fuzz run gate_agrees_with_reference`
#![cfg_attr(fuzzing, no_main)]
guestlist_fuzz::target!(gate_agrees_with_reference);
