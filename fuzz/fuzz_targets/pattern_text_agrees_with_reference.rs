//! `cargo fuzz run pattern_text_agrees_with_reference`
#![cfg_attr(fuzzing, no_main)]
guestlist_fuzz::target!(pattern_text_agrees_with_reference);
