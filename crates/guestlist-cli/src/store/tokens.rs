//! `guestlist store token`, `tokens` and `revoke`: who may ask, while no server has the store open.

use std::io::Write;
use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};
use guestlist_store::{Access, Change, Grant, RedbStore, Scope, Store, Token};
use serde_json::{Value, json};

use super::{failure, shown};
use crate::failure::{Exit, Failure};
use crate::options::OutputFormat;
use crate::text::show_short;

#[derive(Debug, Args)]
pub(super) struct TokenArgs {
    /// The store, a file.
    store: PathBuf,
    /// Whose it is, for the log and the history of what is done with it.
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    name: String,
    /// What it may do [default: admin, and write where there is an app].
    #[arg(long, value_name = "ACCESS")]
    access: Option<TokenAccess>,
    /// The only app that it may ask for; it may read or write there, not more.
    #[arg(long, value_name = "KEY")]
    app: Option<String>,
    #[command(flatten)]
    said: Said,
}

#[derive(Debug, Args)]
pub(super) struct TokensArgs {
    /// The store, a file.
    store: PathBuf,
    /// Print as text or as one JSON array.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: OutputFormat,
}

#[derive(Debug, Args)]
pub(super) struct RevokeArgs {
    /// The store, a file.
    store: PathBuf,
    /// The number of the token, as `tokens` prints it.
    number: u64,
    #[command(flatten)]
    said: Said,
}

/// For the log, and how it is printed.
#[derive(Debug, Args)]
struct Said {
    /// Who does it, for the log.
    #[arg(long, value_name = "NAME", default_value = "guestlist store")]
    by: String,
    /// Why, for the log.
    #[arg(long, value_name = "TEXT", default_value = "")]
    why: String,
    /// Print as text or as one JSON object.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: OutputFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TokenAccess {
    /// Look at what there is.
    Read,
    /// Save lists as well.
    Write,
    /// Everything, to all apps.
    Admin,
}

impl From<TokenAccess> for Access {
    fn from(access: TokenAccess) -> Access {
        match access {
            TokenAccess::Read => Access::Read,
            TokenAccess::Write => Access::Write,
            TokenAccess::Admin => Access::Admin,
        }
    }
}

pub(super) fn make(args: &TokenArgs, out: &mut dyn Write) -> Result<Exit, Failure> {
    let failure = |error| failure(&args.store, error);
    let access = match (args.access, &args.app) {
        (Some(TokenAccess::Admin), Some(_)) => {
            return Err(Failure::new(
                "who may do everything may do it to all apps",
                "leave out --app, or write --access write",
            ));
        }
        (Some(access), _) => access.into(),
        (None, Some(_)) => Access::Write,
        (None, None) => Access::Admin,
    };
    let store = RedbStore::open(&args.store).map_err(failure)?;
    if let Some(key) = &args.app
        && store.app(key).map_err(failure)?.is_none()
    {
        return Err(Failure::new(
            format!("{}: there is no app `{}`", shown(&args.store), show_short(key.as_bytes())),
            "write the key of an app of this store; `guestlist store export` prints them",
        ));
    }
    let scope = args.app.clone().map_or(Scope::AllApps, Scope::App);
    let change = Change::by(&*args.said.by).why(&*args.said.why);
    let (token, secret) =
        store.create_token(&args.name, &Grant::new(access, scope), &change).map_err(failure)?;
    match args.said.format {
        OutputFormat::Json => {
            let mut object = object(&token);
            object["secret"] = secret.to_string().into();
            writeln!(out, "{object}")?;
        }
        OutputFormat::Text => {
            writeln!(out, "{secret}\n\n{}. The secret is not shown again.", line(&token))?;
        }
    }
    Ok(Exit::Success)
}

pub(super) fn list(args: &TokensArgs, out: &mut dyn Write) -> Result<Exit, Failure> {
    let failure = |error| failure(&args.store, error);
    let tokens = RedbStore::open(&args.store).and_then(|store| store.tokens()).map_err(failure)?;
    match args.format {
        OutputFormat::Json => {
            writeln!(out, "{}", Value::from(tokens.iter().map(object).collect::<Vec<_>>()))?;
        }
        OutputFormat::Text => {
            for token in &tokens {
                writeln!(out, "{}", line(token))?;
            }
            if tokens.is_empty() {
                writeln!(out, "{}: no tokens", shown(&args.store))?;
            }
        }
    }
    Ok(Exit::Success)
}

pub(super) fn revoke(args: &RevokeArgs, out: &mut dyn Write) -> Result<Exit, Failure> {
    let failure = |error| failure(&args.store, error);
    let change = Change::by(&*args.said.by).why(&*args.said.why);
    let revoked = RedbStore::open(&args.store).and_then(|store| store.revoke_token(args.number, &change));
    let token = revoked.map_err(failure)?;
    match args.said.format {
        OutputFormat::Json => writeln!(out, "{}", object(&token))?,
        OutputFormat::Text => writeln!(out, "{}", line(&token))?,
    }
    Ok(Exit::Success)
}

/// A token in a line, without its secret.
fn line(token: &Token) -> String {
    let apps = match token.grant.scope() {
        Scope::AllApps => "all apps".to_string(),
        Scope::App(key) => format!("app {}", show_short(key.as_bytes())),
    };
    let name = show_short(token.name.as_bytes());
    let revoked = token.revoked.map(|at| format!(", revoked {at}")).unwrap_or_default();
    let access = access(token);
    format!("token {}: {name}, {access}, {apps}, made {}{revoked}", token.number, token.created)
}

fn object(token: &Token) -> Value {
    let app = match token.grant.scope() {
        Scope::AllApps => Value::Null,
        Scope::App(key) => key.as_str().into(),
    };
    json!({
        "number": token.number,
        "name": token.name,
        "access": access(token),
        "app": app,
        "created": token.created.to_string(),
        "revoked": token.revoked.map(|at| at.to_string()),
    })
}

fn access(token: &Token) -> &'static str {
    match token.grant.access() {
        Access::Read => "read",
        Access::Write => "write",
        Access::Admin => "admin",
    }
}
