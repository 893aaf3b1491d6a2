//! `guestlist policy verify`: a policy, its signature and a request → let in, or why not.

use std::io::Write;
use std::time::Duration;

use anstyle::AnsiColor;
use clap::Args;
use guestlist_policy::{Call, Denial, Policy, Presented, Request, SignedRef, Verifier};
use guestlist_tower::Carried;
use serde::Serialize;

use super::moment::{Moment, date, moment, span};
use super::secret::SecretArgs;
use super::sent::carried_in;
use super::words;
use crate::failure::{Exit, Failure};
use crate::options::OutputFormat;

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    #[command(flatten)]
    secret: SecretArgs,
    /// A URL, or its query, that carries policy and signature: `policy=…&signature=…`.
    #[arg(value_name = "QUERY", conflicts_with_all = ["policy", "signature"], required_unless_present = "policy")]
    query: Option<String>,
    /// The policy, without the escapes of a URL.
    #[arg(long, value_name = "POLICY", requires = "signature")]
    policy: Option<String>,
    /// The signature: 64 hexadecimal digits in lower case.
    #[arg(long, value_name = "SIGNATURE", requires = "policy")]
    signature: Option<String>,
    /// What the request asks for.
    #[arg(long, value_name = "CALL", value_parser = super::call)]
    call: Option<Call>,
    /// Which file the request is about.
    #[arg(long, value_name = "HANDLE", requires = "call")]
    handle: Option<String>,
    /// Which URL a file is taken from.
    #[arg(long, value_name = "URL", requires = "call")]
    url: Option<String>,
    /// Under which path a file is stored.
    #[arg(long, value_name = "PATH", requires = "call")]
    path: Option<String>,
    /// In which container a file is stored.
    #[arg(long, value_name = "NAME", requires = "call")]
    container: Option<String>,
    /// How many bytes a file has.
    #[arg(long, value_name = "BYTES", requires = "call")]
    size: Option<u64>,
    /// When the request is made: `now`, or seconds since 1970.
    #[arg(long, value_name = "TIME", value_parser = moment, default_value = "now")]
    at: Moment,
    /// For how long after its expiry a policy is still taken.
    #[arg(long, value_name = "SPAN", value_parser = span, default_value = "0s")]
    skew: Duration,
    /// Print as text or as one JSON object.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: OutputFormat,
}

/// The answer, as JSON.
#[derive(Serialize)]
struct Answer {
    allowed: bool,
    /// The reason, as a name that does not change.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// The reason in words.
    message: String,
    /// What it says, where no request was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<Policy>,
}

pub(super) fn run(args: &VerifyArgs, out: &mut dyn Write) -> Result<Exit, Failure> {
    let verifier = Verifier::new(args.secret.read()?).skew(args.skew);
    let carried = args.query.as_deref().map(carried_in);
    let now = args.at.seconds();
    let answer = match (args.presented(carried.as_ref()), args.request()) {
        (Presented::Nothing, _) => Answer::denied(Denial::Missing),
        (Presented::Several, _) => Answer::denied(Denial::Repeated),
        (Presented::Unclear, _) => Answer::denied(Denial::Unclear),
        (Presented::One(signed), Some(request)) => {
            let answer = || Answer::allowed("the policy allows the request", None);
            verifier.verify(signed, now, &request).map_or_else(Answer::denied, |()| answer())
        }
        (Presented::One(signed), None) => match verifier.open(signed, now) {
            Ok(opened) if opened.is_expired => {
                Answer { policy: Some(opened.policy), ..Answer::denied(Denial::Expired) }
            }
            Ok(opened) => Answer::allowed("the signature is right", Some(opened.policy)),
            Err(denial) => Answer::denied(denial),
        },
    };
    match args.format {
        OutputFormat::Json => {
            serde_json::to_writer(&mut *out, &answer).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        OutputFormat::Text => answer.print(now, out)?,
    }
    Ok(if answer.allowed { Exit::Success } else { Exit::Negative })
}

impl VerifyArgs {
    /// What is to be verified: what a query or URL carries, or what the options say.
    fn presented<'a>(&'a self, carried: Option<&'a Carried<'_>>) -> Presented<'a> {
        match (carried, &self.policy, &self.signature) {
            (Some(carried), ..) => carried.as_presented(),
            (None, Some(policy), Some(signature)) => {
                Presented::One(SignedRef { policy: policy.as_bytes(), signature: signature.as_bytes() })
            }
            _ => Presented::Nothing,
        }
    }

    fn request(&self) -> Option<Request<'_>> {
        let mut request = Request::new(self.call?);
        request.handle = self.handle.as_deref().map(str::as_bytes);
        request.url = self.url.as_deref().map(str::as_bytes);
        request.path = self.path.as_deref().map(str::as_bytes);
        request.container = self.container.as_deref().map(str::as_bytes);
        request.size = self.size;
        Some(request)
    }
}

impl Answer {
    fn allowed(message: &str, policy: Option<Policy>) -> Answer {
        Answer { allowed: true, reason: None, message: message.to_owned(), policy }
    }

    fn denied(denial: Denial) -> Answer {
        Answer { allowed: false, reason: Some(denial.code()), message: denial.to_string(), policy: None }
    }

    fn print(&self, now: u64, out: &mut dyn Write) -> Result<(), Failure> {
        let colour = if self.allowed { AnsiColor::Green } else { AnsiColor::Red };
        let style = colour.on_default().bold();
        let message = &self.message;
        match (self.allowed, self.reason) {
            // Nobody asked whether it allows anything.
            (true, _) if self.policy.is_some() => writeln!(out, "{style}signed{style:#} {message}")?,
            (true, _) => writeln!(out, "{style}allow{style:#} {message}")?,
            (false, reason) => {
                writeln!(out, "{style}deny {style:#} {message}  [{}]", reason.unwrap_or_default())?;
            }
        }
        if let Some(policy) = &self.policy {
            words::print(policy, out)?;
            writeln!(out, "  asked at   {}", date(now))?;
        }
        Ok(())
    }
}
