//! The comparison of `guestlist-benches` with three peers more, which are not written in Rust: `benches/compare --native`.
//!
//! They need Debian's libre2-dev, libvectorscan-dev, libpcre2-dev, g++ and pkg-config. A cargo feature would ask for these wherever the
//! workspace is built with all its features, which is what every check of a change does; a `cfg` that one has to set by hand would be known to no tool.
//! So this is a package and a workspace of its own: nothing in the workspace around it knows of it, and its lock file is made afresh from the one out there
//! (`benches/compare`), so that all peers are of the same version in both.

mod ffi;
mod pcre2_jit;
mod re2_set;
mod vectorscan;

use std::process::ExitCode;

use guestlist_benches::comparison;
use guestlist_benches::peers::{Peers, Portable, Visitor};

use self::pcre2_jit::Pcre2;
use self::re2_set::Re2;
use self::vectorscan::Vectorscan;

/// The peers written in Rust, and these.
#[derive(Debug)]
struct Native;

impl Peers for Native {
    fn each(visitor: &mut impl Visitor) {
        Portable::each(visitor);
        visitor.visit::<Re2>();
        visitor.visit::<Vectorscan>();
        visitor.visit::<Pcre2>();
    }
}

fn main() -> ExitCode {
    comparison::main::<Native>()
}

#[cfg(test)]
mod tests {
    use guestlist_benches::peers::able;
    use guestlist_benches::workload::Workload;

    use super::Native;

    #[test]
    fn every_native_peer_agrees_with_the_reference() {
        for workload in [
            Workload::one_literal(),
            Workload::ordinary(),
            Workload::thousand(),
            Workload::adversarial(),
            Workload::adversarial_both_ways(),
        ] {
            let able = able::<Native>(&workload.with_sampled_hosts(500));
            assert!(able.ends_with(&["re2-set", "vectorscan", "pcre2-jit"]), "{}: {able:?}", workload.name);
        }
    }
}
