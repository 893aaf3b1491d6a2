//! Prints what a million apps cost: memory, building, look-ups single and in batches, replacing under a reader; next to a map of sets.
//!
//! `cargo run --release -p guestlist-gates --example million [apps [dormant-first]]`: gates are packed as they are inserted, or by first use.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

mod peer;
mod workload;

use std::hint::black_box;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use guestlist::{ListType, RequestHeaders};
use guestlist_gates::{Gates, Settings};

use crate::peer::Peer;
use crate::workload::Random;

/// Requests of a round, and rounds.
const REQUESTS: usize = 1 << 17;
const ROUNDS: usize = 15;
/// Apps inserted at once.
const AT_ONCE: usize = 1024;

fn main() {
    let apps: u64 = std::env::args().nth(1).map_or(1_000_000, |apps| apps.parse().unwrap());
    let dormant_first = std::env::args().any(|argument| argument == "dormant-first");
    let gates = Gates::new(Settings::default().pack_early(!dormant_first));
    let headers = RequestHeaders::new().origin(b"https://example.com");

    println!("{apps} apps of two lists of twenty patterns, keys of 22 characters");
    let (mut made, mut inserted) = (Duration::ZERO, Duration::ZERO);
    let before = resident();
    for first in (0..apps).step_by(AT_ONCE) {
        let some = first..apps.min(first + AT_ONCE as u64);
        let make = |app| (workload::key(app), workload::gate(app));
        let (time, batch) = timed(|| some.map(make).collect::<Vec<_>>());
        made += time;
        inserted += timed(|| gates.insert_many(batch).unwrap()).0;
    }
    println!("made        {:>9.0} apps/s, parsed and checked, not counted below", per_second(apps, made));
    let form = if dormant_first { "dormant" } else { "packed" };
    println!("inserted    {:>9.0} apps/s, {AT_ONCE} at once, {form}", per_second(apps, inserted));
    if dormant_first {
        println!("dormant     {:>9} MiB resident, {:?}", (resident() - before) >> 20, gates.usage());
        let packed = pack(&gates, 0..apps, &headers);
        println!("packed      {:>9.0} apps/s, by first use", per_second(apps, packed));
    }
    println!("packed      {:>9} MiB resident, {:?}", (resident() - before) >> 20, gates.usage());

    let before = resident();
    let mut peer = Peer::default();
    (0..apps).for_each(|app| peer.insert(app));
    println!("map of sets {:>9} MiB resident", (resident() - before) >> 20);

    compare(apps, &gates, &peer);
    drop(peer);
    replace_under_a_reader(apps, &gates);
}

/// Asks these apps for the first time.
fn pack(gates: &Gates, apps: Range<u64>, headers: &RequestHeaders<'_>) -> Duration {
    let mut time = Duration::ZERO;
    for app in apps {
        let key = workload::key(app);
        time += timed(|| black_box(gates.decide(&key, ListType::Upload, headers))).0;
    }
    time
}

/// The same requests to random apps, in rounds that take turns.
fn compare(apps: u64, gates: &Gates, peer: &Peer) {
    let mut random = Random(42);
    let requests: Vec<(String, Vec<u8>)> = requests(apps, &mut random);
    let with_headers = with_headers(&requests);

    let expected: Vec<_> = requests.iter().map(|(key, origin)| peer.lets_through(key, origin)).collect();
    let mut at = 0;
    gates.decide_many(&with_headers, ListType::Upload, |decision| {
        assert_eq!(decision.map(|decision| decision.lets_through()), expected[at]);
        at += 1;
    });

    let mut reader = gates.reader();
    let mut times: [Vec<f64>; 6] = Default::default();
    let mut unknown = Vec::new();
    for _ in 0..ROUNDS {
        times[0].push(nanoseconds(|| {
            requests.iter().filter(|(key, origin)| peer.lets_through(key, origin) == Some(true)).count()
        }));
        times[1].push(nanoseconds(|| through_single(gates, &with_headers)));
        times[2].push(nanoseconds(|| through_chunks(gates, &with_headers, 16)));
        times[3].push(nanoseconds(|| {
            let is_through = |(key, headers): &&(&str, RequestHeaders<'_>)| {
                let decision = reader.decide(key, ListType::Upload, headers);
                decision.is_some_and(|decision| decision.lets_through())
            };
            with_headers.iter().filter(is_through).count()
        }));
        times[4].push(nanoseconds(|| {
            let mut through = 0;
            for chunk in with_headers.chunks(16) {
                reader.decide_many(chunk, ListType::Upload, |decision| {
                    through += usize::from(decision.is_some_and(|decision| decision.lets_through()));
                });
            }
            through
        }));
        times[5].push(nanoseconds(|| {
            let through = with_headers.iter().filter(|(key, _)| gates.contains(key));
            through.count()
        }));
        unknown.push(nanoseconds(|| {
            let headers = RequestHeaders::new().origin(b"https://example.com");
            let is_known =
                |(key, _): &&(String, _)| gates.decide(&key[..21], ListType::Upload, &headers).is_some();
            requests.iter().filter(is_known).count()
        }));
    }
    let [peer, single, batch, reader, reader_batch, known] = times.map(median);
    println!("map of sets, single      {peer:>7.1} ns a check");
    for (name, time) in [
        ("gates, single            ", single),
        ("gates, sixteen at once   ", batch),
        ("a reader, single         ", reader),
        ("a reader, sixteen at once", reader_batch),
        ("gates, known keys alone  ", known),
    ] {
        println!("{name}{time:>7.1} ns, {:.1} times as fast", peer / time);
    }
    println!("gates, unknown keys     {:>7.1} ns", median(unknown));
}

