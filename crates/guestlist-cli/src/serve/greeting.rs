//! What a server says when it listens: where, and what to try.

use std::io::{self, Write};
use std::path::Path;

use guestlist::{List, ListType};
use guestlist_config::{Address, Config};
use guestlist_edge::Addresses;
use guestlist_proof::{Prover, Rules};
use serde_json::json;

use crate::text::show_short;

/// For people: each line that begins with `curl` works as it stands.
pub(super) fn text(
    out: &mut dyn Write,
    addresses: &Addresses,
    config: &Config,
    file: Option<&Path>,
) -> io::Result<()> {
    let has_tls = config.server.tls.is_some();
    match file {
        Some(file) => {
            let (apps, s) = (config.apps.len(), if config.apps.len() == 1 { "" } else { "s" });
            writeln!(
                out,
                "guestlist serves {apps} app{s} of {}",
                show_short(file.display().to_string().as_bytes())
            )?;
        }
        None => writeln!(out, "guestlist serves a demo; give it a configuration of your own with -c FILE")?,
    }
    let url = |address: &Address, has_tls: bool| match address {
        Address::Tcp(address) => format!("{}://{address}", if has_tls { "https" } else { "http" }),
        Address::Unix(_) => address.to_string(),
    };
    for address in &addresses.check {
        writeln!(out, "  checks   {}", url(address, has_tls))?;
    }
    for address in &addresses.spop {
        writeln!(out, "  SPOE     {address}")?;
    }
    writeln!(out, "  admin    {}", url(&addresses.admin, false))?;
    if let (Some(key), Some(address)) =
        (config.apps.keys().find(|key| is_plain(key)), addresses.check.first())
    {
        let curl = curl(address, has_tls);
        let app = |list: ListType| format!("/check/{list}/{key}'");
        writeln!(out, "\nTry, in another terminal:")?;
        for list in ListType::ALL {
            if let Some(origin) = admitted(config.apps[key].gate.list(list)) {
                writeln!(out, "  {curl}{} -H 'Origin: {origin}'", app(list))?;
            }
        }
        writeln!(out, "  {curl}{} -H 'Origin: https://example.com.evil.example'", app(ListType::Upload))?;
        writeln!(out, "  {curl}{}", app(ListType::Upload))?;
        writeln!(out, "  {}/metrics'", curl_admin(&addresses.admin))?;
    }
    writeln!(
        out,
        "\nBehind nginx, Caddy, Envoy, HAProxy or Traefik: docs/server.md and deploy/. End with Ctrl-C."
    )
}

/// For programs.
pub(super) fn json(out: &mut dyn Write, addresses: &Addresses) -> io::Result<()> {
    let url = |address: &Address| match address {
        Address::Tcp(address) => format!("http://{address}"),
        Address::Unix(_) => address.to_string(),
    };
    let line = json!({
        "check": addresses.check.iter().map(url).collect::<Vec<_>>(),
        "spop": addresses.spop.iter().map(Address::to_string).collect::<Vec<_>>(),
        "admin": url(&addresses.admin),
    });
    writeln!(out, "{line}")
}

fn curl(address: &Address, has_tls: bool) -> String {
    match address {
        Address::Tcp(address) if has_tls => format!("curl -ik 'https://{address}"),
        Address::Tcp(address) => format!("curl -i 'http://{address}"),
        Address::Unix(path) => format!("curl -i --unix-socket '{}' 'http://localhost", path.display()),
    }
}

fn curl_admin(address: &Address) -> String {
    match address {
        Address::Tcp(address) => format!("curl 'http://{address}"),
        Address::Unix(path) => format!("curl --unix-socket '{}' 'http://localhost", path.display()),
    }
}

/// A key that needs no quotes and no escapes in a path.
fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// An origin that gets in by a list, such as people have.
fn admitted(list: &List) -> Option<String> {
    let examples = Prover::new().examples(&Rules::from(list), 1).ok()?;
    Some(format!("https://{}", examples.first()?.host))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use guestlist_config::Server;

    use super::*;

    /// What the README shows is what is said.
    #[test]
    fn the_greeting_in_the_readme_is_real() {
        let Server { listen, admin, .. } = Server::default();
        let addresses = Addresses { check: listen, spop: Vec::new(), admin };
        let mut out = Vec::new();
        text(&mut out, &addresses, &Config::parse(super::super::DEMO).unwrap(), None).unwrap();
        let readme = include_str!("../../../../README.md");
        assert!(readme.contains(&format!("```console\n{}```", String::from_utf8(out).unwrap())));
    }

    #[test]
    fn sockets_and_keys_of_every_kind_are_named() {
        let config = Config::parse("[apps.'a b'.upload]\npatterns = ['a.example']\n[apps.zoo.upload]\npatterns = ['*.zoo.example:8443']").unwrap();
        let addresses = Addresses {
            check: vec!["unix:/run/a b.sock".parse().unwrap()],
            spop: vec!["127.0.0.1:8081".parse().unwrap()],
            admin: "unix:/run/admin.sock".parse().unwrap(),
        };
        let mut out = Vec::new();
        text(&mut out, &addresses, &config, Some(Path::new("x.toml"))).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(out.starts_with("guestlist serves 2 apps of x.toml\n"), "{out}");
        // A key that a shell or a path would need escapes for is not shown as a command.
        let line = "  curl -i --unix-socket '/run/a b.sock' 'http://localhost/check/upload/zoo' -H 'Origin: https://www.zoo.example:8443'\n";
        assert!(out.contains(line) && out.contains("  SPOE     127.0.0.1:8081\n"), "{out}");
    }
}
