//! The server's settings: read, refused, printed.

use std::time::Duration;

use guestlist::ListType;

use super::{Address, AppSource};
use crate::Config;

fn mistakes(toml: &str) -> Vec<String> {
    let mistakes = Config::parse(toml).unwrap_err();
    mistakes
        .into_iter()
        .map(|mistake| format!("{}: {} ({})", &toml[mistake.span], mistake.message, mistake.help))
        .collect()
}

#[test]
fn nothing_said_is_the_default() {
    for text in ["", "[server]", "[server.limits]\n[server.log]"] {
        let config = Config::parse(text).unwrap();
        assert_eq!(config.server, crate::Server::default());
        assert_eq!(config.to_string(), "");
    }
    let server = crate::Server::default();
    assert!(server.admin.is_local() && server.listen.iter().all(Address::is_local));
    let routes = server.routes_or_default();
    assert_eq!(
        routes.iter().map(|route| route.list).collect::<Vec<_>>(),
        [ListType::Delivery, ListType::Upload]
    );
    assert!(routes.iter().all(|route| route.app == AppSource::Query("key".to_string())));
}

#[test]
fn every_setting_is_read_and_printed_again() {
    let text = r#"[server]
listen = ["[::1]:80", "unix:/run/a b.sock"]
spop = ["127.0.0.1:0"]
admin = "0.0.0.0:9080"
dangerously_expose_admin = true
socket_mode = "0600"
workers = 3

[server.tls]
certificate = "cert.pem"
key = "/etc/key.pem"

[server.limits]
header_timeout = "1500ms"
idle_timeout = "2m"
head_bytes = 8192
headers = 50
connections = 7
streams = 1
drain = "1h"

[server.log]
allowed = 0.25
denied = 0.0
per_second = 0
file = "log.jsonl"

[server.policy]
carried = ["path", "header"]
skew_seconds = 30

[server.store]
file = "/var/lib/lists.redb"
console = "0.0.0.0:9090"
dangerously_expose_console = true
console_hosts = ["lists.example.com", "[::2]"]
new_upload_patterns = ["console.example", "*.console.example"]

[[server.routes]]
path = "/upload/"
methods = ["POST", "PUT"]
header = { name = "x-zone", value = "é" }
query = { name = "kind", value = "" }
list = "upload"
app = { header = "x-app" }

[[server.routes]]
path = "/d/"
list = "delivery"
app = { segment = 2 }
asks = { call = "writeUrl", handle = { segment = -1 }, url = { query = "url" }, path = { header = "x-path" }, container = { segment = 3 }, size = { header = "x-size" } }

[[server.routes]]
list = "delivery"
app = { key = "a \"b\"" }

[apps."a \"b\""]

[apps.shop]
"#;
    let config = Config::parse(text).unwrap();
    assert_eq!(config.to_string(), text);
    assert_eq!(config.server.limits.header_timeout, Duration::from_millis(1500));
    assert_eq!(config.server.socket_mode, 0o600);
    assert_eq!(config.server.routes.len(), 3);
    // Names of headers are alike in either case.
    assert_eq!(Config::parse(&text.replace("x-app", "X-APP")).unwrap().server, config.server);
}

