//! `cargo fuzz run limits_hold`
#![cfg_attr(fuzzing, no_main)]
guestlist_fuzz::target!(limits_hold);
