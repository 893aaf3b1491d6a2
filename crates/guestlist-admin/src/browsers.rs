//! Requests that web pages of others make browsers send, and those that come by a stranger's name: refused.

use std::net::IpAddr;

use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri, header};

use crate::problem::{Kind, Problem};

/// Lets through what comes from no page, or from a page of the very address that is asked.
///
/// A page on the web can make a browser send requests to this machine, and cannot keep it from saying so: in `Origin` and `Sec-Fetch-Site`. Where a name of the page's own leads here, the page is of this address (DNS rebinding), so only
/// names that no stranger can have are taken: those of this machine, and `allowed` ones.
pub(crate) fn refuse_foreign(headers: &HeaderMap, uri: &Uri, allowed: &[String]) -> Result<(), Problem> {
    let refuse = |what: &str| Err(Problem::new(Kind::ForeignRequest, what));
    // What is not text is no name of ours.
    let text = |name| headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?"));
    let hosts: Vec<&str> = text(header::HOST).chain(uri.authority().map(Authority::as_str)).collect();
    if hosts.iter().any(|host| !is_ours(host, allowed)) {
        return refuse("the server was not told that it has the name in `Host`");
    }
    if text(header::HeaderName::from_static("sec-fetch-site"))
        .any(|site| !["none", "same-origin"].contains(&site))
    {
        return refuse("a browser says that another page sends this (`Sec-Fetch-Site`)");
    }
    let is_from_here = |origin: &str| {
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        host.is_some_and(|origin| {
            !hosts.is_empty() && hosts.iter().all(|host| host.eq_ignore_ascii_case(origin))
        })
    };
    if text(header::ORIGIN).any(|origin| !is_from_here(origin)) {
        return refuse("a browser says that another page sends this (`Origin`)");
    }
    Ok(())
}

/// Whether a host, with or without a port, is this machine, or one of these.
fn is_ours(host: &str, allowed: &[String]) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.is_empty() => name,
        _ => host,
    };
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        || allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn is_refused(sent: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        let allowed = ["lists.example.com".to_string(), "[2001:db8::1]".to_string()];
        refuse_foreign(&headers, &Uri::from_static("/api/v1/apps"), &allowed).is_err()
    }

    #[test]
    fn programs_and_pages_of_this_address_are_let_through() {
        for sent in [
            &[][..],
            &[("host", "localhost")],
            &[("host", "LOCALHOST:9000")],
            &[("host", "127.0.0.1:9000"), ("sec-fetch-site", "none")],
            &[("host", "[::1]:9000")],
            &[("host", "Lists.Example.com")],
            &[("host", "[2001:db8::1]:9000")],
            &[
                ("host", "lists.example.com:8443"),
                ("origin", "https://lists.example.com:8443"),
                ("sec-fetch-site", "same-origin"),
            ],
            &[("host", "localhost:9000"), ("origin", "http://localhost:9000")],
        ] {
            assert!(!is_refused(sent), "{sent:?}");
        }
    }

    #[test]
    fn pages_of_others_and_names_of_others_are_refused() {
        for sent in [
            &[("host", "evil.example")][..],
            &[("host", "localhost.evil.example")],
            &[("host", "192.168.0.1")],
            &[("host", "lists.example.com.")],
            &[("host", "localhost"), ("host", "evil.example")],
            &[("host", "")],
            &[("host", "localhost"), ("origin", "https://evil.example")],
            &[("host", "localhost"), ("origin", "null")],
            &[("host", "localhost:9000"), ("origin", "http://localhost:9001")],
            &[("host", "localhost:9000"), ("origin", "http://localhost")],
            &[("host", "localhost"), ("origin", "http://localhost/")],
            &[("host", "localhost"), ("origin", "localhost")],
            &[("host", "localhost"), ("origin", "http://localhost"), ("origin", "http://evil.example")],
            &[("origin", "http://localhost")],
            &[("host", "localhost"), ("sec-fetch-site", "cross-site")],
            &[("host", "localhost"), ("sec-fetch-site", "same-site")],
            &[("host", "localhost"), ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
        ] {
            assert!(is_refused(sent), "{sent:?}");
        }
        let uri = Uri::from_static("http://evil.example/api/v1/apps");
        assert!(refuse_foreign(&HeaderMap::new(), &uri, &[]).is_err());
    }
}
