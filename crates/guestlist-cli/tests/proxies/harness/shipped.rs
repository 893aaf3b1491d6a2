//! The files of `deploy/`, with other addresses. They are what is tested.

use std::path::{Path, PathBuf};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A file of `deploy/` with some texts in the place of others, each of which it must have.
pub(crate) fn shipped(file: &str, replacements: &[(&str, &str)]) -> String {
    let path = root().join("deploy").join(file);
    let mut text =
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    for (from, to) in replacements {
        assert!(text.contains(from), "deploy/{file} has no {from:?} to put {to:?} in the place of");
        text = text.replace(from, to);
    }
    // What was not replaced would reach for what runs on this machine.
    assert!(!text.contains("/run/"), "deploy/{file} names a path under /run that was not replaced:\n{text}");
    text
}

/// The configuration of `deploy/guestlist.toml` with other apps, in TOML, and with these settings of `[server]` beside its own.
pub(crate) fn configuration(apps: &str, server: &str) -> String {
    let text = std::fs::read_to_string(root().join("deploy/guestlist.toml")).unwrap();
    let mut configuration: toml::Table = text.parse().unwrap();
    let apps: toml::Table = apps.parse().unwrap();
    let server: toml::Table = server.parse().unwrap();
    configuration["apps"] = apps["apps"].clone();
    configuration["server"].as_table_mut().unwrap().extend(server);
    configuration.to_string()
}
