//! Traces where the feature `otel` is off: nothing, at no cost. The twin of `traces/mod.rs`.

use std::time::Duration;

use crate::check::{HeaderValues, Verdict};
use crate::endpoint::Endpoint;
use crate::reload::InForce;
use crate::source::LoadError;

/// Where the spans of a server go: nowhere, without the feature `otel`.
#[derive(Clone, Debug, Default)]
pub struct Traces(());

impl Traces {
    #[inline(always)]
    pub(crate) fn check(
        &self,
        _: Endpoint,
        _: &impl HeaderValues,
        check: impl FnOnce() -> Verdict,
    ) -> Verdict {
        check()
    }

    pub(crate) fn reload(&self) -> Reloading {
        Reloading
    }

    pub(crate) async fn end(self, _: Duration) {}
}

/// No span of a reload.
pub(crate) struct Reloading;

impl Reloading {
    pub(crate) fn ended(self, _: &Result<InForce, LoadError>) {}
}
