//! The glue between a property and libFuzzer.

use crate::oracle::Agreement;
use crate::replay::Property;

/// The body of a fuzz target for the property of [`crate::replay`] with this name.
///
/// Under `cargo fuzz` it is libFuzzer's entry. In any other build libFuzzer, which is C++, is not there, and the program says how to run the target.
#[macro_export]
macro_rules! target {
    ($property:ident) => {
        #[cfg(fuzzing)]
        libfuzzer_sys::fuzz_target!(|bytes: &[u8]| $crate::target::hold($crate::replay::$property, bytes));

        #[cfg(not(fuzzing))]
        fn main() -> Result<(), String> {
            Err(concat!("run it with: cargo fuzz run ", stringify!($property), " --sanitizer none").into())
        }
    };
}

/// Panics if the bytes break the property: what libFuzzer takes for a finding.
///
/// # Panics
///
/// With the disagreement in words and a line for a Rust test.
#[expect(clippy::panic, reason = "a finding is told to libFuzzer by a panic")]
pub fn hold(property: Property, bytes: &[u8]) {
    let verdict: Agreement = property(bytes);
    if let Err(disagreement) = verdict {
        panic!("{disagreement}");
    }
}
