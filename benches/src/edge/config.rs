//! A configuration as a platform has it: very many apps of two ordinary lists, and requests of the app in the middle.

use std::fmt::Write;

use crate::workload::{Random, ordinary_patterns};

/// What the server reads, and what it is asked.
#[derive(Debug)]
pub(super) struct Fixture {
    /// The apps' part of the configuration file.
    pub(super) toml: String,
    /// The keys of the apps, and an origin that each of them admits to both lists.
    pub(super) apps: Vec<(String, String)>,
}

impl Fixture {
    /// So many apps; the same for the same number on every machine.
    pub(super) fn new(apps: u32) -> Fixture {
        let mut random = Random(6);
        let mut fixture = Fixture { toml: String::new(), apps: Vec::new() };
        for _ in 0..apps {
            // Two apps of one key would be a mistake of the configuration; of 64 bits there are none.
            let key = format!("{:016x}", random.bits());
            // Something in the middle of both lists, behind a star.
            let shop = random.domain();
            for list in ["upload", "delivery"] {
                let mut patterns = ordinary_patterns(&mut random);
                patterns[12] = format!("*.{shop}");
                writeln!(fixture.toml, "[apps.{key}.{list}]\npatterns = {patterns:?}")
                    .expect("a string takes everything");
            }
            fixture.apps.push((key, format!("https://www.{shop}")));
        }
        fixture
    }

    /// The app that is asked about where it is one.
    pub(super) fn middle(&self) -> (&str, &str) {
        let (key, origin) = &self.apps[self.apps.len() / 2];
        (key, origin)
    }

    /// A script for `wrk` that asks about every app in turn, each with its own origin.
    pub(super) fn in_turn(&self) -> String {
        let mut script = String::from("local requests = {\n");
        for (key, origin) in &self.apps {
            writeln!(
                script,
                "  \"GET /check/upload/{key} HTTP/1.1\\r\\nHost: localhost\\r\\nOrigin: {origin}\\r\\n\\r\\n\","
            )
            .expect("a string takes everything");
        }
        script += "}\nlocal index = 0\nfunction request()\n  index = index % #requests + 1\n  return requests[index]\nend\n";
        script
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_apps_as_asked_for_each_of_two_lists_of_twenty() {
        let fixture = Fixture::new(30);
        let table: toml::Table = fixture.toml.parse().expect("TOML");
        let apps = table["apps"].as_table().expect("apps");
        assert_eq!(apps.len(), 30);
        for (key, origin) in &fixture.apps {
            let host = origin.strip_prefix("https://www.").expect("a host behind a star");
            for list in ["upload", "delivery"] {
                let patterns = apps[key][list]["patterns"].as_array().expect("patterns");
                assert_eq!(patterns.len(), 20);
                assert!(patterns.iter().any(|pattern| pattern.as_str() == Some(&format!("*.{host}"))));
            }
        }
        assert_eq!(fixture.in_turn().matches("GET /check/upload/").count(), 30);
    }
}
