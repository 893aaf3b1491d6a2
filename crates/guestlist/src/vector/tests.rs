use super::*;

/// Inputs of every length, with every byte value, in every place.
fn texts() -> Vec<Vec<u8>> {
    let mut state = 1u64;
    let mut next = move || {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (state >> 33) as usize
    };
    let host = b"abcxyzABCXYZ0189-_..";
    let mut texts = Vec::new();
    for len in 0..=130 {
        for kind in 0..6 {
            texts.push(
                (0..len)
                    .map(|_| if kind < 4 { host[next() % host.len()] } else { next().to_le_bytes()[0] })
                    .collect(),
            );
        }
    }
    texts.extend((0..=255u8).map(|byte| vec![byte; 70]));
    texts.extend((0..=255u8).map(|byte| vec![byte; 20]));
    texts
}

/// What every operation says of a text; slowly, byte by byte.
fn expected(text: &[u8]) -> (u64, Classes) {
    let mut dots = 0;
    for (index, byte) in text.iter().rev().take(LONG).enumerate() {
        dots |= u64::from(*byte | FOLD == b'.') << (63 - index);
    }
    let class = |test: fn(u8) -> bool| {
        text.iter().take(64).enumerate().fold(0, |bits, (at, byte)| bits | u64::from(test(*byte)) << at)
    };
    let classes = Classes {
        host: class(|byte| crate::host::is_label_byte(byte) || byte == b'.'),
        dots: class(|byte| byte == b'.'),
        hyphens: class(|byte| byte == b'-'),
        digits: class(|byte| byte.is_ascii_digit()),
    };
    (dots, classes)
}

struct All<'t> {
    texts: &'t [Vec<u8>],
}

type Results = Vec<(u64, [Hash; 2], u32, u32, [bool; 2])>;

impl All<'_> {
    /// The results of the operations on frames; those that can be said without them are compared here.
    fn frames<F: Frames>(&self, v: F) -> Results {
        let mut all = Vec::new();
        for (index, text) in self.texts.iter().enumerate() {
            let frame = v.frame(text);
            let mut bytes = [0; LONG];
            let len = text.len().min(LONG);
            bytes[LONG - len..].copy_from_slice(&text[text.len() - len..]);
            let keep = suffix::<F>(index % (F::SIZE + 2));
            let end = v.end_of(&bytes);
            assert_eq!(v.hashes(frame, keep, [3, 4]), v.hashes(end, keep, [3, 4]));
            assert!(v.same(frame, end, suffix::<F>(F::SIZE)));
            let mut other = bytes;
            other[LONG - F::SIZE + index % F::SIZE] ^= 1;
            let other = v.end_of(&other);
            // Differs in one byte.
            assert_eq!(v.same(frame, other, keep), keep >> (index % F::SIZE) & 1 == 0);
            let tag = u16::from_le_bytes([bytes[62], bytes[63]]);
            let dots = v.dots(frame);
            assert_eq!(dots, expected(text).0 >> (64 - F::SIZE), "{}", text.escape_ascii());
            let same = v.same(v.frame(&self.texts[index / 2]), frame, keep);
            let [whole, parent] = v.hashes(frame, keep, [0, 1]);
            let mut line = bytes;
            line[6..8].copy_from_slice(&whole.tag().to_le_bytes());
            line[38..40].copy_from_slice(&parent.tag().to_le_bytes());
            let found = [v.look_up(frame, keep, &line, 1 << 19), v.look_up(frame, keep, &line, 1 << 3)];
            assert_eq!(found[0] & (1 << 19 | 1 << 3), 1 << 19 | 1 << 3);
            let hashes = v.hashes(frame, keep, [3, 4]);
            all.push((dots, hashes, v.tags(&bytes, tag), found[1], [same, v.same(other, frame, keep)]));
        }
        all
    }
}

impl Work for All<'_> {
    type Output = [Results; 2];

    fn run<V: Vector>(self, v: V) -> Self::Output {
        for text in self.texts {
            assert_eq!(v.classes(text), expected(text).1, "{}", text.escape_ascii());
            if text.len() <= SHORT {
                let (frame, classes) = v.inspect(text);
                assert!(v.short().same(frame, v.short().frame(text), suffix::<V::Short>(SHORT)));
                let Classes { host, dots, hyphens, digits } = expected(text).1;
                let right = |bits: u64| bits << (SHORT - text.len());
                let right = Classes {
                    host: right(host),
                    dots: right(dots),
                    hyphens: right(hyphens),
                    digits: right(digits),
                };
                assert_eq!(classes, right, "{}", text.escape_ascii());
            }
            for len in 0..=text.len().min(SHORT) {
                let mut folded = [FOLD; SHORT];
                let end = &text[text.len() - len..];
                folded[SHORT - len..].iter_mut().zip(end).for_each(|(to, byte)| *to |= byte);
                let kept = v.short().kept(v.short().frame(text), suffix::<V::Short>(len));
                assert_eq!(v.differs(kept, &folded), 0, "{len} of {}", text.escape_ascii());
                folded[len % SHORT] ^= 1;
                assert_ne!(v.differs(kept, &folded), 0, "{len} of {}", text.escape_ascii());
            }
        }
        [self.frames(v.short()), self.frames(v.long())]
    }
}

