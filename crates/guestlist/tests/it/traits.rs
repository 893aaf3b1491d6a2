//! What types promise to callers: they cross threads, and decisions are small.

use std::panic::{RefUnwindSafe, UnwindSafe};

use guestlist::{
    Budget, Decision, Denial, Engine, Error, ErrorKind, Gate, Limits, List, ListBuilder, ListError, ListType,
    Malformed, Mode, NearMiss, NoOrigin, Origin, Pattern, RequestHeaders, Rule, RuleId, ast,
};

fn shared<T: Send + Sync + UnwindSafe + RefUnwindSafe>() {}
fn small<T: Copy>(most: usize) {
    let name = std::any::type_name::<T>();
    assert!(size_of::<T>() <= most, "{name} has {} bytes", size_of::<T>());
}

#[test]
fn everything_public_crosses_threads() {
    shared::<Budget>();
    shared::<Engine>();
    shared::<Error>();
    shared::<ErrorKind>();
    shared::<Gate>();
    shared::<Limits>();
    shared::<List>();
    shared::<ListBuilder>();
    shared::<ListError>();
    shared::<ListType>();
    shared::<Mode>();
    shared::<NearMiss>();
    shared::<NoOrigin>();
    shared::<Origin<'_>>();
    shared::<Pattern>();
    shared::<RequestHeaders<'_>>();
    shared::<Rule>();
    shared::<RuleId>();
    shared::<ast::Ast>();
}

#[test]
fn decisions_are_small_copy_data() {
    small::<Decision>(16);
    small::<Denial>(12);
    small::<Malformed>(8);
    small::<NearMiss>(8);
    small::<RuleId>(4);
    // A result that holds an error in its cold half must not weigh on the hot one.
    assert!(size_of::<Result<(), Error>>() <= 8);
}
