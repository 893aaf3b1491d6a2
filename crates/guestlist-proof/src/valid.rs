//! Which texts are hosts at all (SPEC §4), read from the right, a symbol at a time.
//!
//! It runs beside the patterns' automaton, so that no host is shown that no request can have. Lengths are counted by who searches ([`crate::search`]); everything else is a state here:
//!
//! - no label is empty;
//! - where the last label is a number, all labels are those of a canonical IPv4 address;
//! - a label that begins with `xn--` is one of those that the patterns spell out, and runs from left to right ([`Known`]). Which others are valid, and beside which labels, is no regular language; a host with another one is
//!   *uncertain*, and has to be asked of the engine when it is whole;
//! - behind `]` an address literal is read, which only patterns spell out, and those were checked.

use std::collections::BTreeMap;

use guestlist::Origin;

/// The labels beginning with `xn--` that patterns spell out and that are valid beside whatever labels, as a trie of their bytes from the right.
#[derive(Debug)]
pub(crate) struct Known {
    nodes: Vec<KnownNode>,
}

#[derive(Debug, Default)]
struct KnownNode {
    next: BTreeMap<u8, u16>,
    is_label: bool,
}

/// In no label that is known.
const LOST: u16 = u16::MAX;

impl Known {
    pub(crate) fn new<'l>(labels: impl IntoIterator<Item = &'l str>) -> Known {
        let mut nodes = vec![KnownNode::default()];
        for label in labels.into_iter().filter(|label| is_valid_everywhere(label)) {
            let mut at = 0;
            for byte in label.bytes().rev() {
                at = match nodes[at].next.get(&byte) {
                    Some(next) => usize::from(*next),
                    None => {
                        // More labels than have room are uncertain, which costs time and never an answer.
                        let Some(number) = u16::try_from(nodes.len()).ok().filter(|number| *number < LOST)
                        else {
                            break;
                        };
                        nodes.push(KnownNode::default());
                        nodes[at].next.insert(byte, number);
                        usize::from(number)
                    }
                };
            }
            nodes[at].is_label = true;
        }
        Known { nodes }
    }

    fn step(&self, at: u16, byte: u8) -> u16 {
        self.nodes.get(usize::from(at)).and_then(|node| node.next.get(&byte)).copied().unwrap_or(LOST)
    }

    fn is_label(&self, at: u16) -> bool {
        self.nodes.get(usize::from(at)).is_some_and(|node| node.is_label)
    }
}

/// Whether the label is an A-label, and asks nothing of the others. The beginning of a label that goes on with a wildcard may be none. One that runs from right to left makes the Bidi rule hold for all labels of its
/// host: then none may begin with a digit.
fn is_valid_everywhere(label: &str) -> bool {
    label.starts_with("xn--") && Origin::from_host(format!("0.{label}.a").as_bytes()).is_ok()
}

/// What has been read of a host, from the right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Valid {
    label: Label,
    /// How much of `xn--` the last bytes are, read from the right; all four: the label begins with it if it ends here.
    prefix: u8,
    /// Where in [`Known`] the label is.
    known: u16,
    /// A label begins with `xn--` and is not known.
    pub(crate) is_uncertain: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Label {
    /// The last label, of which nothing is read yet.
    Last,
    /// The last label, digits so far that can be a part of an address.
    LastDigits(Octet),
    /// The last label, digits so far, but no part of an address.
    LastNumber,
    /// The last label, hexadecimal digits with a letter among them.
    LastHex,
    /// The last label, an `x` and hexadecimal digits or nothing behind it.
    LastX,
    /// The last label, `0x` and what goes with it.
    LastZeroX,
    /// A label that is no number, or not the last one.
    Name,
    /// The same, of which nothing is read yet.
    NameEmpty,
    /// A label of an address, with so many read before it.
    Address(u8, Octet),
    /// An address literal.
    Literal,
    /// An address literal that has begun.
    LiteralWhole,
}

