//! Sign-in, cookies, and forms that nobody else can send.

use axum::http::Request;
use guestlist_store::{Access, Change, Scope, Store};

use super::Browser;
use crate::api::{Api, secret};

#[tokio::test]
async fn a_token_begins_a_session_by_a_cookie_that_no_script_reads() {
    let api = Api::with_app("a").await;
    let mut browser = Browser::new(&api);
    let page = browser.get("/apps").await;
    assert_eq!((page.status, page.header("location")), (303, "/sign-in?next=%2Fapps"));
    let page = browser.get("/").await;
    assert_eq!((page.status, page.header("location")), (303, "/sign-in"));
    assert!(browser.get("/sign-in").await.has("Admin token"));
    // Blanks around a token come with copying it.
    let page = browser.sign_in(&format!(" {}\n", api.ada)).await;
    assert_eq!((page.status, page.header("location")), (303, "/apps"));
    let cookie = page.header("set-cookie");
    let (value, flags) = cookie.split_once("; ").unwrap();
    let bits = value.strip_prefix("guestlist_session=").unwrap();
    assert!(bits.len() == 64 && bits.bytes().all(|byte| byte.is_ascii_hexdigit()), "{cookie}");
    assert_eq!(flags, "Path=/; HttpOnly; SameSite=Strict");
    assert!(!cookie.contains(&api.ada));
    assert_eq!(browser.get("/apps").await.status, 200);
    // Another sign-in is another session.
    let other = browser.clone().sign_in(&api.ada).await;
    assert_ne!(other.header("set-cookie"), cookie);
}

#[tokio::test]
async fn where_pages_come_by_tls_the_cookie_goes_by_tls_alone() {
    let api = Api::with(|admin| admin.allow_host("lists.example.com"));
    for (origin, is_secure) in [("https://lists.example.com", true), ("http://lists.example.com", false)] {
        let browser = Browser::new(&api);
        let request = Request::post("/sign-in")
            .header("host", "lists.example.com")
            .header("origin", origin)
            .header("content-type", "application/x-www-form-urlencoded");
        let page = browser.send(request, browser.form(&[("token", &api.ada)])).await;
        assert_eq!(page.header("set-cookie").ends_with("; Secure"), is_secure, "{page:?}");
    }
}

#[tokio::test]
async fn what_is_no_token_is_told_and_too_much_of_it_has_to_wait() {
    let api = Api::new();
    let mut browser = Browser::new(&api);
    let long = "x".repeat(4000);
    let statuses = async |browser: &mut Browser, texts: &[&str]| {
        let mut statuses = Vec::new();
        for text in texts {
            let page = browser.sign_in(text).await;
            assert!(page.has("This is no token") && page.header("set-cookie").is_empty(), "{page:?}");
            assert!(text.len() < 4 || !page.has(text), "{page:?}");
            assert_eq!(page.status == 429, !page.header("retry-after").is_empty());
            statuses.push(page.status);
        }
        statuses
    };
    let wrong = format!("{}0", &api.ada[..api.ada.len() - 1]);
    let wrong = if wrong == api.ada { format!("{}1", &api.ada[..api.ada.len() - 1]) } else { wrong };
    assert_eq!(statuses(&mut browser, &["", "gl_1_00", &wrong, &long]).await, [401; 4]);
    statuses(&mut browser, &["no"; 6]).await;
    assert_eq!(statuses(&mut browser, &["no"]).await, [429]);
    // Nobody is locked out by others.
    assert_eq!(browser.sign_in(&api.ada).await.status, 303);
}

