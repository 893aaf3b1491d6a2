//! `guestlist policy`: policies signed, verified and shown.

mod decode;
mod moment;
mod secret;
mod sent;
mod sign;
mod verify;
mod words;

use std::io::{Read, Write};

use clap::{Args, Subcommand};
use guestlist_policy::Call;

use crate::failure::{Exit, Failure};

/// `guestlist policy`.
#[derive(Debug, Args)]
pub struct PolicyArgs {
    #[command(subcommand)]
    command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
enum PolicyCommand {
    /// Sign a policy, and print it with its signature and as the query of a URL.
    ///
    /// What it allows is said by options, or by a JSON document as docs/policies.md has it. Two equal policies have one text and one signature.
    #[command(after_help = SIGN_EXAMPLES, override_usage = "guestlist policy sign [OPTIONS] <--expires-in <SPAN>|--expiry <UNIX>>\n       guestlist policy sign [OPTIONS] --json <FILE>")]
    Sign(sign::SignArgs),
    /// Say whether a policy lets a request in, or why not; without --call, what is in it.
    ///
    /// Exit code 1 if it does not, or has expired.
    #[command(after_help = VERIFY_EXAMPLES, override_usage = "guestlist policy verify [OPTIONS] <QUERY>\n       guestlist policy verify [OPTIONS] --policy <POLICY> --signature <SIGNATURE>")]
    Verify(verify::VerifyArgs),
    /// Show what is in a policy. Its signature is not looked at: anybody may have written it.
    ///
    /// Exit code 1 if it is Base64, but no policy.
    Decode(decode::DecodeArgs),
}

const SIGN_EXAMPLES: &str = "\
Examples:
  guestlist policy sign --secret-file secret --expires-in 1h --call read,convert --handle KW9EJhYtS6y48Whm2S6D
  guestlist policy sign --secret-file secret --expires-in 10m --call pick,store --max-size 10485760 --path '/inbox/.*'
  echo '{\"expiry\":1523595600,\"call\":[\"read\"]}' | guestlist policy sign --secret-file secret --json -

Exit codes: 0 it is signed, 2 wrong use, a bad policy or no secret.";

const VERIFY_EXAMPLES: &str = "\
Examples:
  guestlist policy verify --secret-file secret --policy eyJleH… --signature 7df053… --call read --handle KW9EJhYtS6y48Whm2S6D
  guestlist policy verify --secret-file secret 'https://cdn.example.com/KW9E…?policy=eyJleH…&signature=7df053…'

Exit codes: 0 it is let in, 1 it is not, 2 wrong use or no secret.";

pub(crate) fn run(args: &PolicyArgs, stdin: &mut dyn Read, out: &mut dyn Write) -> Result<Exit, Failure> {
    match &args.command {
        PolicyCommand::Sign(args) => sign::run(args, stdin, out),
        PolicyCommand::Verify(args) => verify::run(args, out),
        PolicyCommand::Decode(args) => decode::run(args, stdin, out),
    }
}

/// Reads the name of a call, for an option.
fn call(name: &str) -> Result<Call, String> {
    Call::from_name(name).ok_or_else(|| {
        let names: Vec<&str> = Call::ALL.into_iter().map(Call::as_str).collect();
        format!("calls are {}", names.join(", "))
    })
}
