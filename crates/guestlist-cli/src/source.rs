//! Where the patterns come from: `-p GLOB`, `-l FILE` or `-c CONFIG --app KEY`.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use guestlist::{Gate, Limits, List, ListType, Mode};

use crate::failure::Failure;
use crate::options::ModeArg;
use crate::patterns_file;
use crate::text::{self, Problem};
use guestlist_config::Config;

/// The options that name patterns.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct SourceArgs {
    /// A pattern; may be given many times.
    #[arg(short = 'p', long = "pattern", value_name = "GLOB")]
    pub(crate) pattern: Vec<String>,
    /// A file of patterns, one a line, with `#` comments; may be given many times.
    #[arg(short = 'l', long = "list", value_name = "FILE")]
    pub(crate) list: Vec<PathBuf>,
    /// A configuration file with the lists of apps.
    #[arg(short = 'c', long = "config", value_name = "FILE", requires = "app", conflicts_with_all = ["pattern", "list", "limit", "mode", "block_missing"])]
    pub(crate) config: Option<PathBuf>,
    /// The key of the app in the configuration file.
    #[arg(long, value_name = "KEY", requires = "config", conflicts_with_all = ["pattern", "list"])]
    pub(crate) app: Option<String>,
    /// How many distinct patterns the list may have [default: 20].
    #[arg(long, value_name = "COUNT")]
    pub(crate) limit: Option<usize>,
    /// How the list is enforced [default: enforce].
    #[arg(long, value_name = "MODE")]
    pub(crate) mode: Option<ModeArg>,
    /// Whether a request without the header is denied [default: true for upload, false for delivery].
    #[arg(long, value_name = "BOOL")]
    pub(crate) block_missing: Option<bool>,
}

/// A gate and what to call it.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) gate: Gate,
    pub(crate) name: String,
}

/// Where a pattern stands in a file.
#[derive(Clone, Debug)]
pub(crate) struct FilePlace {
    pub(crate) path: PathBuf,
    pub(crate) content: Arc<str>,
    /// Its text as it is written there, in bytes.
    pub(crate) range: Range<usize>,
}

/// A list, and where each of its rules stands; `None` for a pattern of `-p`.
#[derive(Debug)]
pub(crate) struct PlacedList {
    /// What to call it where there are several.
    pub(crate) name: String,
    pub(crate) gate: Arc<Gate>,
    pub(crate) list_type: ListType,
    pub(crate) places: Vec<Option<FilePlace>>,
}

impl PlacedList {
    pub(crate) fn list(&self) -> &List {
        self.gate.list(self.list_type)
    }

    /// Of the places of all patterns that were given those that became rules.
    fn new(name: String, gate: Arc<Gate>, list_type: ListType, given: Vec<Option<FilePlace>>) -> PlacedList {
        let list = gate.list(list_type);
        let duplicates = list.duplicates().iter().map(|duplicate| duplicate.position);
        let broken = list.broken().iter().filter_map(guestlist::Error::position);
        let dropped: BTreeSet<usize> = duplicates.chain(broken).collect();
        let places = given
            .into_iter()
            .enumerate()
            .filter(|(position, _)| !dropped.contains(position))
            .map(|(_, place)| place)
            .collect();
        PlacedList { name, gate, list_type, places }
    }
}

