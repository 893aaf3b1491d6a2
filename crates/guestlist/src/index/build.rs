//! Patterns → index. Linear in the text of all written-out alternatives, of which the index takes as many as its budget says.

use super::fast::Fast;
use super::head::{Heads, Member, write_glob};
use super::layout::{Entry, Kind, Known, MOST_LABELS, MOST_RULES, MOST_TEXT, PORTS, SLOTS, Test};
use super::port::PortGlob;
use super::{IndexBuf, More, SMALL};
use crate::host::{MAX_HOST, MAX_IPV6, write_ipv6};
use crate::pattern::ast::Node;
use crate::pattern::{Pattern, Unit, UnitKind, for_each_alternative};
use crate::vector::{Hash, LONG, Portable};

/// An index, and the rules that it does not hold.
pub(crate) struct Built {
    pub(crate) index: IndexBuf,
    /// The time-saving form, for [`Shape::Fast`]; unless rules are left over, or an entry has more than one label in front.
    pub(crate) fast: Option<Fast>,
    /// In ascending order.
    pub(crate) left_over: Vec<usize>,
}

/// The text of an entry, and what is to become of it.
struct Key {
    entry: Entry,
    tests: Vec<Test>,
    /// Rules that it is of besides the entry's: those of the other heads in its automaton.
    others: Vec<u32>,
}

/// The keys by their lines.
struct Lines {
    /// How many keys each line has.
    lens: Vec<usize>,
    /// The number of each key and its tag, line by line and in the order of the keys.
    slots: Vec<(usize, u16)>,
}

/// An alternative with more than whole `*` labels in front.
struct Headed {
    /// Its text, as in its entry.
    end: usize,
    len: usize,
    labels: usize,
    /// The head as a glob, among the texts.
    glob_end: usize,
    glob_len: usize,
    member: Member,
}

impl Entry {
    /// Its text, of all.
    fn text(self, texts: &[u8]) -> &[u8] {
        &texts[self.end as usize - usize::from(self.len)..self.end as usize]
    }
}

/// An alternative that the index cannot hold.
struct CannotHold;

struct Builder {
    texts: Vec<u8>,
    keys: Vec<Key>,
    headed: Vec<Headed>,
    left_over: Vec<usize>,
    ports: Vec<u16>,
    most_entries: usize,
    shape: Shape,
}

/// Whether to trade memory for time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Sets of a few characters are written out, so that nothing is left to test.
    Fast,
    /// They are tested.
    Compact,
}

/// Ways to read an alternative that are written out for speed.
const MOST_WAYS: usize = 8;
/// Lines have this many tags on average, or half as many.
const USUAL_TAGS: usize = 14;
/// How often there may be twice as many lines before the rules that collide are left over.
const DOUBLINGS: u32 = 3;
/// Heads with one star that stand in front of the same labels and are compared one by one.
const MOST_GLOBS: usize = 2;

/// The bytes of a canonical text that do not stand for themselves in a host.
const IS_SPECIAL: [bool; 256] = {
    let mut is_special = [false; 256];
    let mut special = b"*?{[:".as_slice();
    while let [byte, others @ ..] = special {
        is_special[*byte as usize] = true;
        special = others;
    }
    is_special
};

/// What an index is built of: patterns, or their canonical texts.
pub(crate) trait Source {
    fn canonical(&self) -> &str;

    /// Calls `visit` with the tree, which is only needed where the text is not plain.
    fn with_nodes<R>(&self, visit: impl FnOnce(&[Node]) -> R) -> R;
}

impl Source for &Pattern {
    fn canonical(&self) -> &str {
        Pattern::canonical(self)
    }

    fn with_nodes<R>(&self, visit: impl FnOnce(&[Node]) -> R) -> R {
        visit(&self.ast().nodes)
    }
}

impl IndexBuf {
    /// Holds as many of the rules as it can.
    pub(crate) fn build(
        patterns: impl Iterator<Item = impl Source>,
        most_entries: usize,
        shape: Shape,
    ) -> Built {
        let patterns: Vec<_> = patterns.collect();
        let bytes = |pattern: &_| Source::canonical(pattern).len() + 1;
        let mut builder = Builder {
            texts: Vec::with_capacity(patterns.iter().map(bytes).sum::<usize>() + 1),
            // Most patterns have one.
            keys: Vec::with_capacity(patterns.len()),
            headed: Vec::new(),
            left_over: Vec::new(),
            ports: Vec::new(),
            most_entries,
            shape,
        };
        // All patterns first, so that they can be read again; an empty line is behind the last.
        for pattern in &patterns {
            builder.texts.extend_from_slice(pattern.canonical().as_bytes());
            builder.texts.push(b'\n');
        }
        builder.texts.push(b'\n');
        let mut start = 0;
        for (rule, pattern) in patterns.iter().enumerate() {
            builder.rule(rule, start, pattern);
            start += bytes(pattern);
        }
        builder.finish()
    }
}

