//! Workloads and peers for the benchmarks. The same seed gives the same workload on every machine, and every engine's answers are held
//! against the reference before anything is timed.

pub mod apps;
pub mod comparison;
#[cfg(target_os = "linux")]
pub mod edge;
pub mod instructions;
pub mod peers;
pub mod policy;
pub mod workload;
