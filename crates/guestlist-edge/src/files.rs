//! How many connections the system has files for.

use rustix::process::{Resource, getrlimit};

/// Files for what is no connection for checks: listeners, logs, configurations, the runtime, connections of the admin listener.
const OTHERS: u64 = 100;

/// Each connection is a file. One more than there are files for would not be refused but wait, for as long as the others stay.
pub(crate) fn for_connections() -> usize {
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    usize::try_from(left(files)).unwrap_or(usize::MAX)
}

fn left(files: u64) -> u64 {
    files.saturating_sub(OTHERS).max(files / 2)
}

#[cfg(test)]
mod tests {
    use super::left;

    #[test]
    fn some_are_always_left() {
        for (files, connections) in [(u64::MAX, u64::MAX - 100), (1024, 924), (200, 100), (64, 32), (0, 0)] {
            assert_eq!(left(files), connections);
        }
    }
}
