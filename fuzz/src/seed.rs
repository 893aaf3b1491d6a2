//! Inputs from a number: the same on every machine.

use std::path::Path;
use std::{fs, io};

/// What is put into an input to change it: what means something in a pattern or a header.
const DICTIONARY: &[&[u8]] = &[
    b"*",
    b"?",
    b".",
    b":",
    b"{",
    b"}",
    b",",
    b"[",
    b"]",
    b"-",
    b"_",
    b"a",
    b"A",
    b"0",
    b"/",
    b"@",
    b"(",
    b"80",
    b"xn--",
    b"https://",
    b"\xc3\xbc",
    b"\xe3\x80\x82",
    b" ",
    b"\0",
    b"\xff",
];

/// Numbers by SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or_default()
    }
}

/// So many inputs of a property: in turn random bytes, and one of these inputs with a few changes.
pub fn inputs(committed: &[Vec<u8>], count: u64) -> impl Iterator<Item = Vec<u8>> {
    (0..count).map(|seed| {
        let mut numbers = Numbers(seed);
        if committed.is_empty() || seed % 2 == 0 {
            return (0..128).flat_map(|_| numbers.next().to_le_bytes()).collect();
        }
        let mut input = committed[numbers.below(committed.len())].clone();
        for _ in 0..=numbers.below(3) {
            let at = numbers.below(input.len() + 1);
            match numbers.below(4) {
                0 if at < input.len() => drop(input.remove(at)),
                1 if at < input.len() => input[at] = numbers.next().to_le_bytes()[0],
                _ => {
                    let word = DICTIONARY[numbers.below(DICTIONARY.len())];
                    input.splice(at..at, word.iter().copied());
                }
            }
        }
        input
    })
}

/// A number from an environment variable, or this one where it is not set.
///
/// # Panics
///
/// If it is set to something else: a long campaign must not become a short one without a word.
#[expect(clippy::panic, reason = "for tests, whose failures are panics")]
pub fn setting(variable: &str, default: u64) -> u64 {
    let Ok(text) = std::env::var(variable) else { return default };
    let number = text.parse().ok().filter(|number| *number > 0);
    number.unwrap_or_else(|| {
        panic!("{variable}={text}: write a whole number in plain digits, such as {variable}=1000000")
    })
}

/// A short name for a lot of data (FNV-1a), so that a snapshot changes when one byte of it does.
pub fn fingerprint(bytes: impl IntoIterator<Item = u8>) -> u64 {
    let next = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, next)
}

/// The inputs of a property that are committed in a folder, `corpus` or `crashes`, in the order of their names.
///
/// # Errors
///
/// A file cannot be read.
pub fn committed(folder: &str, property: &str) -> io::Result<Vec<Vec<u8>>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(property);
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    paths.iter().map(fs::read).collect()
}