/// The median time of a check while another thread replaces a thousand gates a second, and while none does, in rounds that take turns.
fn replace_under_a_reader(apps: u64, gates: &Gates) {
    let mut random = Random(43);
    let requests: Vec<(String, Vec<u8>)> = requests(apps, &mut random);
    let with_headers = with_headers(&requests);
    let news: Vec<_> = (0..4096)
        .map(|_| random.bits() % apps)
        .map(|app| (workload::key(app), workload::gate(app)))
        .collect();

    let (stop, pause) = (AtomicBool::new(false), AtomicBool::new(true));
    std::thread::scope(|threads| {
        let writer = threads.spawn(|| {
            let (mut replaced, mut longest) = (0_u32, Duration::ZERO);
            let mut next = Instant::now();
            for (key, gate) in news.iter().cycle() {
                while pause.load(Relaxed) && !stop.load(Relaxed) {
                    std::thread::sleep(Duration::from_micros(200));
                    next = Instant::now();
                }
                if stop.load(Relaxed) {
                    break;
                }
                let (time, is_known) = timed(|| gates.replace(key, gate.clone()));
                assert!(is_known);
                longest = longest.max(time);
                replaced += 1;
                next += Duration::from_millis(1);
                std::thread::sleep(next.saturating_duration_since(Instant::now()));
            }
            (replaced, longest)
        });
        let mut times: [[Vec<f64>; 2]; 2] = Default::default();
        let mut written = Duration::ZERO;
        for round in 0..20 {
            let is_written = round % 2;
            pause.store(is_written == 0, Relaxed);
            std::thread::sleep(Duration::from_millis(5));
            let (time, ()) = timed(|| {
                for _ in 0..4 {
                    each_check(gates, &with_headers, &mut times[is_written][0]);
                    times[is_written][1].push(nanoseconds(|| through_single(gates, &with_headers)));
                }
            });
            written += if is_written == 1 { time } else { Duration::ZERO };
        }
        stop.store(true, Relaxed);
        let (replaced, longest) = writer.join().unwrap();
        let [[quiet, quiet_round], [busy, busy_round]] = times.map(|kinds| kinds.map(median));
        println!(
            "replaced {:.0} gates a second, the slowest in {longest:.1?}",
            f64::from(replaced) / written.as_secs_f64()
        );
        println!(
            "single check, median of each alone, the clock included: {quiet:.0} ns, while gates are replaced {busy:.0} ns ({:+.1} %)",
            (busy / quiet - 1.0) * 100.0
        );
        println!(
            "single check, median of rounds: {quiet_round:.1} ns, while gates are replaced {busy_round:.1} ns ({:+.1} %)",
            (busy_round / quiet_round - 1.0) * 100.0
        );
    });
}

fn requests(apps: u64, random: &mut Random) -> Vec<(String, Vec<u8>)> {
    let request = |_| {
        let app = random.bits() % apps;
        (workload::key(app), format!("https://{}", workload::host(app, random)).into_bytes())
    };
    (0..REQUESTS).map(request).collect()
}

fn with_headers(requests: &[(String, Vec<u8>)]) -> Vec<(&str, RequestHeaders<'_>)> {
    requests.iter().map(|(key, origin)| (key.as_str(), RequestHeaders::new().origin(origin))).collect()
}

fn through_single(gates: &Gates, requests: &[(&str, RequestHeaders<'_>)]) -> usize {
    let is_through = |(key, headers): &&(&str, RequestHeaders<'_>)| {
        gates.decide(key, ListType::Upload, headers).is_some_and(|decision| decision.lets_through())
    };
    requests.iter().filter(is_through).count()
}

fn through_chunks(gates: &Gates, requests: &[(&str, RequestHeaders<'_>)], size: usize) -> usize {
    let mut through = 0;
    for chunk in requests.chunks(size) {
        gates.decide_many(chunk, ListType::Upload, |decision| {
            through += usize::from(decision.is_some_and(|decision| decision.lets_through()));
        });
    }
    through
}

/// Times one check after the other.
fn each_check(gates: &Gates, requests: &[(&str, RequestHeaders<'_>)], times: &mut Vec<f64>) {
    for (key, headers) in requests {
        let (time, decision) = timed(|| gates.decide(key, ListType::Upload, headers));
        black_box(decision);
        times.push(time.as_secs_f64() * 1e9);
    }
}

fn timed<R>(work: impl FnOnce() -> R) -> (Duration, R) {
    let start = Instant::now();
    let result = work();
    (start.elapsed(), result)
}

/// Nanoseconds for each of the requests of a round.
fn nanoseconds(work: impl FnOnce() -> usize) -> f64 {
    let (time, count) = timed(work);
    black_box(count);
    time.as_secs_f64() * 1e9 / REQUESTS as f64
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

/// Bytes of memory that the process has, where the system tells.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    status.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}
