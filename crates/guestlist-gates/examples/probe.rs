//! scratch
#![allow(clippy::print_stdout, clippy::unwrap_used)]
#[path = "million/workload.rs"]
mod workload;
use guestlist::*;
use guestlist_gates::*;
use std::hint::black_box;
use std::time::Instant;
fn main() {
    let n = 100_000u64;
    let gates = Gates::new(Settings::default());
    let mut packs = Vec::new();
    for a in 0..n {
        let g = workload::gate(a);
        packs.push(g.pack());
        gates.insert(workload::key(a), g).unwrap();
        gates.get(workload::key(a)).unwrap();
    }
    let mut random = workload::Random(42);
    let reqs: Vec<(u64, String, Vec<u8>)> = (0..1 << 17)
        .map(|_| {
            let a = random.bits() % n;
            (a, workload::key(a), format!("https://{}", workload::host(a, &mut random)).into_bytes())
        })
        .collect();
    let h: Vec<_> =
        reqs.iter().map(|(a, k, o)| (*a as usize, k.as_str(), RequestHeaders::new().origin(o))).collect();
    let t = |name: &str, f: &mut dyn FnMut()| {
        for _ in 0..5 {
            let s = Instant::now();
            f();
            println!("{name} {:.1}", s.elapsed().as_nanos() as f64 / h.len() as f64);
        }
    };
    println!("PackedGate {}", size_of::<PackedGate>());
    t("packed vec decide", &mut || {
        for (a, _, r) in &h {
            black_box(packs[*a].decide(ListType::Upload, r));
        }
    });
    t("packed vec prefetch decide", &mut || {
        for (a, _, r) in &h {
            packs[*a].prefetch(ListType::Upload);
            black_box(packs[*a].decide(ListType::Upload, r));
        }
    });
    t("packed one decide", &mut || {
        for (_, _, r) in &h {
            black_box(packs[7].decide(ListType::Upload, r));
        }
    });
    t("gates one decide", &mut || {
        for (_, _, r) in &h {
            black_box(gates.decide(h[7].1, ListType::Upload, r));
        }
    });
    t("contains", &mut || {
        for (_, k, _) in &h {
            black_box(gates.contains(k));
        }
    });
    t("get", &mut || {
        for (_, k, _) in &h {
            black_box(gates.get(k));
        }
    });
    t("decide", &mut || {
        for (_, k, r) in &h {
            black_box(gates.decide(k, ListType::Upload, r));
        }
    });
    let mut rd = gates.reader();
    t("reader decide", &mut || {
        for (_, k, r) in &h {
            black_box(rd.decide(k, ListType::Upload, r));
        }
    });
    let b: Vec<_> = h.iter().map(|x| (x.1, x.2)).collect();
    t("many", &mut || {
        gates.decide_many(&b, ListType::Upload, |d| {
            black_box(d);
        })
    });
    t("reader many", &mut || {
        rd.decide_many(&b, ListType::Upload, |d| {
            black_box(d);
        })
    });
    let s = std::collections::hash_map::RandomState::new();
    t("hash", &mut || {
        for (_, k, _) in &h {
            use std::hash::*;
            let mut x = s.build_hasher();
            x.write(k.as_bytes());
            black_box(x.finish());
        }
    });
    println!(
        "{}",
        std::fs::read_to_string("/proc/self/smaps_rollup")
            .unwrap()
            .lines()
            .filter(|l| l.contains("Rss") || l.contains("AnonHuge"))
            .collect::<Vec<_>>()
            .join(" ")
    );
    if std::env::args().len() > 1 {
        println!("start");
        let s = Instant::now();
        while s.elapsed().as_secs() < 12 {
            rd.decide_many(&b, ListType::Upload, |d| {
                black_box(d);
            });
        }
    }
}
