//! Patterns as pictures that people can read: railroad diagrams whose steps are labels.
//!
//! ```text
//! patterns ──► read ──► block ──► draw ─┬─► page ──► SVG
//!             syntax    boxes     lines │   rows, captions, style
//!             tree      and       and   │
//!                       sizes     text  └── words: what is said instead of `*` and `[a-d]`
//! ```
//!
//! Whoever follows the line from the start to the end of a row reads a host that gets in. A label is one box, whatever it is made of; braces are tracks beside each other.
//!
//! The picture is made from the tree and never from written-out alternatives, so it grows with the text of the patterns and no faster; no function goes deeper than the braces do.
//! It has its style inside, for light and dark, and neither a script nor anything from elsewhere. The same patterns always give the same bytes.

mod block;
mod draw;
mod page;
mod read;
mod words;

use guestlist::Pattern;

/// What can be chosen about a picture.
///
/// ```
/// use guestlist_proof::railroad::Style;
///
/// let style = Style::default().rows(20).title("The upload list");
/// assert_eq!(style.rows, 20);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Style {
    /// How many patterns are drawn; of the others the picture says how many they are. 200 by default, which is as much as a person may want to scroll through.
    pub rows: usize,
    /// The name of the picture for screen readers; without one it is the pattern, or how many there are.
    pub title: Option<String>,
    /// The name of the picture within a page that it is a part of, whose style sheet has [`STYLE_SHEET`]; without one it is a document of its own, with its style inside.
    pub part: Option<String>,
}

impl Style {
    /// Sets how many patterns are drawn.
    #[must_use]
    pub fn rows(self, rows: usize) -> Style {
        Style { rows, ..self }
    }

    /// Sets the name of the picture.
    #[must_use]
    pub fn title(self, title: impl Into<String>) -> Style {
        Style { title: Some(title.into()), ..self }
    }

    /// Makes it a part of an HTML page, by a name that nothing else on the page has. It has the class `railroad` then, and no style of its own: pages whose policy forbids that of their parts can have it too.
    #[must_use]
    pub fn part(self, name: impl Into<String>) -> Style {
        Style { part: Some(name.into()), ..self }
    }
}

impl Default for Style {
    fn default() -> Style {
        Style { rows: 200, title: None, part: None }
    }
}

/// How pictures look, in light and dark. For a page put it between `.railroad {` and `}`, since its names are those of every day.
pub const STYLE_SHEET: &str = include_str!("style.css");

/// Draws patterns as one SVG document: a single one as a line from start to end, several as the rows of a list, numbered from 1 as in every decision.
///
/// ```
/// use guestlist::Pattern;
/// use guestlist_proof::railroad::{self, Style};
///
/// let pattern = Pattern::parse("{,www.}example.com")?;
/// let svg = railroad::svg(&[&pattern], &Style::default());
/// assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
/// assert!(svg.contains(">example</text>"));
/// # Ok::<(), guestlist::Error>(())
/// ```
#[must_use]
pub fn svg(patterns: &[&Pattern], style: &Style) -> String {
    page::page(patterns, style)
}
