//! Finds RE2 and Vectorscan where the system has them, and builds the few lines of C++ that make RE2 callable from C.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=src/re2_set.cc");
    let re2 = pkg_config::Config::new().cargo_metadata(false).probe("re2")?;
    cc::Build::new()
        .cpp(true)
        .std("c++17")
        .opt_level(2)
        .includes(re2.include_paths)
        .file("src/re2_set.cc")
        .compile("re2_set");
    // After what was compiled, which needs it.
    pkg_config::probe_library("re2")?;
    pkg_config::probe_library("libhs")?;
    Ok(())
}
