//! `cargo fuzz run lint_findings_hold`
#![cfg_attr(fuzzing, no_main)]
guestlist_fuzz::target!(lint_findings_hold);