impl SourceArgs {
    /// True if no pattern is named at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.pattern.is_empty() && self.list.is_empty() && self.config.is_none()
    }

    /// The files that are read.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        self.list.iter().chain(&self.config).map(PathBuf::as_path)
    }

    /// True if a list or the configuration is standard input.
    pub(crate) fn reads_stdin(&self) -> bool {
        self.files().any(|path| path.as_os_str() == "-")
    }

    /// A list file alone, with any number of patterns.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or a pattern is refused.
    pub(crate) fn load_file(path: &Path, list_type: ListType) -> Result<Source, Failure> {
        let source = SourceArgs { list: vec![path.to_owned()], ..SourceArgs::default() };
        let limits = Limits::default().patterns(usize::MAX).list_bytes(usize::MAX);
        let (name, list, _) = source.read_patterns(list_type, limits)?;
        Ok(Source { gate: Gate::new().with_list(list), name })
    }

    /// As [`SourceArgs::load`], with more patterns of `-p` and files of `-l`, which were given as arguments of their own.
    ///
    /// # Errors
    ///
    /// Those of `load`, and if there is a configuration beside such arguments.
    pub(crate) fn load_with(
        &self,
        patterns: &[String],
        files: &[PathBuf],
        list_type: ListType,
    ) -> Result<Source, Failure> {
        if patterns.is_empty() && files.is_empty() {
            return self.load(list_type);
        }
        if self.config.is_some() {
            let what = if files.is_empty() { "patterns were" } else { "a list was" };
            return Err(Failure::new(
                format!("{what} given beside a configuration"),
                "name either patterns or -c CONFIG --app KEY",
            ));
        }
        let pattern = patterns.iter().chain(&self.pattern).cloned().collect();
        let list = files.iter().chain(&self.list).cloned().collect();
        let SourceArgs { limit, mode, block_missing, .. } = *self;
        SourceArgs { pattern, list, limit, mode, block_missing, ..SourceArgs::default() }.load(list_type)
    }

    /// Reads the patterns and makes of them the gate's list of this type, the one that is asked; each pattern of `-p` and `-l` is parsed once.
    ///
    /// The other list is off, but for a configuration, whose app has both.
    ///
    /// # Errors
    ///
    /// If no pattern is named, a file cannot be read, the configuration has no such app, or the list is refused: every bad pattern with its place.
    pub(crate) fn load(&self, list_type: ListType) -> Result<Source, Failure> {
        if let (Some(path), Some(app)) = (&self.config, &self.app) {
            return from_config(path, app);
        }
        let (name, list, _) = self.read_patterns(list_type, self.limits())?;
        Ok(Source { gate: Gate::new().with_list(list), name })
    }

    /// As [`SourceArgs::load`] of `-p` and `-l`, with the place of each rule.
    pub(crate) fn load_patterns(&self, list_type: ListType) -> Result<PlacedList, Failure> {
        let (name, list, given) = self.read_patterns(list_type, self.limits())?;
        Ok(PlacedList::new(name, Arc::new(Gate::new().with_list(list)), list_type, given))
    }

    fn limits(&self) -> Limits {
        self.limit.map_or(Limits::default(), |limit| Limits::default().patterns(limit))
    }

    /// The list of `-p` and `-l`, what to call it, and where each of its patterns stands.
    fn read_patterns(
        &self,
        list_type: ListType,
        limits: Limits,
    ) -> Result<(String, List, Vec<Option<FilePlace>>), Failure> {
        if self.is_empty() {
            return Err(Failure::new(
                "no patterns to decide with",
                "name them with -p GLOB, -l FILE, or -c CONFIG --app KEY",
            ));
        }
        // Each pattern with its file, for the errors.
        let mut texts = Vec::new();
        let mut places: Vec<Place> = Vec::new();
        for pattern in &self.pattern {
            texts.push(pattern.clone());
            places.push(Place::Option);
        }
        let files: Vec<(&Path, Arc<str>)> = self
            .list
            .iter()
            .map(|path| Ok((path.as_path(), text::read_text(path)?)))
            .collect::<Result<_, Failure>>()?;
        for (index, (_, content)) in files.iter().enumerate() {
            for line in patterns_file::patterns(content) {
                places.push(Place::File { index, start: line.start });
                texts.push(content[line].to_string());
            }
        }
        let mut builder = List::builder(list_type).patterns(&texts).limits(limits);
        builder = builder.mode(self.mode.map_or(Mode::Enforce, Mode::from));
        if let Some(block_missing) = self.block_missing {
            builder = builder.block_missing(block_missing);
        }
        let list = builder.build().map_err(|error| {
            let at = |problem: Problem, position: usize, span: Range<usize>| match places[position] {
                Place::Option => problem,
                Place::File { index, start } => {
                    let (path, content) = &files[index];
                    problem.at(path, content, start + span.start..start + span.end)
                }
            };
            let patterns = error.patterns().iter().map(|error| {
                let position = error.position().unwrap_or(0);
                match places[position] {
                    Place::Option => Problem::of_option(error),
                    Place::File { .. } => at(Problem::new(error.message(), error.help()), position, error.span().range()),
                }
            });
            let too_many = error.too_many().map(|too_many| {
                let message = format!("the list has {} distinct patterns, its limit is {}", too_many.count, too_many.limit);
                let help = "join patterns with braces, such as `{app,www}.example.com`, remove some, or raise the limit with --limit";
                at(Problem::new(message, help), too_many.position, 0..texts[too_many.position].len())
            });
            let too_large = error.too_large().map(|too_large| {
                let message = format!("the patterns have {} bytes, the limit of a list is {}", too_large.bytes, too_large.limit);
                Problem::new(message, "remove some patterns")
            });
            let count = error.patterns().len() + usize::from(too_many.is_some()) + usize::from(too_large.is_some());
            text::failure("the list was not accepted", count, too_large.into_iter().chain(too_many).chain(patterns))
        })?;
        let name = match (self.pattern.as_slice(), self.list.as_slice()) {
            ([], [path]) => path.display().to_string(),
            ([pattern], []) => pattern.clone(),
            _ => format!("{} patterns", list.rules().len()),
        };
        let given = texts.iter().zip(&places).map(|(text, place)| match *place {
            Place::Option => None,
            Place::File { index, start } => {
                let (path, content) = &files[index];
                Some(FilePlace {
                    path: path.to_path_buf(),
                    content: content.clone(),
                    range: start..start + text.len(),
                })
            }
        });
        Ok((name, list, given.collect()))
    }
}

