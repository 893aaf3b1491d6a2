//! Perfect hashing: each text at a place of its own, by a hash that is found beforehand.
//!
//! [`Fixed`] has so many places that a multiplier which takes no two texts to the same one is found by trying; that is for a few texts. [`Displaced`] is for any number: it puts texts into small buckets, each of
//! which has a displacement of its own, the largest buckets first (Belazzougui, Botelho, Dietzfelbinger: Hash, displace, and compress, 2009).
//!
//! Whoever writes the patterns can make two texts with the same sum, and then nothing is found. Every search gives up after a number of steps that is linear in the number of texts.

#![allow(clippy::cast_possible_truncation)] // Numbers are cut out of sums.

use super::fast::{Place, Tables, Texts};

/// A multiplier for each try: the golden ratio, and what comes of it. All are odd.
fn multipliers() -> impl Iterator<Item = u64> {
    let next = |last: &u64| Some(last.wrapping_mul(0x5851_f42d_4c95_7f2d));
    core::iter::successors(Some(0x9e37_79b9_7f4a_7c15), next)
}

/// A number of places that is known, so that nothing need be read to find one. A power of two, at most 64.
pub(crate) struct Fixed<const N: usize> {
    multipliers: [u64; 2],
    places: [[Place; N]; 2],
}

/// One multiplier in 900 does for thirty texts at sixty-four places.
const TRIES: usize = 400;

impl<const N: usize> Fixed<N> {
    /// The highest bits of a product, which depend on all of the sum.
    #[inline(always)]
    const fn number(sum: u64, multiplier: u64) -> usize {
        (sum.wrapping_mul(multiplier) >> (u64::BITS - N.trailing_zeros())) as usize
    }

    fn multiplier(sums: &[u64]) -> Option<u64> {
        // With fewer places hardly any does.
        if sums.len() > N / 2 {
            return None;
        }
        multipliers().take(TRIES).find(|multiplier| {
            let mut taken = 0u64;
            sums.iter().all(|sum| {
                let bit = 1 << Fixed::<N>::number(*sum, *multiplier);
                let is_free = taken & bit == 0;
                taken |= bit;
                is_free
            })
        })
    }
}

impl<const N: usize> Tables for Fixed<N> {
    fn new([whole, parents]: &[Texts; 2]) -> Option<Fixed<N>> {
        let multipliers = [Fixed::<N>::multiplier(&whole.sums)?, Fixed::<N>::multiplier(&parents.sums)?];
        let mut tables = Fixed { multipliers, places: [[Place::NOTHING; N]; 2] };
        for (table, texts) in [whole, parents].into_iter().enumerate() {
            for (sum, place) in texts.sums.iter().zip(&texts.places) {
                tables.places[table][Fixed::<N>::number(*sum, multipliers[table])] = *place;
            }
        }
        Some(tables)
    }

    #[inline(always)]
    fn place(&self, table: usize, sum: u64) -> &Place {
        &self.places[table][Fixed::<N>::number(sum, self.multipliers[table])]
    }
}

/// As many places as are needed, one table behind the other.
pub(crate) struct Displaced {
    hashes: [Hash; 2],
    places: Box<[Place]>,
}

/// The upper half of a product, times a displacement that some of its bits choose, scaled to the number of places.
struct Hash {
    multiplier: u64,
    /// The first place.
    start: usize,
    places: u32,
    /// For each bucket an odd factor; a power of two.
    displacements: Box<[u16]>,
}

/// Texts in a bucket, on average between this and its half.
const BUCKET: usize = 4;
/// Multipliers that are tried.
const HASHES: usize = 8;
/// Looks at a place, for each text and multiplier.
const LOOKS: usize = 256;

impl Displaced {
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.places)
            + self.hashes.iter().map(|hash| size_of_val(&*hash.displacements)).sum::<usize>()
    }
}

impl Tables for Displaced {
    fn new([whole, parents]: &[Texts; 2]) -> Option<Displaced> {
        let first = Hash::find(0, &whole.sums)?;
        let second = Hash::find(first.places as usize, &parents.sums)?;
        let mut places = vec![Place::NOTHING; second.start + second.places as usize];
        for (hash, texts) in [(&first, whole), (&second, parents)] {
            for (sum, place) in texts.sums.iter().zip(&texts.places) {
                places[hash.place(*sum)] = *place;
            }
        }
        Some(Displaced { hashes: [first, second], places: places.into() })
    }

    #[inline(always)]
    fn place(&self, table: usize, sum: u64) -> &Place {
        // There always is one.
        self.places.get(self.hashes[table].place(sum)).unwrap_or(const { &Place::NOTHING })
    }
}

