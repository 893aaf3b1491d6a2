//! Does the time that a wrong signature takes tell where it is wrong? Two classes of signatures → Welch's t.
//!
//! As in "Dude, is my code constant time?" (Reparaz, Balasch, Verbauwhede, 2017): each time one of two classes, drawn at random, is measured; long times, which are of what else the machine does, are cut off at many percentiles; for each cut, and for none, Welch's
//! t-test says how far the means of the two are apart, and the furthest counts. A class is made ready in the same place before the clock starts, so that its address tells nothing.
//!
//! | question | one class | the other |
//! | --- | --- | --- |
//! | first or last | wrong in its first digit alone | wrong in its last digit alone |
//! | fixed or random | wrong in its last digit alone | random digits |
//!
//! That nothing is found means something only beside a thing in which it is: the same questions are asked of a naive compare, alone and behind an HMAC.

use std::hint::black_box;
use std::io::{self, Write};
use std::time::Instant;

use guestlist_policy::SignedRef;
use serde::Serialize;

use super::cases::{self, NOW, SECRET};
use super::subjects::{naive_eq, naive_verify, signature};
use super::welch::{Sums, t};
use crate::workload::Random;

/// From here on it is a difference.
const DIFFERENT: f64 = 4.5;
/// From here on nobody doubts it, which is asked of the naive compares.
const CERTAIN: f64 = 10.0;

/// Calls in one measurement: a single compare is near what a clock can tell.
const BATCH: usize = 4;
/// At how many percentiles long times are cut off.
const CUTS: u32 = 100;
/// Measured first and thrown away.
const WARM_UP: usize = 2000;

#[derive(Serialize)]
pub(super) struct Report {
    samples: u32,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    subject: &'static str,
    question: &'static str,
    /// Whether it is there to be found.
    is_control: bool,
    median_ns: f64,
    t: f64,
    is_met: bool,
}

/// The two classes of a question.
#[derive(Clone, Copy)]
enum Question {
    FirstOrLast,
    FixedOrRandom,
}

impl Question {
    const ALL: [Question; 2] = [Question::FirstOrLast, Question::FixedOrRandom];

    fn words(self) -> &'static str {
        match self {
            Question::FirstOrLast => "first or last",
            Question::FixedOrRandom => "fixed or random",
        }
    }

    /// A wrong signature of a class. What makes it takes the same for both.
    fn sample(self, right: &[u8; 64], class: usize, random: &mut Random) -> [u8; 64] {
        let mut noise = [0; 64];
        for digits in noise.chunks_exact_mut(16) {
            let bits = random.bits();
            for (at, digit) in digits.iter_mut().enumerate() {
                *digit = b"0123456789abcdef"[usize::try_from(bits >> (4 * at) & 15).unwrap_or_default()];
            }
        }
        let classes = match self {
            Question::FirstOrLast => [wrong_at(right, 0), wrong_at(right, 63)],
            Question::FixedOrRandom => [wrong_at(right, 63), noise],
        };
        classes[class]
    }
}

/// Wrong in this one digit, which stays one of its kind: a number or a letter.
fn wrong_at(right: &[u8; 64], at: usize) -> [u8; 64] {
    let mut wrong = *right;
    wrong[at] = match wrong[at] {
        digit @ b'0'..=b'9' => digit ^ 1,
        // `a` is odd.
        letter => ((letter - 1) ^ 1) + 1,
    };
    wrong
}

