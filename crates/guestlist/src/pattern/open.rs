//! Patterns that let in strangers: saved, with a warning that says who else gets in (SPEC §3).
//!
//! A host belongs to whoever registered the label before the last, so a pattern that leaves one of its last two labels open lets in anyone who registers a fitting name.
//! That much is plain from the pattern itself. That `co.uk` and `github.io` are shared as well is known only to a list of public suffixes, which the engine has none of.

use core::fmt;

use super::Pattern;
use super::expand::{Unit, UnitKind, for_each_alternative};
use super::label::LabelGlob;
use crate::error::Span;
use crate::host;

/// A pattern that lets in hosts of people its author does not know. It is valid, and saved.
///
/// ```
/// let warning = guestlist::Pattern::parse("{app,*}.com")?.warning().expect("anyone can register a name in com");
/// assert_eq!(warning.host, "evil.com");
/// assert_eq!(warning.to_string(), "this also lets in hosts of others, such as `evil.com`");
/// assert_eq!(guestlist::Pattern::parse("*.example.com")?.warning(), None);
/// # Ok::<(), guestlist::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The label that is open, in bytes of [`Pattern::source`].
    pub span: Span,
    /// A host that gets in.
    pub host: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this also lets in hosts of others, such as `{}`", self.host)
    }
}

impl Pattern {
    /// Who else gets in, if the pattern itself shows it: one of the last two labels has a `*` or a `?`.
    ///
    /// Cost: the text of all written-out alternatives, up to the first that is open.
    pub fn warning(&self) -> Option<Warning> {
        for_each_alternative(&self.ast().nodes, |units| match open(units) {
            Some(warning) => Err(warning),
            None => Ok(()),
        })
        .err()
    }
}

/// The warning for one alternative.
fn open(units: &[Unit<'_>]) -> Option<Warning> {
    let host = units.split(|unit| matches!(unit.kind, UnitKind::Colon)).next()?;
    let labels: Vec<&[Unit<'_>]> = host.split(|unit| matches!(unit.kind, UnitKind::Dot)).collect();
    let is_wild = |unit: &&Unit<'_>| matches!(unit.kind, UnitKind::Star | UnitKind::Question);
    let label = labels.iter().rev().take(2).find(|label| label.iter().any(|unit| is_wild(&unit)))?;
    let is_reserved = |last: &&[Unit<'_>]| RESERVED.iter().any(|name| LabelGlob::new(last).is_text(name));
    if labels.last().is_some_and(is_reserved) {
        return None;
    }
    let span = label.iter().map(|unit| unit.span).reduce(Span::to)?;
    // Where only an address fits, a stranger's name is no example.
    let host = ["evil", "1"].into_iter().map(|stranger| {
        let labels: Vec<String> = labels.iter().map(|label| fill(label, stranger)).collect();
        labels.join(".")
    });
    let is_valid = |host: &String| {
        let mut labels = host.split('.').map(str::as_bytes);
        !labels.clone().next_back().is_some_and(host::is_number) || labels.all(host::is_octet)
    };
    Some(Warning { span, host: host.into_iter().find(is_valid)? })
}

/// Top-level names under which nobody can register anything (RFC 6761, RFC 6762 and the one set aside for private use).
const RESERVED: [&str; 6] = ["localhost", "internal", "local", "test", "example", "invalid"];

/// A text that the label matches, with a stranger where it is open.
fn fill(label: &[Unit<'_>], stranger: &str) -> String {
    let mut text = String::new();
    let mut is_filled = false;
    for unit in label {
        match unit.kind {
            UnitKind::Literal(literal) => text += &literal.ascii,
            UnitKind::Question => text.push('x'),
            UnitKind::One(symbols) => text.extend(symbols.iter().next().map(char::from)),
            UnitKind::Star if !is_filled => {
                is_filled = true;
                text += stranger;
            }
            UnitKind::Star | UnitKind::Dot | UnitKind::Colon | UnitKind::Ipv6(_) => {}
        }
    }
    text
}
