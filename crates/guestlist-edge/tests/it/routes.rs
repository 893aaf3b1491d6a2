//! Which list and which app a request belongs to, as proxies tell of it.

use crate::server::Server;

const APPS: &str = r#"
[apps.shop]
upload.patterns = ["up.example"]
delivery.patterns = ["down.example"]
[apps.open]
[apps."a b"]
upload.patterns = ["blank.example"]
"#;

/// What nginx's question about this request is answered.
async fn nginx(server: &Server, method: &str, target: &str, headers: &[&str]) -> String {
    let (url, method) = (format!("X-Original-URL: {target}"), format!("X-Original-Method: {method}"));
    let headers: Vec<&str> = [url.as_str(), &method].into_iter().chain(headers.iter().copied()).collect();
    server.ask("GET /api/authz/auth-request", &headers).await.told()
}

#[tokio::test]
async fn each_proxy_is_understood() {
    let server = Server::start(APPS).await;
    let up = "Origin: https://up.example";
    let (allowed, denied) = ("204 allow matched 1 -", "403 deny no-match - -");
    for (method, target, told) in [
        ("POST", "/x?key=shop", allowed),
        ("PUT", "https://host.example:8443/x?a=b&key=shop", allowed),
        ("GET", "/x?key=shop", denied),
        ("HEAD", "/x?key=shop", denied),
        ("POST", "/x?key=nobody", denied),
        ("POST", "/x", denied),
        ("POST", "/x?KEY=shop", "403 deny ambiguous - -"),
        ("POST", "/?key=open", "204 allow not-enforced - -"),
    ] {
        assert_eq!(nginx(&server, method, target, &[up]).await, told, "{method} {target}");
        let (uri, method_line) =
            (format!("X-Forwarded-Uri: {target}"), format!("X-Forwarded-Method: {method}"));
        let forwarded = server.ask("GET /api/authz/forward-auth", &[&uri, &method_line, up]).await;
        assert_eq!(forwarded.told(), told, "{method} {target}");
        if target.starts_with('/') && method != "HEAD" {
            let envoy = server.ask(&format!("{method} /api/authz/ext-authz{target}"), &[up]).await;
            assert_eq!(envoy.told(), told.replace("204", "200"), "{method} {target}");
        }
    }
    server.end().await;
}

#[tokio::test]
async fn a_question_that_says_too_little_or_too_much_is_denied() {
    let server = Server::start(APPS).await;
    let (url, method) = ("X-Original-URL: /?key=open", "X-Original-Method: POST");
    for (headers, told) in [
        (&[url][..], "403 deny no-route - -"),
        (&[method], "403 deny no-route - -"),
        (&[], "403 deny no-route - -"),
        // What the client sent stands beside what the proxy sets.
        (&[url, method, "X-Original-URL: /?key=shop"], "403 deny ambiguous - -"),
        (&[method, url, method], "403 deny ambiguous - -"),
        (&["X-Forwarded-Uri: /?key=open", "X-Forwarded-Method: POST"], "403 deny no-route - -"),
        (&["X-Original-URL: ?key=open", method], "403 deny ambiguous - -"),
        (&["X-Original-URL:", method], "403 deny ambiguous - -"),
        (&[url, method], "204 allow not-enforced - -"),
    ] {
        let answer = server.ask("GET /api/authz/auth-request", headers).await;
        assert_eq!(answer.told(), told, "{headers:?}");
        assert_eq!(
            answer.header("vary"),
            Some(if told.starts_with("403") { "Origin, Referer" } else { "Origin" })
        );
    }
    server.end().await;
}

#[tokio::test]
async fn keys_in_a_query_are_read_as_servers_read_them() {
    let server = Server::start(APPS).await;
    let blank = ["Origin: https://blank.example"];
    for target in ["/?key=a%20b", "/?key=a+b", "/?k%65y=a%20b", "/x?key=%61+b&x"] {
        assert_eq!(nginx(&server, "POST", target, &blank).await, "204 allow matched 1 -", "{target}");
    }
    // The value that a server behind us reads must be the one that was judged.
    for target in [
        "/?key=open&key=shop",
        "/?key=open;key=shop",
        "/?key=open&%6bey=shop",
        "/?key=shop&key=open",
        "/?key&key=open",
    ] {
        assert_eq!(nginx(&server, "POST", target, &blank).await, "403 deny ambiguous - -", "{target}");
    }
    server.end().await;
}

