//! Refuses what can never match: every alternative, once written out, must be able to match a valid host and port (SPEC §2, §4).
//!
//! Exact, alternative by alternative, but for two things: a label that begins with `xn--` and goes on with a wildcard is taken to be able to match some A-label, and
//! a label with a wildcard to be able to stand beside labels that run from right to left.

use super::ast::{Ast, Symbols};
use super::expand::{Unit, UnitKind, for_each_alternative};
use super::label::LabelGlob;
use super::normalize;
use crate::error::{Error, ErrorKind, Span};
use crate::host::{self, MAX_HOST, MAX_LABEL};

pub(super) fn check(text: &str, ast: &Ast) -> Result<(), Error> {
    let whole = normalize::trim(text);
    for_each_alternative(&ast.nodes, |units| {
        let alternative = Alternative { text, whole: Span::new(whole.start, whole.end), units };
        alternative.check().map_err(|error| {
            // With braces it is not plain to see which way through the pattern is meant.
            if text.contains('{') {
                let written = alternative.written_out();
                error.with_detail(format!("written out: `{written}`"))
            } else {
                error
            }
        })
    })
}

struct Alternative<'a> {
    text: &'a str,
    whole: Span,
    units: &'a [Unit<'a>],
}

impl Alternative<'_> {
    fn error(&self, kind: ErrorKind, span: Span, help: impl Into<Box<str>>) -> Error {
        Error::new(kind, self.text, span, help)
    }

    /// The alternative as a person would write it, cut short if it is long.
    fn written_out(&self) -> String {
        let mut out = String::new();
        for unit in self.units {
            match unit.kind {
                UnitKind::Literal(_) | UnitKind::One(_) | UnitKind::Ipv6(_) => {
                    out.push_str(&self.text[unit.span.range()]);
                }
                UnitKind::Star => out.push('*'),
                UnitKind::Question => out.push('?'),
                UnitKind::Dot => out.push('.'),
                UnitKind::Colon => out.push(':'),
            }
            if out.chars().count() > 60 {
                return out.chars().take(60).chain(['…']).collect();
            }
        }
        out
    }

    fn check(&self) -> Result<(), Error> {
        let colon = self.units.iter().position(|unit| matches!(unit.kind, UnitKind::Colon));
        let (host, port) = match colon {
            Some(at) => (&self.units[..at], Some((&self.units[at], &self.units[at + 1..]))),
            None => (self.units, None),
        };
        self.check_host(host)?;
        if let Some((colon, port)) = port {
            self.check_port(colon, port)?;
        }
        Ok(())
    }

    fn check_host(&self, units: &[Unit<'_>]) -> Result<(), Error> {
        let Some(last_unit) = units.last() else {
            return Err(self.error(
                ErrorKind::NoHost,
                self.whole,
                "write the host in front, such as `example.com:8080`",
            ));
        };
        let span = units[0].span.to(last_unit.span);
        if let UnitKind::Ipv6(_) = units[0].kind {
            return match units.get(1) {
                None => Ok(()),
                Some(unit) => {
                    let help = "write nothing but a port behind the `]`, such as `[::1]:3000`";
                    Err(self.error(ErrorKind::Ipv6Place, unit.span, help))
                }
            };
        }
        // The dots between the labels.
        let mut shortest = labels(units).count() - 1;
        let mut end = 0;
        for label in labels(units) {
            end += label.units.len();
            // The dot in front or behind is what a person can point at when the label is empty.
            shortest += self.check_label(label, units.get(end).unwrap_or(last_unit).span)?;
            end += 1;
        }
        if shortest > MAX_HOST {
            let help = format!("shorten it to {MAX_HOST} bytes");
            return Err(self
                .error(ErrorKind::HostTooLong, span, help)
                .with_detail(format!("{shortest} bytes at least")));
        }
        self.check_number(units, shortest)?;
        self.check_a_labels(units)
    }

    fn span(&self, units: &[Unit<'_>]) -> Span {
        units.iter().map(|unit| unit.span).reduce(Span::to).unwrap_or(self.whole)
    }

    /// The length of the shortest text the label matches; `near` is where to point at if there is nothing.
    fn check_label(&self, label: Label<'_>, near: Span) -> Result<usize, Error> {
        if label.units.is_empty() {
            let help = "remove the dot, or write `*` for any label";
            return Err(self.error(ErrorKind::EmptyLabel, near, help));
        }
        let span = self.span(label.units);
        let was_non_ascii =
            label.units.iter().any(|unit| matches!(unit.kind, UnitKind::Literal(l) if l.was_non_ascii));
        if was_non_ascii && label.units.len() > 1 {
            let help = "write the whole label, such as `bücher`, or its `xn--` form; for any label write `*`";
            return Err(self.error(ErrorKind::NonAsciiMixed, span, help));
        }
        let sum = label.characters();
        if sum > MAX_LABEL {
            let help = format!("shorten it to {MAX_LABEL} bytes");
            return Err(self
                .error(ErrorKind::LabelTooLong, span, help)
                .with_detail(format!("{sum} bytes at least")));
        }
        // A label of stars alone still matches one character.
        Ok(sum.max(1))
    }

    /// A host whose last label is a number is an IPv4 address to every browser.
    fn check_number(&self, host: &[Unit<'_>], shortest: usize) -> Result<(), Error> {
        let Some(last) = labels(host).next_back() else { return Ok(()) };
        // A star can hold a `-`, which no number has, unless label or host are full without it.
        let characters = last.characters();
        let has_room = characters < MAX_LABEL && shortest - characters.max(1) + characters < MAX_HOST;
        if last.can_be_name(has_room) {
            return Ok(());
        }
        if labels(host).count() == 4 {
            match labels(host).find(|label| !label.can_be_octet()) {
                None => return Ok(()),
                Some(label) => {
                    let help = "write each part as a number from 0 to 255 without leading zeros";
                    return Err(self.error(ErrorKind::NotIpv4, self.span(label.units), help));
                }
            }
        }
        let help = "write all four parts, such as `192.168.1.?`, or a name that does not end in a number";
        Err(self.error(ErrorKind::NotIpv4, self.span(last.units), help))
    }

    fn check_a_labels(&self, host: &[Unit<'_>]) -> Result<(), Error> {
        // Few labels begin as one does that begins with `xn--`; the others need not be put together.
        let begins_with_x = |label: Label<'_>| matches!(label.units.first(), Some(Unit { kind: UnitKind::Literal(literal), .. }) if literal.ascii.starts_with('x'));
        if !labels(host).any(begins_with_x) {
            return Ok(());
        }
        let texts: Vec<Option<String>> = labels(host).map(Label::literal).collect();
        let help = "check the spelling, or write the name with its own letters: it is converted when the list is saved";
        for (label, text) in labels(host).zip(&texts) {
            let Some(text) = text else { continue };
            if host::has_ace_prefix(text.as_bytes()) && !host::has_valid_a_labels(text.as_bytes()) {
                return Err(self.error(ErrorKind::ALabel, self.span(label.units), help));
            }
        }
        // The labels without wildcards together, because one label that runs from right to left sets rules for all others.
        let plain: Vec<&str> = texts.iter().flatten().map(String::as_str).collect();
        if plain.iter().any(|label| host::has_ace_prefix(label.as_bytes()))
            && !host::has_valid_a_labels(plain.join(".").as_bytes())
        {
            let help = "no browser accepts these labels in one host: labels that run from right to left and labels that begin with a digit do not go together";
            return Err(self.error(ErrorKind::ALabel, self.span(host), help));
        }
        Ok(())
    }

    fn check_port(&self, colon: &Unit<'_>, units: &[Unit<'_>]) -> Result<(), Error> {
        let Some(last) = units.last() else {
            let help = "write the port, such as `:8080`, or `:*` for any, or remove the colon to leave the port open";
            return Err(self.error(ErrorKind::PortMissing, colon.span, help));
        };
        let span = units[0].span.to(last.span);
        // The smallest number that fits: its digits, `None` for a star.
        let mut digits: Vec<Option<Symbols>> = Vec::new();
        let mut is_literal = true;
        for unit in units {
            match unit.kind {
                UnitKind::Colon => {
                    let help =
                        "write one host and one port; an IPv6 address stands in brackets, such as `[::1]`";
                    return Err(self.error(ErrorKind::PortTwice, unit.span, help));
                }
                UnitKind::Star => {
                    is_literal = false;
                    digits.push(None);
                }
                UnitKind::One(symbols) => {
                    is_literal = false;
                    if !symbols.is_subset(Symbols::DIGITS) {
                        return Err(self.port_character(unit.span));
                    }
                    digits.push(Some(symbols));
                }
                UnitKind::Question => {
                    is_literal = false;
                    digits.push(Some(Symbols::DIGITS));
                }
                UnitKind::Literal(literal) => {
                    if literal.was_non_ascii || !literal.ascii.bytes().all(|byte| byte.is_ascii_digit()) {
                        return Err(self.port_character(unit.span));
                    }
                    digits.extend(literal.ascii.bytes().map(|byte| Some(Symbols::of(byte))));
                }
                UnitKind::Dot | UnitKind::Ipv6(_) => return Err(self.port_character(unit.span)),
            }
        }
        if can_be_port(&digits) {
            return Ok(());
        }
        let begins_with_zero = digits.len() > 1
            && matches!(digits[0], Some(symbols) if symbols.iter().eq(core::iter::once(b'0')));
        if begins_with_zero {
            let help = "remove the zero in front";
            return Err(self.error(ErrorKind::PortLeadingZero, span, help));
        }
        let help = if is_literal {
            "write a number from 1 to 65535, or remove the port to leave it open"
        } else {
            "write a glob that a number from 1 to 65535 fits, such as `300?`, or `*` for any port"
        };
        Err(self.error(ErrorKind::PortRange, span, help))
    }

    fn port_character(&self, span: Span) -> Error {
        let help = "write a number, or `*`, `?`, `[0-9]` and braces for a choice of numbers; a path has no place here";
        self.error(ErrorKind::PortCharacter, span, help)
    }
}

/// True if some number from 1 to 65535, without leading zeros, fits. `None` is a star.
///
/// The smallest number that fits decides: with every star empty or, where that leaves a zero in front, with the first star as one digit. Longer texts are only larger
/// numbers. A star alone leaves nothing, and can be any.
fn can_be_port(digits: &[Option<Symbols>]) -> bool {
    let fits = |digits: &mut dyn Iterator<Item = Symbols>| {
        let mut value = 0u32;
        for symbols in digits {
            let smallest = symbols.iter().find(|digit| value > 0 || *digit != b'0');
            let Some(smallest) = smallest else { return false };
            value = value.saturating_mul(10).saturating_add(u32::from(smallest - b'0'));
        }
        value <= 65535
    };
    let mut widened = false;
    fits(&mut digits.iter().copied().flatten())
        || fits(&mut digits.iter().filter_map(|digit| match digit {
            None if !widened => {
                widened = true;
                Some(Symbols::DIGITS)
            }
            other => *other,
        }))
}

/// The units between two dots.
#[derive(Clone, Copy)]
struct Label<'a> {
    units: &'a [Unit<'a>],
}