#[tokio::test]
async fn it_goes_on_where_it_was_asked_and_never_elsewhere() {
    let api = Api::with_app("a").await;
    for (next, expected) in [
        ("/apps/a", "/apps/a"),
        ("/apps?q=x&after=b", "/apps?q=x&after=b"),
        ("https://evil.example/", "/apps"),
        ("//evil.example/apps", "/apps"),
        ("/\\evil.example", "/apps"),
        ("/apps\\@evil.example", "/apps"),
        ("/apps\r\nSet-Cookie: a=b", "/apps"),
        ("javascript:alert(1)", "/apps"),
        ("", "/apps"),
    ] {
        let page = Browser::new(&api).post("/sign-in", &[("token", &api.ada), ("next", next)]).await;
        assert_eq!((page.status, page.header("location")), (303, expected), "{next}");
    }
    let page = Browser::new(&api).get("/apps/a?saved=upload-1").await;
    assert_eq!(page.header("location"), "/sign-in?next=%2Fapps%2Fa%3Fsaved%3Dupload-1");
    let page = Browser::new(&api).get("/sign-in?next=%22%3E%3Cscript%3E").await;
    assert!(page.has(r#"name="next" value="&#34;&#62;&#60;script&#62;""#), "{page:?}");
}

#[tokio::test]
async fn whoever_signs_out_or_has_the_token_revoked_is_out() {
    let api = Api::with_app("a").await;
    let browser = Browser::ada(&api).await;
    let page = browser.post("/sign-out", &[]).await;
    assert_eq!((page.status, page.header("location")), (303, "/sign-in"));
    assert!(
        page.header("set-cookie").starts_with("guestlist_session=; ")
            && page.header("set-cookie").ends_with("Max-Age=0")
    );
    // The cookie is worth nothing, wherever it is kept.
    assert_eq!(browser.get("/apps").await.status, 303);

    let guest = secret(&*api.store, "guest", Access::Write, Scope::AllApps);
    let browser = Browser::signed_in(&api, &guest).await;
    assert_eq!(browser.get("/apps").await.status, 200);
    let number = api.store.tokens().unwrap().last().unwrap().number;
    api.store.revoke_token(number, &Change::by("the tests")).unwrap();
    assert_eq!(browser.get("/apps").await.status, 303);
    let fields = [("seen", "1"), ("mode", "off"), ("action", "save")];
    for page in
        [browser.post("/apps/a/upload", &fields).await, browser.fetch("/apps/a/upload", &fields).await]
    {
        assert_eq!(page.status, 401);
        assert!(page.has("nothing was saved"), "{page:?}");
    }
}

#[tokio::test]
async fn a_form_without_the_secret_of_the_session_does_nothing() {
    let api = Api::with_app("a").await;
    let (ada, other) = (Browser::ada(&api).await, Browser::ada(&api).await);
    let fields = [("seen", "1"), ("mode", "enforce"), ("action", "save")];
    for form in
        ["", "csrf=&", "csrf=0000&", &format!("csrf={}&", other.csrf), &format!("csrf=x&csrf={}&", ada.csrf)]
    {
        for path in ["/apps/a/upload", "/sign-out"] {
            let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
            let page = ada.send(request, format!("{form}seen=1&mode=enforce&action=save")).await;
            assert_eq!(page.status, 403, "{form} {path}: {page:?}");
            assert!(page.has("This form is not of your session"));
        }
    }
    assert_eq!(ada.get("/apps").await.status, 200);
    assert_eq!(api.store.app("a").unwrap().unwrap().list(guestlist::ListType::Upload).number, 1);
    // Its own is right, without any header of a browser's.
    assert_eq!(ada.post("/apps/a/upload", &fields).await.status, 303);
}

#[tokio::test]
async fn pages_of_others_are_refused_whatever_they_send() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("host", "evil.example"),
    ] {
        for path in ["/apps", "/sign-in", "/", "/apps/a"] {
            let page = ada.send(Request::get(path).header(name, value), String::new()).await;
            assert_eq!(page.status, 403, "{path} {name}: {value}");
        }
        let request = Request::post("/apps/a/upload")
            .header(name, value)
            .header("content-type", "application/x-www-form-urlencoded");
        let page = ada.send(request, ada.form(&[("mode", "off"), ("seen", "1"), ("action", "save")])).await;
        assert_eq!(page.status, 403);
    }
    let same =
        [("host", "localhost:9000"), ("origin", "http://localhost:9000"), ("sec-fetch-site", "same-origin")];
    let request = same
        .iter()
        .fold(Request::post("/apps/a/upload"), |request, (name, value)| request.header(*name, *value));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let page = ada.send(request, ada.form(&[("mode", "off"), ("seen", "1"), ("action", "check")])).await;
    assert_eq!(page.status, 200, "{page:?}");
}

#[tokio::test]
async fn two_cookies_of_the_name_are_none() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    let cookie = ada.cookie.clone().unwrap();
    let nobody = Browser::new(&api);
    let with = async |cookies: &[&str]| {
        let request =
            cookies.iter().fold(Request::get("/apps"), |request, cookie| request.header("cookie", *cookie));
        nobody.send(request, String::new()).await.status
    };
    assert_eq!(with(&[&cookie]).await, 200);
    assert_eq!(with(&[&format!("a=b; {cookie};c=d")]).await, 200);
    assert_eq!(with(&[&format!("{cookie}; guestlist_session=x")]).await, 303);
    assert_eq!(with(&[&cookie, "guestlist_session=x"]).await, 303);
    assert_eq!(with(&[&cookie[..cookie.len() - 1]]).await, 303);
}

#[tokio::test]
async fn a_token_has_a_bounded_number_of_sessions() {
    let api = Api::with_app("a").await;
    let first = Browser::ada(&api).await;
    let second = Browser::ada(&api).await;
    let guest = secret(&*api.store, "guest", Access::Read, Scope::AllApps);
    let guest = Browser::signed_in(&api, &guest).await;
    for _ in 0..30 {
        Browser::ada(&api).await;
    }
    assert_eq!(second.get("/apps").await.status, 200);
    assert_eq!(first.get("/apps").await.status, 200);
    // With one more the one ends that was not used for longest.
    let last = Browser::ada(&api).await;
    assert_eq!(last.get("/apps").await.status, 200);
    assert_eq!(first.get("/apps").await.status, 200);
    let mut third = Browser::ada(&api).await;
    for _ in 0..31 {
        third = Browser::ada(&api).await;
    }
    assert_eq!((first.get("/apps").await.status, second.get("/apps").await.status), (303, 303));
    assert_eq!((third.get("/apps").await.status, guest.get("/apps").await.status), (200, 200));
}