impl Builder {
    fn rule(&mut self, rule: usize, start: usize, pattern: &impl Source) {
        let canonical = pattern.canonical();
        let before = (self.keys.len(), self.headed.len(), self.texts.len());
        let held = match u32::try_from(rule) {
            Ok(number) if rule < MOST_RULES => self
                .plain(number, start, canonical.as_bytes())
                .unwrap_or_else(|| self.written_out(number, start, pattern)),
            _ => Err(CannotHold),
        };
        self.forget_duplicates(before.0);
        let fits = self.keys.len() + self.headed.len() <= self.most_entries && self.texts.len() <= MOST_TEXT;
        if held.is_err() || !fits {
            self.keys.truncate(before.0);
            self.headed.truncate(before.1);
            self.texts.truncate(before.2);
            self.left_over.push(rule);
        }
    }

    /// Of the keys from there on, which are of one rule, keeps each once.
    fn forget_duplicates(&mut self, from: usize) {
        if self.keys.len() - from < 2 {
            return;
        }
        let Builder { keys, texts, .. } = self;
        let text = |key: &Key| key.entry.text(texts);
        let is_same = |one: &Key, other: &Key| {
            (one.entry.labels, one.entry.kind) == (other.entry.labels, other.entry.kind)
                && one.tests == other.tests
                && text(one) == text(other)
        };
        keys[from..]
            .sort_by(|one, other| (one.entry.labels, text(one)).cmp(&(other.entry.labels, text(other))));
        let mut last = from;
        for next in from + 1..keys.len() {
            if !is_same(&keys[last], &keys[next]) {
                last += 1;
                keys.swap(last, next);
            }
        }
        keys.truncate(last + 1);
    }

    /// What most patterns are: `*` labels, literal labels and perhaps a number as port. `None` for all others.
    fn plain(&mut self, rule: u32, start: usize, canonical: &[u8]) -> Option<Result<(), CannotHold>> {
        let mut labels = 0;
        let mut rest = canonical;
        while let [b'*', b'.', behind @ ..] = rest {
            (labels, rest) = (labels + 1, behind);
        }
        let special = rest.iter().position(|byte| IS_SPECIAL[usize::from(*byte)]);
        let len = special.unwrap_or(rest.len());
        let tests = match rest.get(len..)? {
            [] => Vec::new(),
            [b':', port @ ..] if port.iter().all(u8::is_ascii_digit) => {
                vec![Test::Port(PortGlob::of_digits(port)?)]
            }
            _ => return None,
        };
        let end = start + canonical.len() - rest.len() + len;
        Some(self.key(rule, labels, end, len, tests))
    }

    fn key(
        &mut self,
        rule: u32,
        labels: usize,
        end: usize,
        len: usize,
        mut tests: Vec<Test>,
    ) -> Result<(), CannotHold> {
        let (Ok(len), Ok(end), Ok(labels)) = (u8::try_from(len), u32::try_from(end), u8::try_from(labels))
        else {
            return Err(CannotHold);
        };
        if usize::from(labels) > MOST_LABELS {
            return Err(CannotHold);
        }
        if len == 0 {
            tests.push(Test::AllLabels);
        }
        let kind = match &*tests {
            [] => Kind::Plain,
            [Test::Port(glob)] => {
                glob.only().and_then(|port| self.port(port)).map_or(Kind::Tested, Kind::Port)
            }
            _ => Kind::Tested,
        };
        if kind != Kind::Tested {
            tests.clear();
        }
        let entry = Entry { rule, labels, len, end, kind };
        self.keys.push(Key { entry, tests, others: Vec::new() });
        Ok(())
    }

    /// The number of a port among those that need no test; `None` if there are too many.
    fn port(&mut self, port: u16) -> Option<u8> {
        let known = self.ports.iter().position(|known| *known == port);
        let number = known.unwrap_or_else(|| {
            self.ports.push(port);
            self.ports.len() - 1
        });
        if number == PORTS {
            self.ports.pop();
            return None;
        }
        u8::try_from(number).ok()
    }

