//! `guestlist policy decode`: a policy → its JSON, and what it allows in words. Says nothing of who wrote it.

use std::borrow::Cow;
use std::io::{Read, Write};

use anstyle::AnsiColor;
use clap::Args;
use guestlist_policy::{MAX_POLICY_BYTES, Policy, Presented};
use serde_json::json;

use super::sent::carried_in;
use super::words;
use crate::failure::{Exit, Failure};
use crate::options::OutputFormat;
use crate::text::show_short;

#[derive(Debug, Args)]
pub(super) struct DecodeArgs {
    /// The policy in Base64, or a URL or query that carries it beside its signature; `-` reads one from standard input.
    #[arg(value_name = "POLICY")]
    policy: String,
    /// Print as text or as one JSON object.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: OutputFormat,
}

pub(super) fn run(args: &DecodeArgs, stdin: &mut dyn Read, out: &mut dyn Write) -> Result<Exit, Failure> {
    let mut piped = String::new();
    let text = if args.policy == "-" {
        // Room for a URL around it.
        let read = stdin.take(8 * MAX_POLICY_BYTES as u64).read_to_string(&mut piped);
        read.map_err(|error| {
            Failure::new(format!("cannot read standard input: {error}"), "pipe a policy in")
        })?;
        piped.trim()
    } else {
        &args.policy
    };
    let json = guestlist_policy::decode(&policy_in(text)?).map_err(|_| {
        let help = "a policy is Base64 in either alphabet; where it stands in a URL, name the whole URL";
        Failure::new(format!("this is no policy: {}", show_short(text.as_bytes())), help)
    })?;
    let policy = match Policy::parse(&json) {
        Ok(policy) => policy,
        Err(error) => {
            let text = String::from_utf8_lossy(&json);
            let (message, help) = words::told(&error);
            match args.format {
                OutputFormat::Json => {
                    let object = json!({"verified": false, "error": message, "help": help, "text": text});
                    writeln!(out, "{object}")?;
                }
                OutputFormat::Text => {
                    writeln!(out, "{}\n{message}\n  help: {help}", show_short(text.as_bytes()))?;
                }
            }
            return Ok(Exit::Negative);
        }
    };
    match args.format {
        OutputFormat::Json => writeln!(out, "{}", json!({"verified": false, "policy": policy}))?,
        OutputFormat::Text => {
            let yellow = AnsiColor::Yellow.on_default().bold();
            words::print_json(&policy, out)?;
            words::print(&policy, out)?;
            writeln!(
                out,
                "{yellow}not verified{yellow:#}: anybody can write such a text; `guestlist policy verify` looks at its signature"
            )?;
        }
    }
    Ok(Exit::Success)
}

/// The policy in a text that is one, or a query or URL with one.
fn policy_in(text: &str) -> Result<Cow<'_, [u8]>, Failure> {
    if !text.contains(['?', '&', ':']) {
        return Ok(text.as_bytes().into());
    }
    match carried_in(text).as_presented() {
        Presented::One(signed) => Ok(signed.policy.to_vec().into()),
        Presented::Several | Presented::Unclear => Err(Failure::new(
            "there is more than one policy or signature in it",
            "name the policy alone: readers of such a query go by different ones",
        )),
        Presented::Nothing => Err(Failure::new(
            "there is no policy with a signature in it",
            "name the policy alone, or a query such as policy=…&signature=…",
        )),
    }
}