/// Every set that can be run: those of the machine, and NEON, emulated if need be.
fn levels() -> impl Iterator<Item = Level> {
    let emulated = (!Simd::Neon.is_available()).then_some(Level(Simd::Neon));
    Simd::available().map(Simd::level).chain(emulated)
}

#[test]
fn every_instruction_set_gives_the_same_results() {
    let texts = texts();
    let portable = All { texts: &texts }.run(Portable);
    for level in levels() {
        assert!(level.run(All { texts: &texts }) == portable, "{}", level.simd().as_str());
    }
}

#[test]
fn tags_are_found_wherever_they_stand() {
    let found = |v: fn(&[u8; LONG], u16) -> u32| {
        for place in 0..32 {
            for tag in [0, 1, 0x0100, 0x8000, 0x7fff, 0xffff] {
                let mut line = [0x55; LONG];
                line[2 * place..2 * place + 2].copy_from_slice(&u16::to_le_bytes(tag));
                assert_eq!(v(&line, tag), 1 << place);
                assert_eq!(v(&line, tag ^ 0x100), 0);
            }
            assert_eq!(v(&[7; LONG], 0x0707), u32::MAX);
        }
    };
    struct Tags<'l>(&'l [u8; LONG], u16);
    impl Work for Tags<'_> {
        type Output = u32;
        fn run<V: Vector>(self, v: V) -> u32 {
            let tags = v.short().tags(self.0, self.1);
            assert_eq!(v.long().tags(self.0, self.1), tags);
            tags
        }
    }
    found(|line, tag| Simd::Portable.level().run(Tags(line, tag)));
    found(|line, tag| Simd::Avx2.level().run(Tags(line, tag)));
    found(|line, tag| Level(Simd::Neon).run(Tags(line, tag)));
    found(|line, tag| Level::best().run(Tags(line, tag)));
}

#[test]
fn a_suffix_is_its_length() {
    fn check<F: Frames>(_: F) {
        for len in 0..=F::SIZE {
            let keep = suffix::<F>(len) << (64 - F::SIZE);
            assert_eq!((keep.count_ones() as usize, keep.leading_ones() as usize), (len, len));
        }
        assert_eq!(suffix::<F>(F::SIZE + 1), suffix::<F>(F::SIZE));
        assert_eq!(behind_first::<F>(0), 0);
        assert_eq!(behind_first::<F>(1 << (F::SIZE - 1) | 1 << (F::SIZE - 3)), suffix::<F>(2));
        assert_eq!(behind_first::<F>(1 << (F::SIZE - 1)), 0);
    }
    check(Portable.short());
    check(Portable.long());
}

/// What is in front of a text adds nothing, so that entries are found whatever frame a host needs.
#[test]
fn a_hash_is_the_same_in_either_frame() {
    let (short, long) = (Portable.short(), Portable.long());
    for text in texts().iter().filter(|text| text.len() <= SHORT) {
        let hash = long.hashes(long.frame(text), suffix::<<Portable as Vector>::Long>(5), [0, 1]);
        assert_eq!(short.hashes(short.frame(text), suffix::<<Portable as Vector>::Short>(5), [0, 1]), hash);
        assert_eq!(Portable::hash(text, 0), hash[0]);
    }
}

#[test]
fn what_the_machine_lacks_is_replaced() {
    for simd in Simd::ALL {
        let level = simd.level().simd();
        assert!(level == simd || !simd.is_available());
        assert!(level.is_available());
    }
    for simd in Simd::available() {
        assert_eq!(simd.level().simd(), simd);
    }
    assert_eq!(Simd::Portable.level().simd(), Simd::Portable);
    assert_eq!(Simd::best(), Level::best().simd());
}

/// NEON is part of AArch64, and of nothing else.
#[test]
fn aarch64_has_neon() {
    let neon = cfg!(all(target_arch = "aarch64", target_endian = "little"));
    assert_eq!(Simd::Neon.is_available(), neon);
    for simd in [Simd::Neon, Simd::Avx2, Simd::Avx512] {
        assert_eq!(simd.level().simd() == Simd::Neon, neon, "{}", simd.as_str());
    }
}
