//! The console as a browser without a script has it: pages, forms, a cookie.

mod apps;
mod conflict;
mod editor;
mod hostile;
mod pages;
mod scopes;
mod session;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::api::Api;

/// Somebody with a browser.
#[derive(Clone)]
pub(crate) struct Browser {
    pub(crate) api: Api,
    cookie: Option<String>,
    csrf: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Browser {
    pub(crate) fn new(api: &Api) -> Browser {
        Browser { api: api.clone(), cookie: None, csrf: String::new() }
    }

    /// Signed in as `ada`, who may do everything.
    pub(crate) async fn ada(api: &Api) -> Browser {
        Browser::signed_in(api, &api.ada.clone()).await
    }

    pub(crate) async fn signed_in(api: &Api, secret: &str) -> Browser {
        let mut browser = Browser::new(api);
        let page = browser.sign_in(secret).await;
        assert_eq!(page.status, 303, "{page:?}");
        browser
    }

    pub(crate) async fn sign_in(&mut self, secret: &str) -> Page {
        let page = self.post("/sign-in", &[("token", secret)]).await;
        if let Some(cookie) = page.headers.get_all("set-cookie").iter().next() {
            let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
            self.cookie = Some(cookie.to_string());
            let first = self.get(page.header("location")).await;
            self.csrf = first.between(r#"name="csrf" value=""#, "\"").to_string();
        }
        page
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        self.send(Request::get(path), String::new()).await
    }

    /// Sends a form as a page of this session does.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request, self.form(fields)).await
    }

    /// Sends a form as our script does.
    pub(crate) async fn fetch(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded;charset=UTF-8")
            .header("x-guestlist-fragment", "1");
        self.send(request, self.form(fields)).await
    }

    pub(crate) fn form(&self, fields: &[(&str, &str)]) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrf", &self.csrf).extend_pairs(fields).finish()
    }

    pub(crate) async fn send(&self, request: axum::http::request::Builder, body: String) -> Page {
        let request = match &self.cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        };
        let response =
            self.api.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        let page = Page { status: parts.status.as_u16(), headers: parts.headers, text };
        page.check();
        page
    }
}

impl Page {
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut all = self.headers.get_all(name).iter();
        let one = all.next().map_or("", |value| value.to_str().unwrap());
        assert!(all.next().is_none(), "{name}: {self:?}");
        one
    }

    pub(crate) fn has(&self, text: &str) -> bool {
        self.text.contains(text)
    }

    /// What stands between these two, the first time.
    pub(crate) fn between(&self, before: &str, after: &str) -> &str {
        let from =
            self.text.find(before).unwrap_or_else(|| panic!("no {before}: {}", self.text)) + before.len();
        let rest = &self.text[from..];
        &rest[..rest.find(after).unwrap_or_else(|| panic!("no {after}: {}", self.text))]
    }

    /// The part of the page with this name, up to the end of the form.
    pub(crate) fn form_of(&self, list: &str) -> &str {
        self.between(&format!(r#"<form id="{list}""#), "</form>")
    }

    /// What the fields of patterns of a list say, as they are written in the page.
    pub(crate) fn patterns(&self, list: &str) -> Vec<&str> {
        let fields = self.form_of(list).split(r#"name="pattern" value=""#).skip(1);
        fields.map(|rest| rest.split('"').next().unwrap()).collect()
    }

    pub(crate) fn seen(&self, list: &str) -> &str {
        let form = self.form_of(list);
        form.split(r#"name="seen" value=""#).nth(1).unwrap().split('"').next().unwrap()
    }

    /// What holds of every answer.
    fn check(&self) {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(self.header(name), value, "{self:?}");
        }
        let policy = self.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.split("; ").any(|found| found == part), "{part}: {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"), "{policy}");
        if self.header("content-type").starts_with("text/html") {
            self.check_markup();
        }
    }

    /// Nothing runs but what is served beside the page, and nothing has a style of its own.
    fn check_markup(&self) {
        assert_eq!(self.header("cache-control"), "no-store", "{self:?}");
        let lower = self.text.to_lowercase();
        assert_eq!(
            lower.matches("<script").count(),
            lower.matches(r#"<script src="/assets/console-"#).count()
        );
        for word in [
            "<style",
            " style=",
            "href=\"javascript:",
            "action=\"javascript:",
            "<iframe",
            "<object",
            "<img",
            "<base",
        ] {
            assert!(!lower.contains(word), "{word}: {}", self.text);
        }
        for tag in lower.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
            let names: String = tag.split('"').step_by(2).collect();
            assert!(!names.contains(" on"), "{tag}");
        }
        // Names of parts stand once, so that what is said of one is not said of another.
        let mut ids: Vec<&str> =
            self.text.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{}", self.text);
    }
}
