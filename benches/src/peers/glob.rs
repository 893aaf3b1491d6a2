//! Globs of file names. Their `*` stops only at `/`, so patterns and hosts are spelt with `/` for the dot.

use guestlist::Pattern;
use guestlist::ast::{Node, NodeKind, SetItem};

use wax::Program as _;

use super::{Peer, Unable, without_port};

/// The patterns as globs. Those without a port see the host alone, the others all of `host:port`.
#[derive(Clone, Debug, Default)]
pub struct Globs {
    hosts: Vec<String>,
    ported: Vec<String>,
}

/// What they disagree about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    /// `{a,b,}` may stand for nothing, and a colon for itself.
    Plain,
    /// `<{a,b}:0,1>` may stand for nothing, so that a colon has to be escaped.
    Wax,
}

impl Globs {
    fn of(patterns: &[Pattern], dialect: Dialect) -> Result<Globs, Unable> {
        let mut globs = Globs::default();
        for pattern in patterns {
            let nodes = &pattern.ast().nodes;
            let mut glob = String::new();
            write(nodes, true, dialect, &mut glob)?;
            let ported = nodes.iter().any(|node| node.kind == NodeKind::Colon);
            if ported { globs.ported.push(glob) } else { globs.hosts.push(glob) }
        }
        Ok(globs)
    }
}

fn write(nodes: &[Node], outermost: bool, dialect: Dialect, glob: &mut String) -> Result<(), Unable> {
    for node in nodes {
        match &node.kind {
            NodeKind::Literal(literal) => *glob += &literal.ascii,
            // Two would match across separators.
            NodeKind::Star if glob.ends_with(['*', '}', '>']) => {
                return Err(Unable("a star after a star or brace"));
            }
            NodeKind::Star => glob.push('*'),
            NodeKind::Question => glob.push('?'),
            NodeKind::Dot => glob.push('/'),
            NodeKind::Colon if outermost => *glob += if dialect == Dialect::Wax { "\\:" } else { ":" },
            NodeKind::Colon => return Err(Unable("a port within braces")),
            NodeKind::Set(set) => {
                glob.push('[');
                for item in &set.items {
                    match *item {
                        SetItem::One(b'-') => {}
                        SetItem::One(byte) => glob.push(char::from(byte)),
                        SetItem::Range(first, last) => {
                            glob.extend([char::from(first), '-', char::from(last)]);
                        }
                        _ => return Err(Unable("an unknown part")),
                    }
                }
                // At the end it makes no range.
                if set.items.contains(&SetItem::One(b'-')) {
                    glob.push('-');
                }
                glob.push(']');
            }
            NodeKind::Braces(_) if glob.ends_with('*') => return Err(Unable("a brace after a star")),
            NodeKind::Braces(alternatives) => {
                let repeated = dialect == Dialect::Wax && alternatives.iter().any(Vec::is_empty);
                *glob += if repeated { "<{" } else { "{" };
                let written = alternatives.iter().filter(|alternative| !(repeated && alternative.is_empty()));
                for (index, alternative) in written.enumerate() {
                    *glob += if index == 0 { "" } else { "," };
                    write(alternative, false, dialect, glob)?;
                }
                *glob += if repeated { "}:0,1>" } else { "}" };
            }
            _ => return Err(Unable("an address or an unknown part")),
        }
    }
    Ok(())
}

/// All globs as one `globset::GlobSet`.
#[derive(Debug)]
pub struct GlobSet {
    hosts: globset::GlobSet,
    ported: globset::GlobSet,
}

impl Peer for GlobSet {
    const NAME: &'static str = "globset";
    type Rules = Globs;

    fn translate(patterns: &[Pattern]) -> Result<Globs, Unable> {
        Globs::of(patterns, Dialect::Plain)
    }

    fn build(globs: &Globs) -> Result<GlobSet, Unable> {
        let set = |globs: &[String]| {
            let mut set = globset::GlobSetBuilder::new();
            for glob in globs {
                set.add(
                    globset::GlobBuilder::new(glob).literal_separator(true).empty_alternates(true).build()?,
                );
            }
            set.build()
        };
        let unable = |_| Unable("globset refuses the list or finds it too large");
        Ok(GlobSet { hosts: set(&globs.hosts).map_err(unable)?, ported: set(&globs.ported).map_err(unable)? })
    }

    fn spell(host: &str) -> String {
        host.replace('.', "/")
    }

    fn is_match(&mut self, host: &str) -> bool {
        let (name, has_port) = without_port(host);
        self.hosts.is_match(name) || (has_port && self.ported.is_match(host))
    }
}

/// One glob after the other by `fast_glob`, which compiles nothing.
#[derive(Debug)]
pub struct FastGlob(Globs);

impl Peer for FastGlob {
    const NAME: &'static str = "fast-glob";
    type Rules = Globs;

    fn translate(patterns: &[Pattern]) -> Result<Globs, Unable> {
        Globs::of(patterns, Dialect::Plain)
    }

    fn build(globs: &Globs) -> Result<FastGlob, Unable> {
        let mut all = globs.hosts.iter().chain(&globs.ported);
        if all.any(|glob| fast_glob::validate(glob).is_err()) {
            return Err(Unable("fast-glob refuses a glob"));
        }
        Ok(FastGlob(globs.clone()))
    }

    fn spell(host: &str) -> String {
        GlobSet::spell(host)
    }

    fn is_match(&mut self, host: &str) -> bool {
        let (name, has_port) = without_port(host);
        self.0.hosts.iter().any(|glob| fast_glob::glob_match(glob, name))
            || (has_port && self.0.ported.iter().any(|glob| fast_glob::glob_match(glob, host)))
    }
}

/// All globs as one pattern of `wax`.
#[derive(Debug)]
pub struct Wax {
    hosts: wax::Any<'static>,
    ported: wax::Any<'static>,
}

impl Peer for Wax {
    const NAME: &'static str = "wax";
    type Rules = Globs;

    fn translate(patterns: &[Pattern]) -> Result<Globs, Unable> {
        Globs::of(patterns, Dialect::Wax)
    }

    fn build(globs: &Globs) -> Result<Wax, Unable> {
        let any = |globs: &[String]| {
            let owned = |glob: &String| wax::Glob::new(glob).map(wax::Glob::into_owned);
            let globs: Vec<_> = globs
                .iter()
                .map(owned)
                .collect::<Result<_, _>>()
                .map_err(|_| Unable("wax refuses a glob"))?;
            wax::any(globs).map_err(|_| Unable("wax finds the list too large"))
        };
        Ok(Wax { hosts: any(&globs.hosts)?, ported: any(&globs.ported)? })
    }

    fn spell(host: &str) -> String {
        GlobSet::spell(host)
    }

    fn is_match(&mut self, host: &str) -> bool {
        let (name, has_port) = without_port(host);
        self.hosts.is_match(name) || (has_port && self.ported.is_match(host))
    }
}
