//! The second lock: signed policies, wherever a client may carry them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{SystemTime, UNIX_EPOCH};

use guestlist_policy::{Call, Policy, Secret};

use super::{FRIEND, STRANGER};
use crate::harness::{Proxy, Request, Site, wait_until};

const SECRET: &str = "testAppSecret";

/// A policy that ends so many seconds from now, signed, as the parameters of a query.
fn signed(seconds: i64, make: impl FnOnce(Policy) -> Policy) -> guestlist_policy::Signed {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    make(Policy::expires_at(now.checked_add_signed(seconds).unwrap()))
        .sign(&Secret::new(SECRET).unwrap())
        .unwrap()
}

pub(crate) fn a_policy_is_required_where_an_app_requires_one<P: Proxy>() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = folder.path().join("shop.secret");
    fs::write(&secrets, SECRET).unwrap();
    fs::set_permissions(&secrets, fs::Permissions::from_mode(0o600)).unwrap();
    let apps = format!(
        r#"
[apps.shop]
upload.patterns = ["*.example.com"]
delivery.patterns = ["*.example.com"]
policy = {{ upload = "required", delivery = "required", secrets = "{}" }}
[apps.free]
upload.patterns = ["*.example.com"]
"#,
        secrets.display()
    );
    let Some(site) = Site::<P>::start(&apps) else { return };
    let upload = |query: &str| Request::post(format!("/upload/?key=shop{query}"), "an upload");
    // What is expected of a request, and the reason that is written down.
    let mut reasons = Vec::new();
    let mut denied = |request: Request, reason: &'static str| {
        site.ask(request).assert_denied();
        reasons.push(reason);
    };

    let good = signed(60, |policy| policy.calls([Call::Pick]));
    site.ask(upload(&format!("&{good}")).with("Origin", FRIEND)).assert_let_through();
    // On the list, and without a policy: this is what a script does that says whatever Origin it likes.
    denied(upload("").with("Origin", FRIEND), "policy-missing");
    denied(upload(&format!("&{}", signed(-1, |policy| policy))).with("Origin", FRIEND), "policy-expired");
    denied(
        upload(&format!("&{}", signed(60, |policy| policy.calls([Call::Read])))).with("Origin", FRIEND),
        "policy-call",
    );
    let other = good
        .to_string()
        .replace("signature=", "signature=0")
        .chars()
        .take(good.to_string().len())
        .collect::<String>();
    denied(upload(&format!("&{other}")).with("Origin", FRIEND), "policy-signature");
    denied(upload(&format!("&{good}&policy={}", good.policy())).with("Origin", FRIEND), "policy-repeated");
    // With a policy, and not on the list.
    denied(upload(&format!("&{good}")).with("Origin", STRANGER), "no-match");
    denied(upload(&format!("&{good}")), "missing-header");
    // Who needs none may carry none, or whatever he likes.
    site.ask(Request::post("/upload/?key=free&policy=x", "an upload").with("Origin", FRIEND))
        .assert_let_through();

    // In the path, as URLs of files have it; escaped or not.
    let read = signed(60, |policy| policy.calls([Call::Read]));
    let segment = format!("security=policy:{},signature:{}", read.policy(), read.signature());
    for segment in [segment.clone(), segment.replace('=', "%3D").replacen("%3D", "=", 1)] {
        let path = format!("files/shop/{segment}/photo.jpg");
        site.backend.add_file(&path.replace("%3D", "="), b"a photo");
        let answer = site.ask(Request::get(format!("/{path}")).with("Origin", FRIEND));
        answer.assert_let_through();
    }
    denied(Request::get("/files/shop/photo.jpg").with("Origin", FRIEND), "policy-missing");
    let twice = format!("/files/shop/{segment}/{segment}/photo.jpg");
    denied(Request::get(twice).with("Origin", FRIEND), "policy-repeated");

    let has_all = |log: &str| {
        let lines = log.lines().filter(|line| line.contains("\"decision\":\"deny\""));
        let found: Vec<&str> =
            lines.filter_map(|line| line.split("\"reason\":\"").nth(1)?.split('"').next()).collect();
        found == reasons
    };
    wait_until("every denial is written down with its reason", || has_all(&site.checker.log()));
    let log = site.checker.log();
    assert!(
        !log.contains(SECRET) && !log.contains(good.policy()) && !log.contains(good.signature()),
        "{log}"
    );
}
