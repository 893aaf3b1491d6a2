//! `guestlist store`: lists into a store, out of it, whether it is whole, and who may ask.

mod tokens;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use guestlist_store::{Change, Document, RedbStore, Store, StoreError, StoreErrorKind};

use self::tokens::{RevokeArgs, TokenArgs, TokensArgs};
use crate::failure::{Exit, Failure};
use crate::options::OutputFormat;
use crate::source;
use crate::text::{self, show_short};

/// `guestlist store`.
#[derive(Debug, Args)]
pub struct StoreArgs {
    #[command(subcommand)]
    command: StoreCommand,
}

#[derive(Debug, Subcommand)]
enum StoreCommand {
    /// Take the apps of a configuration, or of an export, into a store; make the store if there is none.
    ///
    /// Apps that the store has not are made; the others get these settings and lists, where they differ, as new versions. Apps that the file does not name stay as they are. All of it is done, or nothing.
    Import(ImportArgs),
    /// Print the apps of a store with what their lists say now: as a configuration, or as JSON. Both can be imported again.
    ///
    /// What the lists said before, the log and the tokens are not part of it: for those, copy the file while nobody has it open.
    Export(ExportArgs),
    /// Read everything in a store and look whether it belongs together. Exit code 1 if it does not.
    Verify(VerifyArgs),
    /// Make a token for the console and its API, and print its secret, which is kept nowhere.
    ///
    /// For whoever has none that is good any more. While a server has the store open, tokens are made on its console.
    Token(TokenArgs),
    /// List the tokens of a store, those that were revoked too.
    Tokens(TokensArgs),
    /// Revoke a token: whoever has it is let in no more.
    Revoke(RevokeArgs),
}

#[derive(Debug, Args)]
struct ImportArgs {
    /// The store, a file.
    store: PathBuf,
    /// What to take in; `-` reads standard input.
    file: PathBuf,
    /// What the file is [default: json for a name that ends with .json, else toml].
    #[arg(long, value_name = "FORMAT")]
    from: Option<DocumentFormat>,
    /// Who does it, for the log and the history.
    #[arg(long, value_name = "NAME", default_value = "guestlist store import")]
    by: String,
    /// Why, for the log and the history.
    #[arg(long, value_name = "TEXT", default_value = "")]
    why: String,
    /// Print what was done as text or as one JSON object.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: OutputFormat,
}

#[derive(Debug, Args)]
struct ExportArgs {
    /// The store, a file.
    store: PathBuf,
    /// What to print.
    #[arg(long, value_name = "FORMAT", default_value = "toml")]
    format: DocumentFormat,
}

#[derive(Debug, Args)]
struct VerifyArgs {
    /// The store, a file.
    store: PathBuf,
    /// Print as text or as one JSON object.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: OutputFormat,
}

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DocumentFormat {
    /// A configuration file.
    Toml,
    /// JSON.
    Json,
}

pub(crate) fn run(args: &StoreArgs, out: &mut dyn Write) -> Result<Exit, Failure> {
    match &args.command {
        StoreCommand::Import(args) => import(args, out),
        StoreCommand::Export(args) => export(args, out),
        StoreCommand::Verify(args) => verify(args, out),
        StoreCommand::Token(args) => tokens::make(args, out),
        StoreCommand::Tokens(args) => tokens::list(args, out),
        StoreCommand::Revoke(args) => tokens::revoke(args, out),
    }
}

fn import(args: &ImportArgs, out: &mut dyn Write) -> Result<Exit, Failure> {
    let is_json = args.file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let format = args.from.unwrap_or(if is_json { DocumentFormat::Json } else { DocumentFormat::Toml });
    // Read first: what is wrong with it is no reason to make a store.
    let document = match format {
        DocumentFormat::Toml => Document::of_config(&source::read_config(&args.file)?.1),
        DocumentFormat::Json => {
            let shown = shown(&args.file);
            Document::from_json(&text::read_text(&args.file)?).map_err(|error| {
                Failure::new(
                    format!("{shown}: {error}"),
                    "`guestlist store export --format json` prints this form; for a configuration write --from toml",
                )
            })?
        }
    };
    let failure = |error| failure(&args.store, error);
    let store = RedbStore::open_or_create(&args.store).map_err(failure)?;
    let change = Change::by(&*args.by).why(&*args.why);
    let imported = store.import(&document, &change).map_err(failure)?;
    match args.format {
        OutputFormat::Json => writeln!(out, "{}", serde_json::json!(imported))?,
        OutputFormat::Text => writeln!(
            out,
            "{}: {} made, {} changed, {} as before",
            shown(&args.store),
            apps(imported.created),
            imported.changed,
            imported.unchanged
        )?,
    }
    Ok(Exit::Success)
}

fn export(args: &ExportArgs, out: &mut dyn Write) -> Result<Exit, Failure> {
    let failure = |error| failure(&args.store, error);
    let document = Document::of(&RedbStore::open(&args.store).map_err(failure)?).map_err(failure)?;
    let text = match args.format {
        DocumentFormat::Toml => document.to_toml(),
        DocumentFormat::Json => document.to_json(),
    };
    out.write_all(text.as_bytes())?;
    Ok(Exit::Success)
}

fn verify(args: &VerifyArgs, out: &mut dyn Write) -> Result<Exit, Failure> {
    let verified = RedbStore::open(&args.store).and_then(|store| {
        store.verify()?;
        let mut count = 0;
        store.each_app(&mut |_| count += 1)?;
        Ok(count)
    });
    let wrong = match verified {
        Ok(count) => {
            match args.format {
                OutputFormat::Json => writeln!(out, "{}", serde_json::json!({"whole": true, "apps": count}))?,
                OutputFormat::Text => writeln!(out, "{}: whole, {}", shown(&args.store), apps(count))?,
            }
            return Ok(Exit::Success);
        }
        Err(error) => match error.kind() {
            StoreErrorKind::Corrupt { .. } => error,
            _ => return Err(failure(&args.store, error)),
        },
    };
    match args.format {
        OutputFormat::Json => {
            let object =
                serde_json::json!({"whole": false, "error": wrong.to_string(), "help": wrong.help()});
            writeln!(out, "{object}")?;
        }
        OutputFormat::Text => writeln!(out, "{}: {wrong}\n  help: {}", shown(&args.store), wrong.help())?,
    }
    Ok(Exit::Negative)
}

fn apps(count: usize) -> String {
    if count == 1 { "1 app".to_string() } else { format!("{count} apps") }
}

fn shown(path: &Path) -> String {
    show_short(path.display().to_string().as_bytes())
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err has")]
fn failure(store: &Path, error: StoreError) -> Failure {
    Failure::new(format!("{}: {error}", shown(store)), error.help())
}