#[test]
fn what_cannot_be_meant_is_refused_where_it_stands() {
    for (settings, place) in [
        ("listen = []", "[]"),
        ("listen = ['8080']", "'8080'"),
        ("listen = ['unix:']", "'unix:'"),
        ("listen = ['localhost:80']", "'localhost:80'"),
        ("spop = 'x'", "'x'"),
        ("admin = '10.0.0.1:9080'", "'10.0.0.1:9080'"),
        ("admin = '[::]:9080'", "'[::]:9080'"),
        ("dangerously_expose_admin = 1", "1"),
        ("socket_mode = '8'", "'8'"),
        ("socket_mode = '+7'", "'+7'"),
        ("socket_mode = '1777'", "'1777'"),
        ("workers = 0", "0"),
        ("tls = { key = 'a' }", "{ key = 'a' }"),
        ("listen = ['unix:/a']\ntls = { key = 'a', certificate = 'b' }", "{ key = 'a', certificate = 'b' }"),
        ("limits.header_timeout = '10'", "'10'"),
        ("limits.header_timeout = 10", "10"),
        ("limits.header_timeout = '0s'", "'0s'"),
        ("limits.idle_timeout = '25h'", "'25h'"),
        ("limits.idle_timeout = '99999999999999999999h'", "'99999999999999999999h'"),
        ("limits.head_bytes = 1", "1"),
        ("limits.connections = -1", "-1"),
        ("limits.hosts = 1", "hosts"),
        ("log.denied = 1.5", "1.5"),
        ("log.denied = nan", "nan"),
        ("log.denied = 'all'", "'all'"),
        ("log.file = ''", "''"),
        ("policy.carried = []", "[]"),
        ("policy.carried = ['body']", "'body'"),
        ("policy = { carried = ['query', 'query'] }", "'query'"),
        ("policy.skew_seconds = -1", "-1"),
        ("policy.skew = 1", "skew"),
        ("routes = [{ list = 'upload', app = { key = 'a' }, asks = { call = 'destroy' } }]", "'destroy'"),
        ("routes = [{ list = 'upload', app = { key = 'a' }, asks = { handle = { segment = 0 } } }]", "0"),
        ("routes = [{ list = 'upload', app = { key = 'a' }, asks = { handle = {} } }]", "{}"),
        (
            "routes = [{ list = 'upload', app = { key = 'a' }, asks = { handle = { header = 'a b' } } }]",
            "'a b'",
        ),
        ("routes = [{ list = 'upload', app = { key = 'a' }, asks = { file = { segment = 1 } } }]", "file"),
        (
            "routes = [{ list = 'upload', app = { key = 'a' }, asks = { size = { header = 'Content-Length' } } }]",
            "{ header = 'Content-Length' }",
        ),
        ("store = {}", "{}"),
        ("store = 'lists.redb'", "'lists.redb'"),
        ("store = { file = '' }", "''"),
        ("store = { file = 'a', console = '8080' }", "'8080'"),
        ("store = { file = 'a', console = '10.0.0.1:80' }", "'10.0.0.1:80'"),
        ("store = { file = 'a', console_hosts = ['a.example:80'] }", "'a.example:80'"),
        ("store = { file = 'a', console_hosts = ['https://a.example'] }", "'https://a.example'"),
        ("store = { file = 'a', new_upload_patterns = ['a.example', 'a b.example'] }", " "),
        ("store = { file = 'a', port = 1 }", "port"),
        ("routes = 1", "1"),
        ("routes = [{ list = 'upload' }]", "{ list = 'upload' }"),
        ("routes = [{ app = { key = 'a' } }]", "{ app = { key = 'a' } }"),
        ("routes = [{ path = 'upload', list = 'upload', app = { key = 'a' } }]", "'upload'"),
        ("routes = [{ path = '/a/../b', list = 'upload', app = { key = 'a' } }]", "'/a/../b'"),
        ("routes = [{ path = '/%75', list = 'upload', app = { key = 'a' } }]", "'/%75'"),
        ("routes = [{ methods = ['get'], list = 'upload', app = { key = 'a' } }]", "'get'"),
        (
            "routes = [{ header = { name = 'a b', value = '' }, list = 'upload', app = { key = 'a' } }]",
            "'a b'",
        ),
        ("routes = [{ query = { name = 'a' }, list = 'upload', app = { key = 'a' } }]", "{ name = 'a' }"),
        ("routes = [{ list = 'upload', app = { key = 'a', query = 'b' } }]", "{ key = 'a', query = 'b' }"),
        ("routes = [{ list = 'upload', app = { segment = 0 } }]", "0"),
        ("listen = ['127.0.0.1:80', '127.0.0.1:80']", "'127.0.0.1:80'"),
        ("routes = [{ path = '/a;b', list = 'upload', app = { key = 'a' } }]", "'/a;b'"),
        ("routes = [{ path = '/a/..', list = 'upload', app = { key = 'a' } }]", "'/a/..'"),
        (
            "routes = [{ list = 'upload', app = { key = 'a' } }, { list = 'delivery', app = { key = 'b' } }]",
            "{ list = 'delivery', app = { key = 'b' } }",
        ),
        ("port = 80", "port"),
    ] {
        let found = mistakes(&format!("[server]\n{settings}"));
        assert!(
            found.iter().any(|mistake| mistake.starts_with(&format!("{place}: "))),
            "{settings}: {found:#?}"
        );
    }
}

#[test]
fn a_route_names_an_app_that_is_there() {
    let route = |key: &str| format!("[server]\nroutes = [{{ list = 'upload', app = {{ key = {key} }} }}]\n");
    let found = mistakes(&format!("{}[apps.shop]", route("'shop2'")));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with("'shop2': no app has the key `shop2`"), "{found:#?}");
    assert!(found[0].contains("`[apps.KEY]`"), "{found:#?}");
    // Keys are letters as they stand, and the empty one is one of them.
    assert!(mistakes(&format!("{}[apps.shop]", route("'SHOP'")))[0].starts_with("'SHOP': "));
    assert!(mistakes(&format!("{}[apps.shop]", route("''")))[0].starts_with("'': "));
    for (key, apps) in [("'shop'", "[apps.shop]"), ("''", "[apps.'']"), (r#""\u0061""#, "[apps.a]")] {
        Config::parse(&format!("{}{apps}", route(key))).unwrap();
        // Wherever they stand.
        Config::parse(&format!("{apps}\n{}", route(key))).unwrap();
    }
    // Whether a store has it is not known here.
    Config::parse(&format!("{}[server.store]\nfile = 'lists.redb'", route("'shop'"))).unwrap();
    // An app with a mistake of its own is there.
    let found = mistakes(&format!("apps.shop = 1\n{}", route("'shop'")));
    assert!(found.iter().all(|mistake| !mistake.contains("no app has")), "{found:#?}");
}
