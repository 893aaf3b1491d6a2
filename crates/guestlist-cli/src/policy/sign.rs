//! `guestlist policy sign`: what a request may do, from options or from JSON → a policy with its signature.

use std::io::{Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anstyle::Style;
use clap::Args;
use guestlist_policy::{Call, InvalidPolicy, MalformedKind, Policy};
use serde_json::json;

use super::moment::{Moment, date, moment, span};
use super::secret::SecretArgs;
use super::words::told;
use crate::failure::{Exit, Failure};
use crate::options::OutputFormat;
use crate::text::{self, Problem};
use crate::warnings;

/// Whoever signs for longer has probably written milliseconds.
const LONG: u64 = 10 * 366 * 24 * 60 * 60;

/// A policy has at most some thousands of bytes; what is beyond is not read.
const MAX_JSON: u64 = 1 << 16;

#[derive(Debug, Args)]
pub(super) struct SignArgs {
    #[command(flatten)]
    secret: SecretArgs,
    /// A policy as JSON, instead of the options; `-` reads standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["expires_in", "expiry", "call", "handle", "url", "path", "container", "min_size", "max_size"])]
    json: Option<PathBuf>,
    /// How long it is good, such as 90s, 10m, 1h or 7d.
    #[arg(long, value_name = "SPAN", value_parser = span, conflicts_with = "expiry", required_unless_present_any = ["expiry", "json"])]
    expires_in: Option<Duration>,
    /// When it ends, in seconds since 1970.
    #[arg(long, value_name = "UNIX")]
    expiry: Option<u64>,
    /// A call that it allows; may be given many times, or several parted by commas [default: every call but exif].
    #[arg(long, value_name = "CALL", value_parser = super::call, value_delimiter = ',')]
    call: Vec<Call>,
    /// Only for this file.
    #[arg(long, value_name = "HANDLE")]
    handle: Option<String>,
    /// Only for URLs all of which this regular expression matches.
    #[arg(long, value_name = "REGEX")]
    url: Option<String>,
    /// Only for paths all of which this regular expression matches.
    #[arg(long, value_name = "REGEX")]
    path: Option<String>,
    /// Only for containers all of whose name this regular expression matches.
    #[arg(long, value_name = "REGEX")]
    container: Option<String>,
    /// Only for files of at least so many bytes.
    #[arg(long, value_name = "BYTES")]
    min_size: Option<u64>,
    /// Only for files of at most so many bytes.
    #[arg(long, value_name = "BYTES")]
    max_size: Option<u64>,
    /// What time it is: `now`, or seconds since 1970.
    #[arg(long, value_name = "TIME", value_parser = moment, default_value = "now")]
    at: Moment,
    /// Print as text or as one JSON object.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: OutputFormat,
}

pub(super) fn run(args: &SignArgs, stdin: &mut dyn Read, out: &mut dyn Write) -> Result<Exit, Failure> {
    let secrets = args.secret.read()?;
    let now = args.at.seconds();
    let policy = match &args.json {
        Some(file) => parse(file, stdin)?,
        None => args.policy(now),
    };
    // A file has one at least.
    let Some(secret) = secrets.current() else {
        return Err(Failure::new("there is no secret", "write one into the file"));
    };
    let signed = policy.sign(secret).map_err(|error| {
        let (message, help) = told(&error);
        Failure::new(message, help)
    })?;
    if policy.expiry() <= now {
        warnings::note(args.format, "it has expired already");
    } else if policy.expiry() - now > LONG {
        let when = date(policy.expiry());
        let text =
            format!("it is good for more than ten years: {when}; `expiry` counts seconds, not milliseconds");
        warnings::note(args.format, &text);
    }
    match args.format {
        OutputFormat::Json => {
            let object = json!({
                "policy": signed.policy(),
                "signature": signed.signature(),
                "query": signed.to_string(),
                "expiry": policy.expiry(),
            });
            writeln!(out, "{object}")?;
        }
        OutputFormat::Text => {
            const HEAD: Style = Style::new().bold();
            writeln!(out, "{HEAD}policy{HEAD:#}     {}", signed.policy())?;
            writeln!(out, "{HEAD}signature{HEAD:#}  {}", signed.signature())?;
            writeln!(out, "{HEAD}query{HEAD:#}      {signed}")?;
        }
    }
    Ok(Exit::Success)
}

impl SignArgs {
    fn policy(&self, now: u64) -> Policy {
        let in_so_long = self.expires_in.map_or(0, |span| span.as_secs());
        let mut policy = Policy::expires_at(self.expiry.unwrap_or_else(|| now.saturating_add(in_so_long)));
        if !self.call.is_empty() {
            policy = policy.calls(self.call.iter().copied());
        }
        let texts: [(_, Restrict); 4] = [
            (&self.handle, Policy::handle),
            (&self.url, Policy::url),
            (&self.path, Policy::path),
            (&self.container, Policy::container),
        ];
        for (text, set) in texts {
            if let Some(text) = text {
                policy = set(policy, text.clone());
            }
        }
        if let Some(bytes) = self.min_size {
            policy = policy.min_size(bytes);
        }
        if let Some(bytes) = self.max_size {
            policy = policy.max_size(bytes);
        }
        policy
    }
}

/// Restricts a policy to what a text says.
type Restrict = fn(Policy, String) -> Policy;

/// Reads a policy as strictly as it will be verified.
fn parse(file: &Path, stdin: &mut dyn Read) -> Result<Policy, Failure> {
    let (name, json) = if file.as_os_str() == "-" {
        let name = Path::new("standard input");
        let mut json = String::new();
        stdin
            .take(MAX_JSON + 1)
            .read_to_string(&mut json)
            .map_err(|error| Failure::new(format!("cannot read standard input: {error}"), "pipe JSON in"))?;
        if json.len() as u64 > MAX_JSON {
            let message = format!("standard input has more than {MAX_JSON} bytes");
            return Err(Failure::new(message, "pipe in the JSON of one policy"));
        }
        (name, json)
    } else {
        (file, text::read_text(file)?.to_string())
    };
    Policy::parse(&json).map_err(|error| {
        let (message, help) = told(&error);
        let problem = Problem::new(message, help);
        Failure::from_diagnostic(match place(&error, &json) {
            Some(span) => problem.at(name, &json, span),
            None => problem,
        })
    })
}

/// The character at which it was noticed, where it is one.
fn place(error: &InvalidPolicy, json: &str) -> Option<Range<usize>> {
    let malformed = error.malformed();
    match malformed.kind {
        MalformedKind::Json
        | MalformedKind::UnknownKey
        | MalformedKind::RepeatedKey(_)
        | MalformedKind::WrongType(_)
        | MalformedKind::UnknownCall => {
            let mut start = malformed.at.min(json.len());
            while !json.is_char_boundary(start) {
                start -= 1;
            }
            let end = json[start..].chars().next().map_or(start, |c| start + c.len_utf8());
            Some(start..end)
        }
        _ => None,
    }
}