#[tokio::test]
async fn the_first_route_that_applies_decides() {
    let routes = r#"
[[server.routes]]
path = "/upload/"
methods = ["POST", "PUT"]
header = { name = "X-Zone", value = "eu" }
list = "upload"
app = { segment = 2 }

[[server.routes]]
path = "/upload/"
query = { name = "kind", value = "a b" }
list = "delivery"
app = { header = "X-App" }

[[server.routes]]
path = "/own/"
list = "delivery"
app = { key = "shop" }
"#;
    let server = Server::start(&format!("{APPS}\n{routes}")).await;
    let up = "Origin: https://up.example";
    let down = "Origin: https://down.example";
    let allowed = "204 allow matched 1 -";
    for (method, target, headers, told) in [
        ("POST", "/upload/shop/x", &[up, "X-Zone: eu"][..], allowed),
        ("POST", "/upload/shop", &[up, "X-Zone:  eu "], allowed),
        ("POST", "/upload/shop", &[up, "X-Zone: us"], "403 deny no-route - -"),
        ("POST", "/upload/shop", &[up], "403 deny no-route - -"),
        ("POST", "/upload/shop", &[up, "X-Zone: eu", "X-Zone: eu"], "403 deny ambiguous - -"),
        ("POST", "/upload/", &[up, "X-Zone: eu"], "403 deny no-match - -"),
        ("GET", "/upload/?kind=a+b", &[down, "X-App: shop"], allowed),
        ("GET", "/upload/?kind=a%20b", &[down, "X-App: shop", "X-App: open"], "403 deny ambiguous - -"),
        ("GET", "/upload/?kind=a+b&kind=a+b", &[down, "X-App: shop"], "403 deny ambiguous - -"),
        ("GET", "/upload/?kind=a+b", &[down], "403 deny no-match - -"),
        // Whoever serves it may find the parameter that the route asks for.
        ("GET", "/upload/?KIND=a+b", &[down, "X-App: shop"], "403 deny ambiguous - -"),
        ("GET", "/own/x", &[down], allowed),
        ("GET", "/other", &[down], "403 deny no-route - -"),
        // A preflight asks for another method.
        ("OPTIONS", "/upload/shop", &[up, "X-Zone: eu", "Access-Control-Request-Method: PUT"], allowed),
        ("OPTIONS", "/upload/shop", &[up, "X-Zone: eu"], "403 deny no-route - -"),
        (
            "OPTIONS",
            "/upload/shop",
            &[up, "X-Zone: eu", "Access-Control-Request-Method: PUT", "Access-Control-Request-Method: PUT"],
            "403 deny ambiguous - -",
        ),
    ] {
        assert_eq!(nginx(&server, method, target, headers).await, told, "{method} {target} {headers:?}");
    }
    server.end().await;
}

#[tokio::test]
async fn a_path_that_others_read_differently_is_denied() {
    let routes = r#"
[[server.routes]]
path = "/upload/"
list = "upload"
app = { key = "shop" }
[[server.routes]]
path = "/d/"
list = "delivery"
app = { segment = 2 }
[[server.routes]]
list = "delivery"
app = { key = "open" }
"#;
    let server = Server::start(&format!("{APPS}\n{routes}")).await;
    let open = "204 allow not-enforced - -";
    for path in ["/x", "/a//b", "/a/..b", "/.well-known/x", "/x;y=/upload/", "/é", "/d", "/d/open/%41"] {
        assert_eq!(nginx(&server, "GET", path, &[]).await, open, "{path}");
    }
    for path in [
        "/%75pload/x",
        "//upload/x",
        "/x/../upload/x",
        "/./upload/x",
        "/x/..;/upload/x",
        "/upload%2fx",
        "/x/%2e%2e/upload/x",
        "\\upload\\x",
        "/\\upload/x",
        "/upload/../x",
        "/upload/%2e%2e/x",
        "/upload/..%2fx",
        "/a/./b",
        "/a/%2e%2e/b",
        "/d/open/../shop/x",
        // Both ends are for `open`, as written and with all of it resolved. Who resolves dots before it reads escapes finds `shop`.
        "/d/open/../shop/x;%2f..%2f..%2fopen",
        "/d/open/../shop/x;\\..\\..\\open/y",
        "/a/../upload/x%2f..%2f..%2fb",
        "/d/%6fpen/x",
        "/d//open",
        "/d/shop;/x",
        "/%",
        "/%zz",
        "/%00",
        "/%2575pload/",
    ] {
        assert_eq!(nginx(&server, "GET", path, &[]).await, "403 deny ambiguous - -", "{path}");
    }
    server.end().await;
}

#[tokio::test]
async fn where_no_route_looks_at_the_path_it_does_not_matter() {
    let server = Server::start(APPS).await;
    for path in ["/a/../b", "/a/%2e%2e/b", "/100%25.jpg", "//b", "/a;b"] {
        let target = format!("{path}?key=open");
        assert_eq!(nginx(&server, "GET", &target, &[]).await, "204 allow not-enforced - -", "{path}");
    }
    server.end().await;
}