/// The labels of a host.
fn labels<'a>(host: &'a [Unit<'a>]) -> impl DoubleEndedIterator<Item = Label<'a>> {
    host.split(|unit| matches!(unit.kind, UnitKind::Dot)).map(|units| Label { units })
}

impl Label<'_> {
    /// The length of the shortest text it matches, where an empty one counts.
    fn characters(&self) -> usize {
        let length = |unit: &Unit<'_>| match unit.kind {
            UnitKind::Literal(literal) => literal.ascii.len(),
            UnitKind::Question | UnitKind::One(_) => 1,
            UnitKind::Star | UnitKind::Dot | UnitKind::Colon | UnitKind::Ipv6(_) => 0,
        };
        self.units.iter().map(length).sum()
    }

    /// The text of a label without wildcards and sets.
    fn literal(self) -> Option<String> {
        self.units
            .iter()
            .map(|unit| match unit.kind {
                UnitKind::Literal(literal) => Some(&*literal.ascii),
                _ => None,
            })
            .collect()
    }

    /// True if the label can be something other than a number.
    ///
    /// Walks the states of [`host::is_number`] at once: nothing yet, nothing but a `0`, digits, `0x` and hexadecimal digits; and stops at something else.
    fn can_be_name(&self, has_room: bool) -> bool {
        #[derive(Clone, Copy)]
        struct States {
            start: bool,
            zero: bool,
            digits: bool,
            hex: bool,
        }
        const ZERO: Symbols = Symbols::of(b'0');
        const NON_ZERO: Symbols = Symbols::DIGITS.without(ZERO);
        const X: Symbols = Symbols::of(b'x');
        const DIGITS_AND_X: Symbols = Symbols::DIGITS.with(X);
        const HEX_DIGITS: Symbols = Symbols::range(b'a', b'f').with(Symbols::DIGITS);
        let mut states = States { start: true, zero: false, digits: false, hex: false };
        // True as soon as it is a name, which it stays whatever follows.
        let mut step = |symbols: Symbols| {
            let has = |other: Symbols| !symbols.intersection(other).is_empty();
            let has_others = |other: Symbols| !symbols.is_subset(other);
            let digit = has(Symbols::DIGITS);
            let old = states;
            states = States {
                start: false,
                zero: old.start && has(ZERO),
                digits: (old.start && has(NON_ZERO)) || ((old.zero || old.digits) && digit),
                hex: (old.zero && has(X)) || (old.hex && has(HEX_DIGITS)),
            };
            ((old.start || old.digits) && has_others(Symbols::DIGITS))
                || (old.zero && has_others(DIGITS_AND_X))
                || (old.hex && has_others(HEX_DIGITS))
        };
        for unit in self.units {
            match unit.kind {
                UnitKind::Star if has_room => return true,
                UnitKind::Question if step(Symbols::HOST) => return true,
                UnitKind::One(symbols) if step(symbols) => return true,
                UnitKind::Literal(literal) if literal.ascii.bytes().any(|byte| step(Symbols::of(byte))) => {
                    return true;
                }
                _ => {}
            }
        }
        false
    }

    /// True if the label can be a decimal number from 0 to 255 without leading zeros.
    fn can_be_octet(&self) -> bool {
        let glob = LabelGlob::new(self.units);
        (0..=255u8).any(|value| glob.matches(value.to_string().as_bytes()))
    }
}
