//! The port of a written-out alternative: up to five sets of digits, with stars around them, in one number.

use crate::pattern::ast::Symbols;
use crate::pattern::{Unit, UnitKind};

/// A glob over the digits of a port.
///
/// Ten bits for the digits of each place, from the lowest; then a bit for each place with a star in front and one for a star at the end; then the number of places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PortGlob(u64);

const PLACES: usize = 5;
const DIGITS: usize = 10;
const STARS: usize = PLACES * DIGITS;
const COUNT: usize = STARS + PLACES + 1;
/// Bits that a glob takes.
pub(super) const BITS: usize = COUNT + 3;

impl PortGlob {
    /// The glob of the units behind the colon; `None` if every text it matches is longer than a port.
    pub(super) fn new(units: &[Unit<'_>]) -> Option<PortGlob> {
        let mut places: Vec<u64> = Vec::with_capacity(PLACES);
        let mut stars = 0;
        for unit in units {
            match unit.kind {
                UnitKind::Star if places.len() <= PLACES => stars |= 1u64 << places.len(),
                UnitKind::Star => {}
                UnitKind::Question => places.push(Symbols::DIGITS.digits()),
                UnitKind::One(symbols) => places.push(symbols.digits()),
                UnitKind::Literal(literal) => {
                    places.extend(literal.ascii.bytes().map(|byte| Symbols::of(byte).digits()));
                }
                UnitKind::Dot | UnitKind::Colon | UnitKind::Ipv6(_) => return None,
            }
        }
        PortGlob::pack(&places, stars)
    }

    /// The glob of a number as people write it.
    pub(super) fn of_digits(digits: &[u8]) -> Option<PortGlob> {
        let mut places = [0; PLACES];
        let places = places.get_mut(..digits.len())?;
        for (place, digit) in places.iter_mut().zip(digits) {
            *place = Symbols::of(*digit).digits();
        }
        PortGlob::pack(places, 0)
    }

    fn pack(places: &[u64], stars: u64) -> Option<PortGlob> {
        let count = u64::try_from(places.len()).ok().filter(|_| places.len() <= PLACES)?;
        let digits = places.iter().rev().fold(0, |glob, place| glob << DIGITS | place);
        Some(PortGlob(digits | stars << STARS | count << COUNT))
    }

    /// The port, if it matches only one.
    pub(super) fn only(self) -> Option<u16> {
        if self.0 >> STARS & ((1 << (PLACES + 1)) - 1) != 0 {
            return None;
        }
        let count = (self.0 >> COUNT) as usize;
        (0..count).try_fold(0u16, |port, place| {
            let digits = self.0 >> (place * DIGITS) & ((1 << DIGITS) - 1);
            let digit = u16::try_from(digits.trailing_zeros()).ok()?;
            if digits.count_ones() == 1 { port.checked_mul(10)?.checked_add(digit) } else { None }
        })
    }

    pub(super) fn bits(self) -> u64 {
        self.0
    }

    pub(super) fn from_bits(bits: u64) -> PortGlob {
        PortGlob(bits & ((1 << BITS) - 1))
    }

    /// True if there is a port and it matches.
    pub(super) fn matches(self, port: Option<u16>) -> bool {
        let Some(port) = port else { return false };
        // Bit n: the first n places are matched.
        let mut states = 1u64;
        let stars = self.0 >> STARS & ((1 << (PLACES + 1)) - 1);
        let mut unit = match port {
            0..10 => 1,
            10..100 => 10,
            100..1000 => 100,
            1000..10_000 => 1000,
            _ => 10_000,
        };
        while unit > 0 {
            let digit = port / unit % 10;
            // The bit of this digit in every place.
            let places = self.0 >> digit;
            let fits = (0..PLACES).fold(0, |fits, place| fits | (places >> (place * DIGITS) & 1) << place);
            states = (states & fits) << 1 | states & stars;
            unit /= 10;
        }
        states >> (self.0 >> COUNT) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Pattern;
    use crate::pattern::for_each_alternative;

    /// The globs of all alternatives of a port.
    fn globs(port: &str) -> Vec<PortGlob> {
        let pattern = Pattern::parse(&format!("a.b:{port}")).unwrap();
        let mut globs = Vec::new();
        let all: Result<(), ()> = for_each_alternative(&pattern.ast().nodes, |units| {
            let colon = units.iter().position(|unit| matches!(unit.kind, UnitKind::Colon)).unwrap();
            globs.extend(PortGlob::new(&units[colon + 1..]));
            Ok(())
        });
        all.unwrap();
        globs
    }

    #[test]
    fn a_glob_is_a_set_of_ports() {
        type Test = fn(&str) -> bool;
        let cases: [(&str, Test); 13] = [
            ("*", |_| true),
            ("8080", |port| port == "8080"),
            ("65535", |port| port == "65535"),
            ("300?", |port| port.len() == 4 && port.starts_with("300")),
            ("?", |port| port.len() == 1),
            ("?????", |port| port.len() == 5),
            ("8*", |port| port.starts_with('8')),
            ("*8", |port| port.ends_with('8')),
            ("8*8", |port| port.len() > 1 && port.starts_with('8') && port.ends_with('8')),
            ("[1-3]*[05]", |port| {
                port.len() > 1 && port.starts_with(['1', '2', '3']) && port.ends_with(['0', '5'])
            }),
            ("*8*0*", |port| port.split_once('8').is_some_and(|(_, rest)| rest.contains('0'))),
            ("{80,443}", |port| port == "80" || port == "443"),
            ("80{,8*}", |port| port == "80" || port.starts_with("808")),
        ];
        for (glob, test) in cases {
            let all = globs(glob);
            assert!(all.iter().all(|glob| !glob.matches(None) && PortGlob::from_bits(glob.bits()) == *glob));
            for port in 1..=u16::MAX {
                let matches = all.iter().any(|glob| glob.matches(Some(port)));
                assert_eq!(matches, test(&port.to_string()), "{glob} {port}");
                assert!(
                    all.iter().all(|glob| glob
                        .only()
                        .is_none_or(|only| glob.matches(Some(port)) == (only == port)))
                );
            }
        }
        assert_eq!(PortGlob::of_digits(b"8443").map(|glob| glob.matches(Some(8443))), Some(true));
        assert_eq!(PortGlob::of_digits(b"8443").map(|glob| glob.matches(Some(843))), Some(false));
        assert_eq!(PortGlob::of_digits(b"123456"), None);
        assert_eq!(PortGlob::of_digits(b"8443").and_then(PortGlob::only), Some(8443));
        assert_eq!(globs("80{,8*}").into_iter().map(PortGlob::only).collect::<Vec<_>>(), [Some(80), None]);
    }
}
