//! The words of the API for what the engine and the store have their own types for.

use guestlist_store::{Access as StoreAccess, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which of an app's two lists: who may embed the picker, or who may show the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ListType {
    Upload,
    Delivery,
}

/// Whether a list is enforced: `off` lets everybody in, `report` lets everybody in and says who would be denied, `enforce` denies what no pattern approves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mode {
    Off,
    Report,
    Enforce,
}

/// What a token may do: look (`read`), save lists as well (`write`), or everything (`admin`, of all apps alone).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Access {
    Read,
    Write,
    Admin,
}

/// Whether requests to a list must carry a signed policy: `off` or `required`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Requirement {
    Off,
    Required,
}

/// What a request asks for, as policies name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Call {
    Pick,
    Read,
    Stat,
    Write,
    WriteUrl,
    Store,
    Convert,
    Remove,
    Exif,
    RunWorkflow,
}

macro_rules! same {
    ($($one:ty, $other:ty, $($name:ident),+;)+) => {$(
        impl From<$one> for $other {
            fn from(one: $one) -> $other {
                match one { $(<$one>::$name => <$other>::$name,)+ }
            }
        }

        impl From<$other> for $one {
            fn from(other: $other) -> $one {
                match other { $(<$other>::$name => <$one>::$name,)+ }
            }
        }
    )+};
}

same! {
    ListType, guestlist::ListType, Upload, Delivery;
    Mode, guestlist::Mode, Off, Report, Enforce;
    Access, StoreAccess, Read, Write, Admin;
    Requirement, guestlist_policy::Requirement, Off, Required;
    Call, guestlist_policy::Call, Pick, Read, Stat, Write, WriteUrl, Store, Convert, Remove, Exif, RunWorkflow;
}

/// Whether what has this version is of the server's configuration file: nothing that is kept has version 0.
pub(crate) fn is_configured(version: u64) -> bool {
    version == 0
}

/// When something was kept; nobody knows it of what the configuration file says.
pub(crate) fn kept_at(version: u64, at: Timestamp) -> Option<String> {
    (!is_configured(version)).then(|| at.to_string())
}

/// A number of a version as a strong entity tag.
pub(crate) fn etag(number: u64) -> String {
    format!("\"{number}\"")
}