impl Hash {
    /// One that takes no two of these to the same place.
    fn find(start: usize, sums: &[u64]) -> Option<Hash> {
        let places = u32::try_from(sums.len() + sums.len() / 3 + 1).ok()?;
        let buckets = (sums.len() / BUCKET + 1).next_power_of_two();
        multipliers().take(HASHES).find_map(|multiplier| {
            let mut hash = Hash { multiplier, start, places, displacements: vec![0; buckets].into() };
            hash.settle(sums).then_some(hash)
        })
    }

    #[inline(always)]
    fn place(&self, sum: u64) -> usize {
        let product = sum.wrapping_mul(self.multiplier);
        // A mask is less than a power of two.
        let displacement = self.displacements.get(self.bucket(product)).copied().unwrap_or_default();
        self.start + self.displaced(product, displacement)
    }

    #[inline(always)]
    fn bucket(&self, product: u64) -> usize {
        (product >> 32) as usize & self.displacements.len().wrapping_sub(1)
    }

    #[inline(always)]
    fn displaced(&self, product: u64, displacement: u16) -> usize {
        let displaced = product.wrapping_mul(displacement.into()) >> 32;
        ((displaced * u64::from(self.places)) >> 32) as usize
    }

    /// Finds the displacements; whether there are any.
    fn settle(&mut self, sums: &[u64]) -> bool {
        let mut products: Vec<u64> = sums.iter().map(|sum| sum.wrapping_mul(self.multiplier)).collect();
        products.sort_unstable_by_key(|product| self.bucket(*product));
        let mut buckets: Vec<&[u64]> =
            products.chunk_by(|one, other| self.bucket(*one) == self.bucket(*other)).collect();
        buckets.sort_by_key(|bucket| core::cmp::Reverse(bucket.len()));
        let mut taken = vec![false; self.places as usize];
        let mut looks = LOOKS * sums.len() + usize::from(u16::MAX);
        for bucket in buckets {
            let found = (1..=u16::MAX).step_by(2).find(|displacement| {
                looks = looks.saturating_sub(bucket.len());
                looks == 0 || self.take(bucket, *displacement, &mut taken)
            });
            match found {
                Some(displacement) if looks > 0 => self.displacements[self.bucket(bucket[0])] = displacement,
                _ => return false,
            }
        }
        true
    }

    /// Takes the places of a bucket with this displacement, if all are free.
    fn take(&self, bucket: &[u64], displacement: u16, taken: &mut [bool]) -> bool {
        let place = |product: &u64| self.displaced(*product, displacement);
        for (number, product) in bucket.iter().enumerate() {
            if core::mem::replace(&mut taken[place(product)], true) {
                bucket[..number].iter().for_each(|product| taken[place(product)] = false);
                return false;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As good as random.
    fn sums(count: usize) -> Vec<u64> {
        let mixed = |state: u64| {
            let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb)
        };
        (1..).map(|number: u64| mixed(number.wrapping_mul(0x9e37_79b9_7f4a_7c15))).take(count).collect()
    }

    fn are_at_places_of_their_own<T: Tables>(counts: [usize; 2]) {
        let texts = |from: usize, count: usize| {
            let sums: Vec<u64> = sums(from + count).split_off(from);
            let places = sums.iter().map(|sum| Place::for_test(*sum)).collect();
            Texts { sums, places }
        };
        let texts = [texts(0, counts[0]), texts(9999, counts[1])];
        let tables = T::new(&texts).unwrap_or_else(|| panic!("{counts:?}"));
        for (table, texts) in texts.iter().enumerate() {
            for (sum, place) in texts.sums.iter().zip(&texts.places) {
                assert_eq!(tables.place(table, *sum), place);
            }
        }
        // There is a place for any other, too.
        sums(9999).iter().for_each(|sum| assert!(tables.place(0, !sum) != &Place::for_test(!sum)));
    }

    #[test]
    fn every_text_is_at_a_place_of_its_own() {
        for count in 0..=8 {
            are_at_places_of_their_own::<Fixed<16>>([count, 8 - count]);
        }
        for count in 0..=20 {
            are_at_places_of_their_own::<Fixed<64>>([count, 20 - count]);
        }
        for count in (0..100).chain([1000, 20_000, 200_000]) {
            are_at_places_of_their_own::<Displaced>([count, count / 7]);
        }
    }

    #[test]
    fn the_same_sum_twice_ends_every_search() {
        let texts = |mut sums: Vec<u64>| {
            sums.push(sums[0]);
            let places = sums.iter().map(|sum| Place::for_test(*sum)).collect();
            [Texts { sums, places }, Texts::default()]
        };
        assert!(Fixed::<16>::new(&texts(sums(2))).is_none());
        assert!(Fixed::<64>::new(&texts(sums(9))).is_none());
        assert!(Fixed::<64>::new(&texts(sums(64))).is_none());
        assert!(Displaced::new(&texts(sums(1))).is_none());
        assert!(Displaced::new(&texts(sums(1000))).is_none());
        assert!(Displaced::new(&texts(vec![3; 100_000])).is_none());
    }
}