/// A number from 0 to 255 without leading zeros, from its last digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Octet {
    Empty,
    /// One digit; whether 25 may stand before it.
    One {
        below_six: bool,
    },
    /// Two digits; whether the first is none but 0, and whether 2 may stand before them.
    Two {
        has_zero: bool,
        below_56: bool,
    },
    Three,
}

impl Octet {
    fn step(self, digit: u8) -> Option<Octet> {
        match self {
            Octet::Empty => Some(Octet::One { below_six: digit <= 5 }),
            Octet::One { below_six } => {
                Some(Octet::Two { has_zero: digit == 0, below_56: digit < 5 || (digit == 5 && below_six) })
            }
            Octet::Two { below_56, .. } => (digit == 1 || (digit == 2 && below_56)).then_some(Octet::Three),
            Octet::Three => None,
        }
    }

    fn is_whole(self) -> bool {
        !matches!(self, Octet::Empty | Octet::Two { has_zero: true, .. })
    }
}

impl Valid {
    /// Nothing is read.
    pub(crate) const START: Valid = Valid { label: Label::Last, prefix: 0, known: 0, is_uncertain: false };

    /// Reads the byte in front; `None` if no host has it there.
    pub(crate) fn step(self, byte: u8, known: &Known) -> Option<Valid> {
        if let Label::Literal | Label::LiteralWhole = self.label {
            let label = match (self.label, byte) {
                (Label::Literal, b'[') => Label::LiteralWhole,
                (Label::Literal, b'.') | (Label::LiteralWhole, _) => return None,
                (label, _) => label,
            };
            return Some(Valid { label, ..self });
        }
        match byte {
            b'.' => self.label_end(known)?.behind(),
            b']' if self.label == Label::Last => Some(Valid { label: Label::Literal, ..self }),
            b'[' | b']' | b':' => None,
            _ => {
                let label = self.label.step(byte)?;
                let prefix = match (self.prefix, byte) {
                    (1 | 2, b'-') => 2,
                    (_, b'-') => 1,
                    (2, b'n') => 3,
                    (3, b'x') => 4,
                    _ => 0,
                };
                Some(Valid { label, prefix, known: known.step(self.known, byte), ..self })
            }
        }
    }

    /// The host ends here: what it then is, `None` if it is none.
    pub(crate) fn end(self, known: &Known) -> Option<Valid> {
        if self.label == Label::LiteralWhole {
            return Some(self);
        }
        let whole = self.label_end(known)?;
        match whole.label {
            Label::Address(before, _) if before != 3 => None,
            Label::LastDigits(_) | Label::Literal => None,
            _ => Some(whole),
        }
    }

    /// A label ends here.
    fn label_end(self, known: &Known) -> Option<Valid> {
        match self.label {
            Label::Last
            | Label::NameEmpty
            | Label::LastNumber
            | Label::LastZeroX
            | Label::Literal
            | Label::LiteralWhole => return None,
            Label::LastDigits(octet) | Label::Address(_, octet) if !octet.is_whole() => return None,
            _ => {}
        }
        let is_uncertain = self.is_uncertain || (self.prefix == 4 && !known.is_label(self.known));
        Some(Valid { is_uncertain, ..self })
    }

    /// The label before one that has ended.
    fn behind(self) -> Option<Valid> {
        let label = match self.label {
            Label::LastDigits(_) => Label::Address(1, Octet::Empty),
            Label::Address(3, _) => return None,
            Label::Address(before, _) => Label::Address(before + 1, Octet::Empty),
            _ => Label::NameEmpty,
        };
        Some(Valid { label, prefix: 0, known: 0, ..self })
    }
}

