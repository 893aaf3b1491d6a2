//! What questions are asked about: patterns, together.

use guestlist::{Limits, List, ListBuilder, ListError, ListType, Origin, Pattern};

/// Patterns that admit what any of them admits: a list, or one pattern alone.
///
/// ```
/// use guestlist::{List, ListType, Pattern};
/// use guestlist_proof::Rules;
///
/// let list = List::builder(ListType::Upload).patterns(["example.com", "*.example.com"]).build()?;
/// assert_eq!(Rules::from(&list).patterns().len(), 2);
/// assert_eq!(Rules::from(Pattern::parse("example.com").unwrap()).patterns().len(), 1);
/// # Ok::<(), guestlist::ListError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    patterns: Vec<Pattern>,
}

impl Rules {
    /// Reads patterns as a list does: each once, all or nothing; there may be any number.
    ///
    /// # Errors
    ///
    /// A text is no pattern; the error names every one.
    pub fn parse<I>(texts: I) -> Result<Rules, ListError>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        Ok(Rules::from(&any_number(texts).build()?))
    }

    /// The patterns, in their order.
    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }
}

impl From<&List> for Rules {
    /// The rules of the list. Its mode plays no part.
    fn from(list: &List) -> Rules {
        list.rules().iter().map(|rule| rule.pattern().clone()).collect()
    }
}

impl From<Pattern> for Rules {
    fn from(pattern: Pattern) -> Rules {
        Rules { patterns: vec![pattern] }
    }
}

impl FromIterator<Pattern> for Rules {
    fn from_iter<I: IntoIterator<Item = Pattern>>(patterns: I) -> Rules {
        Rules { patterns: patterns.into_iter().collect() }
    }
}

fn any_number<I>(texts: I) -> ListBuilder
where
    I: IntoIterator,
    I::Item: AsRef<str>,
{
    let limits = Limits::default().patterns(usize::MAX).list_bytes(usize::MAX);
    List::builder(ListType::Upload).patterns(texts).limits(limits)
}

/// A list of these patterns, to ask the engine.
pub(crate) fn list_of(patterns: &[Pattern]) -> List {
    any_number(patterns.iter().map(Pattern::canonical)).restore()
}

/// Whether the engine lets in this host, with a port or without; what is no host it does not.
pub(crate) fn admits(list: &List, host: &str) -> bool {
    Origin::from_host(host.as_bytes()).is_ok_and(|origin| list.is_match(&origin))
}
