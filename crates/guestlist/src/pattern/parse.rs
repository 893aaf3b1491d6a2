//! Text → syntax tree. Says where the text is not in the format of SPEC §2; whether it can match anything is the business of
//! [`super::check`].
//!
//! One pass from left to right. The depth of the recursion is the depth of the braces, which is limited before it is entered.

use core::ops::Range;

use super::Limits;
use super::ast::{Ast, Literal, Node, NodeKind, Set, SetItem};
use super::normalize;
use crate::error::{Error, ErrorKind, Span, floor_char_boundary};
use crate::host;

pub(super) fn parse(text: &str, limits: &Limits) -> Result<Ast, Error> {
    let trimmed = normalize::trim(text);
    if trimmed.len() > limits.pattern_bytes {
        return Err(too_long(text, limits, "as it is written"));
    }
    if let Some(at) = text.bytes().position(|byte| matches!(byte, b'(' | b')')) {
        let help = "write alternatives in braces, such as `{app,www}.example.com`";
        return Err(Error::new(ErrorKind::Parenthesis, text, Span::new(at, at + 1), help));
    }
    let body: Range<usize> = normalize::strip_slash(text, normalize::strip_protocol(text, trimmed.clone()));
    let mut parser = Parser { text, at: body.start, end: body.end, limits };
    if body.is_empty() {
        return Err(parser.error(
            ErrorKind::Empty,
            Span::new(trimmed.start, trimmed.end),
            "write a host such as `example.com`, or remove the entry",
        ));
    }
    // Both have one, and most patterns have none.
    if text.as_bytes()[body.clone()].contains(&b':') {
        parser.refuse_protocol()?;
        if host::parse_ipv6(&text.as_bytes()[body.clone()]).is_some() {
            let help = format!("write it in brackets: `[{}]`", &text[body.clone()]);
            return Err(parser.error(ErrorKind::Ipv6Place, Span::new(body.start, body.end), help));
        }
    }
    let address = parser.ipv6()?;
    let mut nodes = parser.sequence(0)?;
    if let Some(node) = address {
        nodes.insert(0, node);
    }
    drop_root_dot(&mut nodes);
    let ast = Ast { nodes };
    let alternatives = count_alternatives(&ast.nodes);
    if alternatives > limits.alternatives {
        let span = Span::new(body.start, body.end);
        let help = format!(
            "split it into several patterns; a pattern may have {} alternatives",
            limits.alternatives
        );
        let detail = match alternatives {
            usize::MAX => "more than can be counted".to_string(),
            count => format!("{count} of them"),
        };
        return Err(parser.error(ErrorKind::TooManyAlternatives, span, help).with_detail(detail));
    }
    Ok(ast)
}

/// The error for a pattern that is longer than the limit; `form` says which of its texts is.
pub(super) fn too_long(text: &str, limits: &Limits, form: &str) -> Error {
    let trimmed = normalize::trim(text);
    let start = floor_char_boundary(text, trimmed.start + limits.pattern_bytes).min(trimmed.end);
    let help =
        format!("a pattern has at most {} bytes; split it into several patterns", limits.pattern_bytes);
    Error::new(ErrorKind::TooLong, text, Span::new(start, trimmed.end), help)
        .with_detail(format!("{} bytes {form}", trimmed.len()))
}

/// Removes the dot at the end of the host, the root of the domain name system: `example.com.` is `example.com`.
fn drop_root_dot(nodes: &mut Vec<Node>) {
    if matches!(nodes.first(), Some(Node { kind: NodeKind::Ipv6(_), .. })) {
        return; // An address is no name, it has no root.
    }
    let is_colon = |node: &Node| matches!(node.kind, NodeKind::Colon);
    let end = nodes.iter().position(is_colon).unwrap_or(nodes.len());
    if let [before @ .., Node { kind: NodeKind::Dot, .. }] = &nodes[..end]
        && !may_hold_port(before)
    {
        nodes.remove(end - 1);
    }
}

/// True if there is a colon in some braces: a dot behind it may stand in a port.
fn may_hold_port(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match &node.kind {
        NodeKind::Colon => true,
        NodeKind::Braces(alternatives) => alternatives.iter().any(|nodes| may_hold_port(nodes)),
        _ => false,
    })
}