    /// Any pattern, alternative by alternative.
    fn written_out(&mut self, rule: u32, start: usize, pattern: &impl Source) -> Result<(), CannotHold> {
        let mut taken = 0;
        pattern.with_nodes(|nodes| {
            for_each_alternative(nodes, |units| {
                taken += 1;
                // A pattern alone may have more alternatives than fit.
                if taken > self.most_entries {
                    return Err(CannotHold);
                }
                self.alternative(rule, start, pattern.canonical().as_bytes(), units)
            })
        })
    }

    fn alternative(
        &mut self,
        rule: u32,
        start: usize,
        canonical: &[u8],
        units: &[Unit<'_>],
    ) -> Result<(), CannotHold> {
        let colon = units.iter().position(|unit| matches!(unit.kind, UnitKind::Colon));
        let host = &units[..colon.unwrap_or(units.len())];
        let port = match colon {
            Some(at) => Some(PortGlob::new(&units[at + 1..]).ok_or(CannotHold)?),
            None => None,
        };
        let tests = |port: Option<PortGlob>| port.map(Test::Port).into_iter().collect::<Vec<_>>();
        if let [Unit { kind: UnitKind::Ipv6(groups), .. }] = host {
            let mut text = [0; MAX_IPV6];
            let len = write_ipv6(*groups, &mut text);
            let end = self.text(start, canonical, &text[..len]);
            return self.key(rule, 0, end, len, tests(port));
        }
        if self.shape == Shape::Fast && ways(host) <= MOST_WAYS {
            return each_way(host, &mut |text| {
                let end = self.text(start, canonical, text);
                self.key(rule, 0, end, text.len(), tests(port))
            });
        }
        // From the last wildcard on to the next dot belongs to the head.
        let is_literal = |unit: &Unit<'_>| matches!(unit.kind, UnitKind::Literal(_) | UnitKind::Dot);
        let is_dot = |unit: &Unit<'_>| matches!(unit.kind, UnitKind::Dot);
        let wild = host.iter().rposition(|unit| !is_literal(unit)).map_or(0, |at| at + 1);
        let (head, tail) = if wild == 0 {
            (&host[..0], host)
        } else {
            match host[wild..].iter().position(is_dot) {
                Some(dot) => (&host[..wild + dot], &host[wild + dot + 1..]),
                None => (host, &host[..0]),
            }
        };
        let mut text = Vec::with_capacity(MAX_HOST);
        write_glob(tail, &mut text);
        if text.len() > MAX_HOST {
            return Err(CannotHold);
        }
        let end = self.text(start, canonical, &text);
        if head.is_empty() {
            return self.key(rule, 0, end, text.len(), tests(port));
        }
        let labels = 1 + head.iter().filter(|unit| is_dot(unit)).count();
        let is_stars = |label: &[Unit<'_>]| matches!(label, [Unit { kind: UnitKind::Star, .. }]);
        if head.split(is_dot).all(is_stars) {
            return self.key(rule, labels, end, text.len(), tests(port));
        }
        if labels > MOST_LABELS {
            return Err(CannotHold);
        }
        let member = Member::new(rule, head, port).ok_or(CannotHold)?;
        let len = text.len();
        text.clear();
        write_glob(head, &mut text);
        // Without braces it stands in front of the pattern as it is.
        let glob_end = self.text_in_front(start, canonical, &text);
        self.headed.push(Headed { end, len, labels, glob_end, glob_len: text.len(), member });
        Ok(())
    }

    /// Where the text ends among all texts: in the pattern's own, if that ends so, else it is put behind.
    fn text(&mut self, start: usize, canonical: &[u8], text: &[u8]) -> usize {
        let own = match canonical.iter().position(|byte| *byte == b':') {
            // With a port, which stands behind everything if no brace is open.
            Some(colon) if !canonical[..colon].contains(&b'{') && !canonical.starts_with(b"[") => {
                &canonical[..colon]
            }
            _ => canonical,
        };
        if own.ends_with(text) {
            return start + own.len();
        }
        self.texts.extend_from_slice(text);
        self.texts.len()
    }

    /// As [`Builder::text`], for a text that the pattern may begin with.
    fn text_in_front(&mut self, start: usize, canonical: &[u8], text: &[u8]) -> usize {
        if canonical.starts_with(text) {
            return start + text.len();
        }
        self.texts.extend_from_slice(text);
        self.texts.len()
    }

    fn finish(mut self) -> Built {
        let heads = self.unite_heads();
        let usual = self.lines();
        let mut count = usual;
        let lines = loop {
            match self.assign(count) {
                Ok(lines) => break lines,
                Err(_) if count < usual << DOUBLINGS => count *= 2,
                Err(colliding) => self.leave(&colliding),
            }
        };
        self.left_over.sort_unstable();
        self.left_over.dedup();
        let fast =
            if self.left_over.is_empty() && self.shape == Shape::Fast { self.fast(&lines) } else { None };
        Built { index: self.pack(&lines, heads), fast, left_over: self.left_over }
    }

    /// Makes keys of the alternatives with heads: those in front of the same text together.
    fn unite_heads(&mut self) -> Vec<Heads> {
        let mut all = Vec::new();
        let mut headed = core::mem::take(&mut self.headed);
        let group_of = |texts: &[u8], one: &Headed| (one.labels, texts[one.end - one.len..one.end].to_vec());
        headed.sort_by_cached_key(|one| group_of(&self.texts, one));
        let texts = core::mem::take(&mut self.texts);
        for group in headed.chunk_by(|one, other| group_of(&texts, one) == group_of(&texts, other)) {
            if group.len() <= MOST_GLOBS && group.iter().all(|one| one.member.is_simple()) {
                for one in group {
                    let mut tests: Vec<Test> = one.member.port.map(Test::Port).into_iter().collect();
                    let (end, len) = (u32::try_from(one.glob_end), u16::try_from(one.glob_len));
                    match (end, len) {
                        (Ok(end), Ok(len)) => tests.push(Test::Glob { end, len }),
                        _ => self.left_over.push(one.member.rule as usize),
                    }
                    if self.key(one.member.rule, one.labels, one.end, one.len, tests).is_err() {
                        self.left_over.push(one.member.rule as usize);
                    }
                }
                continue;
            }
            let mut members: Vec<Member> = group.iter().map(|one| one.member.clone()).collect();
            let number = u32::try_from(all.len()).ok();
            let united = number.zip(Heads::new(&mut members)).and_then(|(number, heads)| {
                let (first, one) = (members.first()?, group.first()?);
                self.key(first.rule, one.labels, one.end, one.len, vec![Test::Heads(number)]).ok()?;
                self.keys.last_mut()?.others = members.iter().map(|member| member.rule).collect();
                Some(heads)
            });
            match united {
                Some(heads) => all.push(heads),
                None => self.left_over.extend(members.iter().map(|member| member.rule as usize)),
            }
        }
        self.texts = texts;
        all
    }

    /// Leaves the rules of these keys over; in ascending order. Other keys of theirs may stay: what they find is right.
    fn leave(&mut self, numbers: &[usize]) {
        for key in numbers.iter().rev().map(|number| self.keys.swap_remove(*number)) {
            self.left_over.extend(key.others.iter().chain([&key.entry.rule]).map(|rule| *rule as usize));
        }
    }

    /// How many lines there usually are for so many keys.
    fn lines(&self) -> usize {
        if self.keys.len() <= SLOTS { 1 } else { self.keys.len().div_ceil(USUAL_TAGS).next_power_of_two() }
    }

    /// Which line each key is in; or the keys that are too many for their line.
    fn assign(&self, lines: usize) -> Result<Lines, Vec<usize>> {
        let mask = u32::try_from(lines - 1).unwrap_or(u32::MAX);
        let hashes: Vec<Hash> = self
            .keys
            .iter()
            .map(|key| Portable::hash(key.entry.text(&self.texts), key.entry.labels))
            .collect();
        let mut lens = vec![0; lines];
        let mut colliding = Vec::new();
        for (number, hash) in hashes.iter().enumerate() {
            let len = &mut lens[hash.line(mask)];
            if *len == SLOTS {
                colliding.push(number);
            } else {
                *len += 1;
            }
        }
        if !colliding.is_empty() {
            return Err(colliding);
        }
        // Where the next key of each line goes.
        let mut nexts: Vec<usize> = lens
            .iter()
            .scan(0, |end, len| {
                let start = *end;
                *end += len;
                Some(start)
            })
            .collect();
        let mut slots = vec![(0, 0); hashes.len()];
        for (number, hash) in hashes.iter().enumerate() {
            let next = &mut nexts[hash.line(mask)];
            slots[*next] = (number, hash.tag());
            *next += 1;
        }
        Ok(Lines { lens, slots })
    }

    fn fast(&self, lines: &Lines) -> Option<Fast> {
        let in_order = lines.slots.iter().map(|(number, _)| &self.keys[*number]);
        Fast::new(&self.ports, in_order.map(|key| (key.entry, key.entry.text(&self.texts))))
    }

    /// Lays it out in one block.
    fn pack(&self, lines: &Lines, heads: Vec<Heads>) -> IndexBuf {
        let Lines { lens, slots } = lines;
        let lines = lens.len();
        let is_small = lines == 1 && self.keys.iter().all(|key| key.entry.fits_narrow());
        let is_wide = !is_small;
        let in_order = || slots.iter().map(|(number, _)| &self.keys[*number]);
        let tests: usize = self.keys.iter().map(|key| key.tests.len()).sum();
        let entries_at = lines * LONG;
        let tests_at = entries_at + self.keys.len() * Entry::size(is_wide);
        let texts_at = tests_at + tests * Test::SIZE;
        // All texts and all entries are fewer than that by far.
        let at = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let mut block = Vec::with_capacity((texts_at + self.texts.len()).max(SMALL));
        let mut first = 0;
        for len in lens {
            let line = &slots[first..first + len];
            block.extend_from_slice(&at(first).to_le_bytes());
            line.iter().for_each(|(_, tag)| block.extend_from_slice(&tag.to_le_bytes()));
            block.resize(block.len().next_multiple_of(LONG), 0);
            first += len;
        }
        let mut all_tests = Vec::with_capacity(tests * Test::SIZE);
        for (number, key) in in_order().enumerate() {
            key.entry.write(is_wide, &mut block);
            for test in &key.tests {
                all_tests.extend_from_slice(&at(number).to_le_bytes());
                all_tests.extend_from_slice(&test.to_bits().to_le_bytes());
            }
        }
        block.extend_from_slice(&all_tests);
        block.extend_from_slice(&self.texts);
        let labels = self.keys.iter().fold(0, |all, key| all | 1 << key.entry.labels);
        if is_small && block.len() < SMALL {
            block.resize(SMALL, 0);
        }
        let parents = in_order().take(SLOTS).enumerate().fold(0, |parents, (slot, key)| {
            parents | u32::from(key.entry.labels == 1) << (slot + LONG / 2 - SLOTS)
        });
        let ports = core::array::from_fn(|number| self.ports.get(number).copied().unwrap_or_default());
        let known = Known {
            // A power of two.
            line_bits: u8::try_from(lines.trailing_zeros()).unwrap_or(u8::MAX),
            tests: at(tests_at),
            texts: at(texts_at),
            labels,
            is_small,
            parents,
            ports,
        };
        let more = (!heads.is_empty()).then(|| Box::new(More { heads: heads.into() }));
        IndexBuf { block: block.into(), head: known.to_bytes(), more }
    }
}

/// In how many ways the sets of a host can be read; none has more than [`MOST_WAYS`] of interest. With other wildcards, more.
fn ways(host: &[Unit<'_>]) -> usize {
    host.iter().fold(1, |ways, unit| match unit.kind {
        UnitKind::Literal(_) | UnitKind::Dot => ways,
        UnitKind::One(symbols) => (ways * symbols.iter().count()).min(MOST_WAYS + 1),
        _ => MOST_WAYS + 1,
    })
}

/// Calls `visit` with every text that the host of literals and sets matches, each at most [`MAX_HOST`] long.
fn each_way(
    host: &[Unit<'_>],
    visit: &mut impl FnMut(&[u8]) -> Result<(), CannotHold>,
) -> Result<(), CannotHold> {
    let mut texts = vec![Vec::with_capacity(MAX_HOST)];
    for unit in host {
        if let UnitKind::One(symbols) = unit.kind {
            let with = |text: &Vec<u8>, byte| [text, &[byte][..]].concat();
            texts = texts.iter().flat_map(|text| symbols.iter().map(move |byte| with(text, byte))).collect();
        } else {
            texts.iter_mut().for_each(|text| write_glob(core::slice::from_ref(unit), text));
        }
    }
    texts.iter().try_for_each(|text| if text.len() > MAX_HOST { Err(CannotHold) } else { visit(text) })
}