/// The lists of a configuration with the place of each rule: of one app or of all, of one type or of both; those without patterns that are off are left out.
pub(crate) fn placed_lists(
    path: &Path,
    app: Option<&str>,
    list_type: Option<ListType>,
) -> Result<Vec<PlacedList>, Failure> {
    let (content, config) = read_config(path)?;
    if let Some(app) = app
        && !config.apps.contains_key(app)
    {
        return Err(no_app(&[path], &[&config], app));
    }
    let mut lists = Vec::new();
    for (key, found) in config.apps {
        if app.is_some_and(|app| app != key) {
            continue;
        }
        let places = ListType::ALL.map(|of_type| found.places(of_type).to_vec());
        let gate = Arc::new(found.gate);
        for (of_type, ranges) in ListType::ALL.into_iter().zip(places) {
            let list = gate.list(of_type);
            if list_type.is_some_and(|asked| asked != of_type)
                || (list.rules().is_empty() && list.mode() == Mode::Off)
            {
                continue;
            }
            let given = ranges
                .into_iter()
                .map(|range| Some(FilePlace { path: path.to_path_buf(), content: content.clone(), range }));
            let name = format!("{of_type} list of {}", text::show_short(key.as_bytes()));
            lists.push(PlacedList::new(name, gate.clone(), of_type, given.collect()));
        }
    }
    Ok(lists)
}

#[derive(Clone, Copy)]
enum Place {
    /// Given with `-p`.
    Option,
    /// From a file, where it begins at this byte.
    File { index: usize, start: usize },
}

/// Reads a configuration; with it comes the text of the file.
///
/// # Errors
///
/// If the file cannot be read or is no configuration: every mistake with its place.
pub(crate) fn read_config(path: &Path) -> Result<(Arc<str>, Config), Failure> {
    let content = text::read_text(path)?;
    match Config::parse(&content) {
        Ok(config) => Ok((content, config)),
        Err(mistakes) => {
            let problems = mistakes.iter().map(|mistake| {
                Problem::new(&mistake.message, &mistake.help).at(path, &content, mistake.span.clone())
            });
            Err(text::failure("the configuration was not accepted", mistakes.len(), problems))
        }
    }
}

fn from_config(path: &Path, app: &str) -> Result<Source, Failure> {
    let (_, mut config) = read_config(path)?;
    let Some(found) = config.apps.remove(app) else { return Err(no_app(&[path], &[&config], app)) };
    Ok(Source {
        gate: found.gate,
        name: format!("{} of {}", text::show_short(app.as_bytes()), path.display()),
    })
}

/// None of these configurations has the app.
pub(crate) fn no_app(paths: &[&Path], configs: &[&Config], app: &str) -> Failure {
    let keys: BTreeSet<&String> = configs.iter().flat_map(|config| config.apps.keys()).collect();
    let known: Vec<String> =
        keys.iter().take(8).map(|key| format!("`{}`", text::show_short(key.as_bytes()))).collect();
    let it = if let [_] = paths { "it has" } else { "they have" };
    let help = match (known.as_slice(), keys.len()) {
        ([], _) => "the file has no apps; add a table `[apps.KEY]`".to_string(),
        (known, count) if known.len() < count => {
            format!("{it} {} and {} more", known.join(", "), count - known.len())
        }
        (known, _) => format!("{it} {}", known.join(", ")),
    };
    let names: Vec<String> =
        paths.iter().map(|path| text::show_short(path.display().to_string().as_bytes())).collect();
    let subject = match names.as_slice() {
        [name] => format!("{name} has no app"),
        names => format!("neither {} has an app", names.join(" nor ")),
    };
    Failure::new(format!("{subject} with the key `{}`", text::show_short(app.as_bytes())), help)
}
