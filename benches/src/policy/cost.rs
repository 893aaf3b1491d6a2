//! Policies → how long verifying takes, as a ratio to the bare HMAC of the same bytes.
//!
//! Both take turns within each round, in another order each time, so that what else the machine does meets both; a ratio is that of one round, and its median is held against the target.

use std::hint::black_box;
use std::io::{self, Write};
use std::time::Instant;

use guestlist_policy::SignedRef;
use serde::Serialize;

use super::cases::{self, NOW, SECRET};
use super::subjects::{bare_hmac, tag};
use crate::workload::Random;

/// Verifying may take so many times what the bare HMAC takes.
const TARGET: f64 = 1.3;

/// How long a batch is, about, and how many make a turn: the quickest of them counts, in which nothing else ran.
const BATCH_NS: f64 = 50_000.0;
const BATCHES: usize = 8;

#[derive(Serialize)]
pub(super) struct Report {
    rounds: u32,
    target: f64,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    policy: &'static str,
    /// Of the policy in Base64.
    bytes: usize,
    bare_ns: f64,
    verify_ns: f64,
    /// The least, the median and the most of the rounds.
    ratio: [f64; 3],
    /// Whether it is at most the target, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_met: Option<bool>,
}

/// Times all of them.
pub(super) fn measure(rounds: u32) -> Result<Report, Box<dyn std::error::Error>> {
    let verifier = cases::verifier()?;
    let cases = cases::cases()?;
    let mut random = Random(1);
    // Of each policy: nanoseconds of the bare HMAC and of verifying, round by round.
    let mut times: Vec<Vec<[f64; 2]>> = cases.iter().map(|_| Vec::new()).collect();
    for round in 0..=rounds {
        for (case, times) in cases.iter().zip(&mut times) {
            let signed = SignedRef { policy: case.signed.policy().as_bytes(), signature: case.signature() };
            // The bare HMAC is handed the tag as bytes: reading digits is part of verifying.
            let tag = tag(case.signature());
            let is_right = case.expected.is_ok();
            if bare_hmac(SECRET, signed.policy, &tag) != is_right
                || verifier.verify(signed, NOW, &case.request) != case.expected
            {
                return Err(format!("{}: the answer is wrong", case.name).into());
            }
            let bare = || turn(|| bare_hmac(black_box(SECRET), black_box(signed.policy), black_box(&tag)));
            let verify =
                || turn(|| verifier.verify(black_box(signed), black_box(NOW), black_box(&case.request)));
            let both = if random.below(2) == 0 {
                let first = bare();
                [first, verify()]
            } else {
                let first = verify();
                [bare(), first]
            };
            // The first round warms up.
            if round > 0 {
                times.push(both);
            }
        }
    }
    let rows = cases.iter().zip(&mut times).map(|(case, times)| {
        let ratio = spread(times.iter().map(|[bare, verify]| verify / bare).collect());
        Row {
            policy: case.name,
            bytes: case.signed.policy().len(),
            bare_ns: spread(times.iter().map(|[bare, _]| *bare).collect())[1],
            verify_ns: spread(times.iter().map(|[_, verify]| *verify).collect())[1],
            ratio,
            is_met: case.has_target.then_some(ratio[1] <= TARGET),
        }
    });
    Ok(Report { rounds, target: TARGET, rows: rows.collect() })
}

/// Nanoseconds of one of many, in one turn.
fn turn<T>(mut work: impl FnMut() -> T) -> f64 {
    let mut times = |count: u32| {
        let start = Instant::now();
        for _ in 0..count {
            black_box(work());
        }
        start.elapsed().as_secs_f64() * 1e9 / f64::from(count)
    };
    let once = times(8).max(1.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 8 and 100,000")]
    let count = (BATCH_NS / once).clamp(8.0, 100_000.0) as u32;
    (0..BATCHES).map(|_| times(count)).fold(f64::INFINITY, f64::min)
}

/// The least, the median and the most.
fn spread(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    match (values.first(), values.get(values.len() / 2), values.last()) {
        (Some(least), Some(median), Some(most)) => [*least, *median, *most],
        _ => [0.0; 3],
    }
}

impl Report {
    /// Whether no target is missed.
    pub(super) fn all_met(&self) -> bool {
        self.rows.iter().all(|row| row.is_met != Some(false))
    }

    pub(super) fn print(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(
            out,
            "{:<28} {:>6} {:>9} {:>10} {:>7} {:>16}",
            "policy", "bytes", "HMAC ns", "verify ns", "ratio", "between"
        )?;
        for row in &self.rows {
            let [least, median, most] = row.ratio;
            let verdict = match row.is_met {
                Some(true) => format!("  ✓ at most {}", self.target),
                Some(false) => format!("  ✗ at most {}", self.target),
                None => String::new(),
            };
            writeln!(
                out,
                "{:<28} {:>6} {:>9.0} {:>10.0} {median:>7.2} {:>16}{verdict}",
                row.policy,
                row.bytes,
                row.bare_ns,
                row.verify_ns,
                format!("{least:.2} to {most:.2}")
            )?;
        }
        writeln!(
            out,
            "{} rounds in turns, medians. The bare HMAC makes its key ready, reads the policy and compares; a ratio is that of one round.",
            self.rounds
        )
    }
}