/// How many patterns without braces this stands for; saturates.
fn count_alternatives(nodes: &[Node]) -> usize {
    let mut product = 1usize;
    for node in nodes {
        if let NodeKind::Braces(alternatives) = &node.kind {
            let sum =
                alternatives.iter().fold(0usize, |sum, nodes| sum.saturating_add(count_alternatives(nodes)));
            product = product.saturating_mul(sum);
        }
    }
    product
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    end: usize,
    limits: &'t Limits,
}

impl Parser<'_> {
    fn error(&self, kind: ErrorKind, span: Span, help: impl Into<Box<str>>) -> Error {
        Error::new(kind, self.text, span, help)
    }

    fn rest(&self) -> &str {
        &self.text[self.at..self.end]
    }

    /// The byte that comes next. All that have a meaning are ASCII.
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes()[..self.end].get(self.at).copied()
    }

    /// A span over the character that comes next.
    fn here(&self) -> Span {
        Span::new(self.at, self.at + self.rest().chars().next().map_or(0, char::len_utf8))
    }

    /// The run of plain characters that comes next, perhaps empty.
    fn run(&self) -> &str {
        let rest = self.rest();
        let symbols = rest.bytes().position(|byte| !host::is_label_byte(byte)).unwrap_or(rest.len());
        if rest.as_bytes().get(symbols).is_none_or(u8::is_ascii) {
            return &rest[..symbols];
        }
        let is_plain = |c: char| match u8::try_from(c) {
            Ok(byte) if byte.is_ascii() => host::is_label_byte(byte),
            _ => !c.is_whitespace() && !c.is_control(),
        };
        &rest[..rest.find(|c| !is_plain(c)).unwrap_or(rest.len())]
    }

    /// A protocol that is still there is one that was not taken off: another one, or one that does not stand in front.
    fn refuse_protocol(&self) -> Result<(), Error> {
        let Some(offset) = self.rest().find("://") else { return Ok(()) };
        let span = Span::new(self.at, self.at + offset + 3);
        let help = "leave the protocol out: a pattern holds for `http` and `https` alike";
        Err(self.error(ErrorKind::Protocol, span, help))
    }

    /// `[` at the very start, with a `:` before the first `]`: an address.
    fn ipv6(&mut self) -> Result<Option<Node>, Error> {
        let Some(content) = self.rest().strip_prefix('[').and_then(|rest| Some(&rest[..rest.find(']')?]))
        else {
            return Ok(None);
        };
        if !content.contains(':') {
            return Ok(None);
        }
        let span = Span::new(self.at, self.at + content.len() + 2);
        let Some(groups) = host::parse_ipv6(content.as_bytes()) else {
            let help = "write the address as in `[2001:db8::1]`, without wildcards and without a zone";
            return Err(self.error(ErrorKind::Ipv6, span, help));
        };
        self.at = span.end;
        Ok(Some(Node { span, kind: NodeKind::Ipv6(groups) }))
    }

    /// Reads parts up to the end or, inside braces, up to the `,` or `}` that ends this alternative.
    fn sequence(&mut self, depth: usize) -> Result<Vec<Node>, Error> {
        // As many as most patterns have outside of braces.
        let mut nodes = Vec::with_capacity(if depth == 0 { 6 } else { 1 });
        while let Some(byte) = self.peek() {
            let start = self.at;
            let kind = match byte {
                b',' | b'}' if depth > 0 => break,
                b'*' => self.star()?,
                b'?' => self.single(NodeKind::Question),
                b'.' => self.single(NodeKind::Dot),
                b':' => self.single(NodeKind::Colon),
                b'[' => self.set()?,
                b'{' => self.braces(depth + 1)?,
                _ => self.literal()?,
            };
            nodes.push(Node { span: Span::new(start, self.at), kind });
        }
        Ok(nodes)
    }

    fn single(&mut self, kind: NodeKind) -> NodeKind {
        self.at += 1;
        kind
    }

    fn star(&mut self) -> Result<NodeKind, Error> {
        let stars = self.rest().bytes().take_while(|byte| *byte == b'*').count();
        if stars > 1 {
            let help = "write `*` for one label, and `*.*` for two: a wildcard never crosses a dot";
            return Err(self.error(ErrorKind::DoubleStar, Span::new(self.at, self.at + stars), help));
        }
        Ok(self.single(NodeKind::Star))
    }

    /// A run of plain characters, in its ASCII form.
    fn literal(&mut self) -> Result<NodeKind, Error> {
        let run = self.run();
        if run.is_empty() {
            return Err(self.refuse());
        }
        let span = Span::new(self.at, self.at + run.len());
        let literal = if run.is_ascii() {
            Literal { ascii: run.to_ascii_lowercase().into(), was_non_ascii: false }
        } else {
            Literal { ascii: self.to_ascii(run, span)?, was_non_ascii: true }
        };
        self.at = span.end;
        Ok(NodeKind::Literal(literal))
    }

    fn to_ascii(&self, label: &str, span: Span) -> Result<Box<str>, Error> {
        let refused = |help: &str| self.error(ErrorKind::Idna, span, help);
        let ascii = idna::domain_to_ascii_cow(label.as_bytes(), idna::AsciiDenyList::URL).map_err(|_| {
            refused("check the spelling, or write the label in the `xn--` form that browsers send")
        })?;
        if ascii.contains('.') {
            return Err(refused("write `.` for the dot between labels"));
        }
        if ascii.is_empty() || !ascii.bytes().all(host::is_label_byte) {
            return Err(refused(
                "write the name that it is meant to be: these characters stand for something else",
            ));
        }
        Ok(ascii.into())
    }

    /// `[…]`, with the bracket as the next character.
    fn set(&mut self) -> Result<NodeKind, Error> {
        let open = self.at;
        let Some(length) = self.rest().find(']') else {
            let help = "close it, such as `[a-d]`, or remove it";
            return Err(self.error(ErrorKind::UnclosedBracket, self.here(), help));
        };
        let close = open + length;
        let whole = Span::new(open, close + 1);
        let content = &self.text[open + 1..close];
        if content.is_empty() {
            let help = "name the characters, such as `[abc]` or `[a-d]`, or remove the brackets";
            return Err(self.error(ErrorKind::EmptySet, whole, help));
        }
        if content.starts_with(['!', '^']) {
            let help = "name the characters that are allowed, such as `[a-d]`";
            return Err(self.error(ErrorKind::NegatedSet, Span::new(open + 1, open + 2), help));
        }
        if content.contains(':') {
            let help = "write the address alone as one pattern, such as `[::1]:3000`";
            return Err(self.error(ErrorKind::Ipv6Place, whole, help));
        }
        let mut items = Vec::new();
        // How many member characters are written so far; the ends of a range are two.
        let mut written = 0;
        self.at = open + 1;
        while self.at < close {
            let first = self.member(close)?;
            let start = self.at - 1;
            if first == b'-' {
                if self.at == close && written >= 2 {
                    items.push(SetItem::One(b'-'));
                    break;
                }
                let help = "a `-` is a member only as the last of several, such as `[ab-]`; a range has two ends, such as `[a-d]`";
                return Err(self.error(ErrorKind::SetHyphen, Span::new(start, start + 1), help));
            }
            let is_range = self.text[self.at..close].starts_with('-') && self.at + 1 < close;
            if !is_range {
                items.push(SetItem::One(first));
                written += 1;
                continue;
            }
            self.at += 1;
            let last = self.member(close)?;
            let span = Span::new(start, self.at);
            let same_alphabet = (first.is_ascii_lowercase() && last.is_ascii_lowercase())
                || (first.is_ascii_digit() && last.is_ascii_digit());
            if !same_alphabet {
                let help = "write two ranges, such as `[a-z0-9]`";
                return Err(self.error(ErrorKind::RangeMixed, span, help));
            }
            if first > last {
                let help = format!("write `{}-{}`", char::from(last), char::from(first));
                return Err(self.error(ErrorKind::RangeReversed, span, help));
            }
            items.push(SetItem::Range(first, last));
            written += 2;
        }
        self.at = close + 1;
        Ok(NodeKind::Set(Set { items }))
    }

    /// The next character of a set, in lower case.
    fn member(&mut self, close: usize) -> Result<u8, Error> {
        let byte = self.text.as_bytes()[self.at];
        if host::is_label_byte(byte) {
            self.at += 1;
            return Ok(byte.to_ascii_lowercase());
        }
        let c = self.text[self.at..close].chars().next().unwrap_or(']');
        let span = Span::new(self.at, self.at + c.len_utf8());
        let help = match c {
            '*' | '?' => {
                "a wildcard has no meaning inside brackets: write `?` without them for any character"
            }
            ',' => {
                "write the characters one after the other, such as `[abc]`, or use braces for alternatives, such as `{a,b}`"
            }
            '[' => "brackets do not nest: write one set, such as `[a-d0-9]`",
            '.' => "a set never holds a separator: write the dot outside, or use braces, such as `{.,-}`",
            c if !c.is_ascii() => {
                "non-ASCII characters have no place in a set: write whole labels in braces, such as `{bücher,books}`"
            }
            _ => "remove it",
        };
        Err(self.error(ErrorKind::SetMember, span, help))
    }

    /// `{…}`, with the brace as the next character.
    fn braces(&mut self, depth: usize) -> Result<NodeKind, Error> {
        let open = self.here();
        if depth > self.limits.nesting.min(Limits::MAX_NESTING) {
            let help = format!(
                "write the alternatives side by side; {} levels are allowed",
                self.limits.nesting.min(Limits::MAX_NESTING)
            );
            return Err(self.error(ErrorKind::TooDeep, open, help));
        }
        self.at = open.end;
        let mut alternatives = Vec::new();
        loop {
            alternatives.push(self.sequence(depth)?);
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(_) => break,
                None => {
                    let help = "close it, such as `{app,www}`, or remove it";
                    return Err(self.error(ErrorKind::UnclosedBrace, open, help));
                }
            }
        }
        self.at += 1;
        if alternatives.len() == 1 && alternatives[0].is_empty() {
            let help = "name the alternatives, such as `{app,www}`, or remove the braces";
            return Err(self.error(ErrorKind::EmptyBraces, Span::new(open.start, self.at), help));
        }
        Ok(NodeKind::Braces(alternatives))
    }

    /// The error for the character that comes next, which has no place here.
    fn refuse(&self) -> Error {
        let (kind, help) = match self.rest().chars().next().unwrap_or_default() {
            '/' => (ErrorKind::Slash, "leave the path out: only the host and the port are looked at"),
            '\\' => (ErrorKind::Backslash, "write `.` for a dot; nothing needs an escape"),
            ',' => (
                ErrorKind::Comma,
                "make it two entries, or write alternatives in braces, such as `{example.com,example.org}`",
            ),
            '}' => (ErrorKind::UnopenedBrace, "remove it, or open it with `{`"),
            ']' => (ErrorKind::UnopenedBracket, "remove it, or open it with `[`"),
            '@' => (ErrorKind::UserInfo, "write only what stands behind the `@`"),
            c if c.is_whitespace() => {
                (ErrorKind::Blank, "remove it; write several patterns as several entries")
            }
            '#' => (ErrorKind::Character, "leave the fragment out: only the host and the port are looked at"),
            '%' => (ErrorKind::Character, "write the character itself: nothing is percent-decoded"),
            '^' | '$' => (ErrorKind::Character, "remove it: a pattern always matches the whole host"),
            '|' => (ErrorKind::Character, "write alternatives in braces, such as `{app,www}`"),
            '+' => (ErrorKind::Character, "write `?*` for one character or more"),
            '=' | '&' => {
                (ErrorKind::Character, "leave the query out: only the host and the port are looked at")
            }
            '!' => (ErrorKind::Character, "name what is allowed: there is no negation"),
            _ => (ErrorKind::Character, "remove it: a host has letters, digits, `-`, `_` and dots"),
        };
        self.error(kind, self.here(), help)
    }
}
