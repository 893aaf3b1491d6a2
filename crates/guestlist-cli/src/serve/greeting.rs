//! What a server says when it listens: where, and what to try.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use guestlist::{List, ListType};
use guestlist_config::{Address, App};
use guestlist_edge::Addresses;
use guestlist_proof::{Prover, Rules};
use serde_json::json;

use crate::text::show_short;

/// What there is to say.
pub(super) struct Told {
    pub(super) of: Of,
    /// Whether checks by TCP are encrypted.
    pub(super) has_tls: bool,
    pub(super) apps_of_file: usize,
    /// Where there is a store.
    pub(super) apps_of_store: Option<usize>,
    pub(super) to_try: Option<ToTry>,
    /// The secret of a token that was made just now.
    pub(super) token: Option<String>,
}

/// What is served.
pub(super) enum Of {
    Demo,
    /// A configuration, perhaps with a store.
    File(PathBuf),
    Store(PathBuf),
}

/// An app, with origins that get in.
pub(super) struct ToTry {
    key: String,
    admitted: Vec<(ListType, String)>,
}

impl ToTry {
    /// This app, if its key can stand in a command.
    pub(super) fn of((key, app): (&String, &App)) -> Option<ToTry> {
        if !is_plain(key) {
            return None;
        }
        let admitted = |list| Some((list, admitted(app.gate.list(list))?));
        Some(ToTry { key: key.clone(), admitted: ListType::ALL.into_iter().filter_map(admitted).collect() })
    }
}

/// For people: each line that begins with `curl` works as it stands.
pub(super) fn text(out: &mut dyn Write, addresses: &Addresses, told: &Told) -> io::Result<()> {
    let shown = |file: &Path| show_short(file.display().to_string().as_bytes());
    let apps = |count: usize| format!("{count} app{}", if count == 1 { "" } else { "s" });
    match (&told.of, told.apps_of_store) {
        (Of::Demo, _) => writeln!(
            out,
            "guestlist serves a demo, whose lists are gone when it ends. Your own: -c FILE (a configuration), or --store FILE"
        )?,
        (Of::File(file), None) => {
            writeln!(out, "guestlist serves {} of {}", apps(told.apps_of_file), shown(file))?;
        }
        (Of::File(file), Some(of_store)) => writeln!(
            out,
            "guestlist serves {} of {}, and {} of its store",
            apps(told.apps_of_file),
            shown(file),
            apps(of_store)
        )?,
        (Of::Store(file), of_store) => {
            writeln!(out, "guestlist serves {} of {}", apps(of_store.unwrap_or_default()), shown(file))?;
        }
    }
    let url = |address: &Address, has_tls: bool| match address {
        Address::Tcp(address) => format!("{}://{address}", if has_tls { "https" } else { "http" }),
        Address::Unix(_) => address.to_string(),
    };
    for address in &addresses.check {
        writeln!(out, "  checks   {}", url(address, told.has_tls))?;
    }
    for address in &addresses.spop {
        writeln!(out, "  SPOE     {address}")?;
    }
    writeln!(out, "  admin    {}", url(&addresses.admin, false))?;
    if let Some(console) = &addresses.console {
        writeln!(out, "  console  {}", url(console, false))?;
    }
    if let Some(token) = &told.token {
        writeln!(out, "\nSign in to the console with this token, which is not shown again:\n  {token}")?;
    }
    if let (Some(ToTry { key, admitted }), Some(address)) = (&told.to_try, addresses.check.first()) {
        let curl = curl(address, told.has_tls);
        let app = |list: ListType| format!("/check/{list}/{key}'");
        writeln!(out, "\nTry, in another terminal:")?;
        for (list, origin) in admitted {
            writeln!(out, "  {curl}{} -H 'Origin: {origin}'", app(*list))?;
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
pub(super) fn json(out: &mut dyn Write, addresses: &Addresses, told: &Told) -> io::Result<()> {
    let url = |address: &Address| match address {
        Address::Tcp(address) => format!("http://{address}"),
        Address::Unix(_) => address.to_string(),
    };
    let mut line = json!({
        "check": addresses.check.iter().map(url).collect::<Vec<_>>(),
        "spop": addresses.spop.iter().map(Address::to_string).collect::<Vec<_>>(),
        "admin": url(&addresses.admin),
    });
    if let Some(console) = &addresses.console {
        line["console"] = url(console).into();
    }
    if let Some(token) = &told.token {
        line["token"] = token.as_str().into();
    }
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
    use guestlist_config::{Config, Server, StoreSettings};

    use super::*;

    fn told(of: Of, config: &Config) -> Told {
        Told {
            of,
            has_tls: false,
            apps_of_file: config.apps.len(),
            apps_of_store: None,
            to_try: config.apps.iter().find_map(ToTry::of),
            token: None,
        }
    }

    fn said(addresses: &Addresses, told: &Told) -> String {
        let mut out = Vec::new();
        text(&mut out, addresses, told).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// What the README shows is what is said.
    #[test]
    fn the_greeting_in_the_readme_is_real() {
        let Server { listen, admin, .. } = Server::default();
        let console = Some(StoreSettings::new("").console);
        let addresses = Addresses { check: listen, spop: Vec::new(), admin, console };
        let config = Config::parse(super::super::DEMO).unwrap();
        let token = Some("gl_1_5d1c…".to_string());
        let said = said(&addresses, &Told { apps_of_store: Some(1), token, ..told(Of::Demo, &config) });
        let readme = include_str!("../../../../README.md");
        assert!(readme.contains(&format!("```console\n{said}```")), "{said}");
    }

    #[test]
    fn sockets_and_keys_of_every_kind_are_named() {
        let config = Config::parse("[apps.'a b'.upload]\npatterns = ['a.example']\n[apps.zoo.upload]\npatterns = ['*.zoo.example:8443']").unwrap();
        let addresses = Addresses {
            check: vec!["unix:/run/a b.sock".parse().unwrap()],
            spop: vec!["127.0.0.1:8081".parse().unwrap()],
            admin: "unix:/run/admin.sock".parse().unwrap(),
            console: None,
        };
        let out = said(&addresses, &told(Of::File("x.toml".into()), &config));
        assert!(out.starts_with("guestlist serves 2 apps of x.toml\n"), "{out}");
        // A key that a shell or a path would need escapes for is not shown as a command.
        let line = "  curl -i --unix-socket '/run/a b.sock' 'http://localhost/check/upload/zoo' -H 'Origin: https://www.zoo.example:8443'\n";
        assert!(out.contains(line) && out.contains("  SPOE     127.0.0.1:8081\n"), "{out}");
        assert!(!out.contains("console") && !out.contains("token"), "{out}");

        let addresses = Addresses { console: Some("127.0.0.1:9081".parse().unwrap()), ..addresses };
        let with_store = Told { apps_of_store: Some(1), ..told(Of::File("x.toml".into()), &config) };
        let out = said(&addresses, &with_store);
        assert!(out.starts_with("guestlist serves 2 apps of x.toml, and 1 app of its store\n"), "{out}");
        assert!(out.contains("  console  http://127.0.0.1:9081\n"), "{out}");
        let of_store =
            Told { apps_of_store: Some(7), ..told(Of::Store("l.redb".into()), &Config::default()) };
        let out = said(&addresses, &of_store);
        assert!(out.starts_with("guestlist serves 7 apps of l.redb\n") && !out.contains("curl"), "{out}");
    }
}