/// Asks every subject every question.
pub(super) fn measure(samples: u32) -> Result<Report, Box<dyn std::error::Error>> {
    let verifier = cases::verifier()?;
    let cases = cases::cases()?;
    let case = cases.get(1).ok_or("no policy to verify")?;
    let policy = case.signed.policy().as_bytes();
    let right = signature(SECRET, policy);
    if case.signed.signature().as_bytes() != right {
        return Err("the signature is wrong".into());
    }
    let mut ours =
        |signature: &[u8]| verifier.verify(SignedRef { policy, signature }, NOW, &case.request).is_ok();
    let mut naive_hmac = |signature: &[u8]| naive_verify(SECRET, policy, signature);
    let mut naive = |signature: &[u8]| naive_eq(&right, signature);
    let mut rows = Vec::new();
    for question in Question::ALL {
        let subjects: [(&str, bool, Verify<'_>); 3] = [
            ("Verifier::verify", false, &mut ours),
            ("an HMAC and a naive compare", true, &mut naive_hmac),
            ("a naive compare alone", true, &mut naive),
        ];
        for (subject, is_control, verify) in subjects {
            if !verify(&right) {
                return Err(format!("{subject}: the answer is wrong").into());
            }
            let times = times(verify, &right, question, samples);
            let mut sorted: Vec<f64> = times.iter().map(|(_, time)| *time).collect();
            sorted.sort_by(f64::total_cmp);
            let t = furthest(&times, &sorted);
            rows.push(Row {
                subject,
                question: question.words(),
                is_control,
                median_ns: sorted.get(sorted.len() / 2).copied().unwrap_or_default(),
                t,
                is_met: if is_control { t > CERTAIN } else { t < DIFFERENT },
            });
        }
    }
    Ok(Report { samples, rows })
}

/// Says whether a signature is right.
type Verify<'v> = &'v mut dyn FnMut(&[u8]) -> bool;

/// Class and nanoseconds of a call, again and again.
fn times(verify: Verify<'_>, right: &[u8; 64], question: Question, samples: u32) -> Vec<(usize, f64)> {
    let mut random = Random(7);
    let mut times = Vec::new();
    let mut place = [0; 64];
    for at in 0..WARM_UP + usize::try_from(samples).unwrap_or_default() {
        let class = random.below(2);
        place.copy_from_slice(&question.sample(right, class, &mut random));
        let start = Instant::now();
        for _ in 0..BATCH {
            black_box(verify(black_box(&place)));
        }
        let time = start.elapsed().as_secs_f64() * 1e9;
        if at >= WARM_UP {
            times.push((class, time / BATCH as f64));
        }
    }
    times
}

/// The largest |t| of all cuts, and of none.
fn furthest(times: &[(usize, f64)], sorted: &[f64]) -> f64 {
    // Percentiles close together near the end, as the paper's program has them.
    let cuts = (1..=CUTS).map(|cut| {
        let part = 1.0 - 0.5_f64.powf(10.0 * f64::from(cut) / f64::from(CUTS));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a length")]
        let at = (part * sorted.len() as f64) as usize;
        sorted.get(at).copied().unwrap_or(f64::INFINITY)
    });
    let of = |cut: f64| {
        let mut sums = [Sums::default(); 2];
        for (class, time) in times.iter().filter(|(_, time)| *time <= cut) {
            sums[*class].push(*time);
        }
        t(sums).map_or(0.0, f64::abs)
    };
    cuts.chain([f64::INFINITY]).map(of).fold(0.0, f64::max)
}

impl Report {
    /// Whether our own is not told apart, and the controls are.
    pub(super) fn all_met(&self) -> bool {
        self.rows.iter().all(|row| row.is_met)
    }

    pub(super) fn print(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{:<28} {:<16} {:>9} {:>8}", "subject", "wrong: question", "median ns", "|t|")?;
        for row in &self.rows {
            let mark = if row.is_met { '✓' } else { '✗' };
            let target = if row.is_control {
                format!("above {CERTAIN}: it must be found here")
            } else {
                format!("below {DIFFERENT}")
            };
            writeln!(
                out,
                "{:<28} {:<16} {:>9.0} {:>8.1}  {mark} {target}",
                row.subject, row.question, row.median_ns, row.t
            )?;
        }
        writeln!(
            out,
            "{} measurements of {BATCH} calls each; |t| is the largest of {CUTS} cuts of the long times, and of none.",
            self.samples
        )
    }
}