impl Label {
    /// Reads a byte of a label.
    fn step(self, byte: u8) -> Option<Label> {
        let digit = byte.is_ascii_digit().then(|| byte - b'0');
        let other = |byte: u8| match byte {
            b'x' => Label::LastX,
            b'a'..=b'f' => Label::LastHex,
            _ => Label::Name,
        };
        let number = |octet: Octet, digit: u8| octet.step(digit).map_or(Label::LastNumber, Label::LastDigits);
        Some(match (self, digit) {
            (Label::Last, Some(digit)) => number(Octet::Empty, digit),
            (Label::LastDigits(octet), Some(digit)) => number(octet, digit),
            (Label::LastNumber, Some(_)) => Label::LastNumber,
            (Label::LastHex, Some(_)) => Label::LastHex,
            (Label::Last | Label::LastDigits(_) | Label::LastNumber | Label::LastHex, None) => other(byte),
            (Label::LastX, Some(0)) => Label::LastZeroX,
            (Label::Address(before, octet), Some(digit)) => Label::Address(before, octet.step(digit)?),
            (Label::Address(..) | Label::Literal | Label::LiteralWhole, _) => return None,
            (Label::LastX | Label::LastZeroX | Label::Name | Label::NameEmpty, _) => Label::Name,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the text is a host; `None` if it is uncertain.
    fn verdict(text: &str, known: &Known) -> Option<bool> {
        let state = text.bytes().rev().try_fold(Valid::START, |state, byte| state.step(byte, known));
        match state.and_then(|state| state.end(known)) {
            Some(valid) if valid.is_uncertain => None,
            state => Some(state.is_some()),
        }
    }

    #[test]
    fn valid_is_what_the_engine_reads() {
        let known = Known::new(["xn--4ca", "xn--bcher-kva"]);
        // All texts of up to five of these symbols, which make numbers, addresses and prefixes, and some longer ones.
        let symbols = b"a0x1f2.-g";
        let mut texts: Vec<String> = vec![String::new()];
        let mut from = 0;
        for _ in 0..5 {
            let to = texts.len();
            for at in from..to {
                for symbol in symbols {
                    let longer = format!("{}{}", texts[at], char::from(*symbol));
                    texts.push(longer);
                }
            }
            from = to;
        }
        for a in [
            "0", "1", "9", "10", "25", "99", "100", "199", "249", "250", "255", "256", "260", "300", "00",
            "01", "001", "1000", "a", "0x1", "",
        ] {
            for b in ["0", "255", "256", "b"] {
                texts.extend([
                    format!("{a}.{b}.0.0"),
                    format!("0.0.{b}.{a}"),
                    format!("{a}.{b}.1"),
                    format!("1.1.1.{b}.{a}"),
                    format!("{b}.com.{a}"),
                ]);
            }
        }
        texts.extend(
            [
                "xn--4ca",
                "a.xn--4ca.com",
                "xn--bcher-kva.xn--4ca",
                "xn-",
                "xn--",
                "xxn--a",
                "axn--4ca",
                "xn---",
                "-xn--4ca",
                "a_b",
            ]
            .map(String::from),
        );
        let mut uncertain = 0;
        for text in &texts {
            // A root dot is dropped before anything is compared.
            let is_host = !text.ends_with('.') && Origin::from_host(text.as_bytes()).is_ok();
            match verdict(text, &known) {
                Some(verdict) => assert_eq!(verdict, is_host, "{text}"),
                None => uncertain += 1,
            }
        }
        assert_eq!(uncertain, 2, "`xn--` and `xn---`");
        assert!(texts.len() > 60_000);
    }

    #[test]
    fn labels_that_no_pattern_spells_out_are_uncertain() {
        let known = Known::new(["xn--4ca", "xn--bcher-kva", "plain", "xn--a", "xn--4dbc"]);
        for (text, expected) in [
            ("xn--4ca.com", Some(true)),
            ("xn--bcher-kva", Some(true)),
            ("xn--4cb.com", None),
            ("a.xn--ca.com", None),
            ("xn--bcher-kva.xn--4cb", None),
            ("xn--a", None),
            ("a.xn--4dbc", None),
            ("plain", Some(true)),
            ("4ca", Some(true)),
            ("[::1]", Some(true)),
            ("a[::1]", Some(false)),
            ("[::1", Some(false)),
        ] {
            assert_eq!(verdict(text, &known), expected, "{text}");
        }
    }
}
