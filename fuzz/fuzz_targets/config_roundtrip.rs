//! `cargo fuzz run config_roundtrip`
#![cfg_attr(fuzzing, no_main)]
guestlist_fuzz::target!(config_roundtrip);
