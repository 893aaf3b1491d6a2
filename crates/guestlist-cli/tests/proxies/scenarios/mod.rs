//! What must hold behind every proxy, one function each.

mod decisions;
mod disguises;
mod files;
mod forged;
mod framing;
mod outage;
mod page;
mod policies;
mod question;
mod reload;
mod report;

pub(crate) use decisions::*;
pub(crate) use disguises::*;
pub(crate) use files::*;
pub(crate) use forged::*;
pub(crate) use framing::*;
pub(crate) use outage::*;
pub(crate) use page::*;
pub(crate) use policies::*;
pub(crate) use question::*;
pub(crate) use reload::*;
pub(crate) use report::*;

/// Makes a test of each scenario for a [`Proxy`](crate::harness::Proxy).
macro_rules! every_scenario {
    ($proxy:ty) => {
        $crate::scenarios::every_scenario!($proxy:
            an_origin_of_the_list_is_let_through,
            an_origin_that_no_pattern_matches_is_denied,
            without_a_header_uploads_are_blocked_and_files_are_delivered,
            a_repeated_origin_is_denied_in_either_order,
            an_opaque_origin_is_denied,
            a_hostile_origin_is_never_let_through,
            an_unknown_app_looks_like_a_denial,
            a_preflight_is_decided_as_what_it_is_for,
            what_has_no_route_is_denied,
            caches_are_told_what_the_answer_depends_on,
            a_disguised_path_reaches_no_other_app,
            a_key_given_twice_reaches_no_app,
            a_client_cannot_say_what_it_asks_for,
            a_client_cannot_say_what_was_decided,
            a_request_hidden_in_a_body_is_not_seen,
            requests_on_one_connection_are_decided_one_by_one,
            headers_of_the_hop_open_nothing,
            an_upload_is_stored_byte_by_byte,
            a_file_is_delivered_byte_by_byte,
            while_the_checker_is_down_all_is_denied,
            a_checker_that_hangs_denies,
            a_head_too_long_for_the_checker_is_denied,
            a_policy_is_required_where_an_app_requires_one,
            report_mode_lets_through_and_says_what_it_would_deny,
            a_reload_under_load_answers_by_one_version_or_the_other,
        );
    };
    ($proxy:ty: $($scenario:ident,)*) => {
        $(
            #[test]
            fn $scenario() {
                $crate::scenarios::$scenario::<$proxy>();
            }
        )*
    };
}
pub(crate) use every_scenario;

/// Two customers: `shop`, and `vault`, which nobody of `shop` may reach. `open` is off, `trial` reports.
pub(crate) const APPS: &str = r#"
[apps.shop.upload]
patterns = ["example.org", "*.example.com"]
[apps.shop.delivery]
patterns = ["example.org", "*.example.com"]

[apps.vault.upload]
patterns = ["vault.example.net"]
[apps.vault.delivery]
patterns = ["vault.example.net"]
block_missing = true

[apps.open.upload]
mode = "off"
[apps.open.delivery]
mode = "off"

[apps.trial.upload]
patterns = ["trial.example.net"]
mode = "report"
[apps.trial.delivery]
patterns = ["trial.example.net"]
mode = "report"
"#;

/// An origin in the lists of `shop`, by the second rule.
pub(crate) const FRIEND: &str = "https://app.example.com";
/// An origin in nobody's list.
pub(crate) const STRANGER: &str = "https://evil.example";
