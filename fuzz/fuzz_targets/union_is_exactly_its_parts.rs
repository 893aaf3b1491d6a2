//! `cargo fuzz run union_is_exactly_its_parts`
#![cfg_attr(fuzzing, no_main)]
guestlist_fuzz::target!(union_is_exactly_its_parts);
