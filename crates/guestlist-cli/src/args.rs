//! The command line: commands, options and their help.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::audit::AuditArgs;
use crate::lint::{DenyArg, LevelArg, LintFormat};
use crate::options::{ListTypeArg, OutputFormat};
use crate::policy::PolicyArgs;
use crate::serve::ServeArgs;
use crate::source::SourceArgs;
use crate::store::StoreArgs;

/// Decides whether a web request may use a key or a file, by the domain it comes from.
#[derive(Debug, Parser)]
#[command(name = "guestlist", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(
    after_help = "Exit codes: 0 all is well, 1 the answer is no (something was denied, a case failed, a file is not in form), 2 wrong use or bad input."
)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Decide on headers, or on origins given as arguments or read from standard input.
    ///
    /// With --origin or --referer, they are the headers of one request; given twice, a header was sent twice. Otherwise each ORIGIN is judged on its own: one with a
    /// scheme as an Origin header, one without as a bare host, which has no port unless it is written.
    Check(CheckArgs),
    /// Say what a pattern means: its parts, its regular expression, who gets in and who does not.
    ///
    /// With --origin, say why that origin is or is not let in, and which rule came closest. With --svg, draw what gets in as well.
    Explain(ExplainArgs),
    /// Run tables of cases, and print each failing line.
    ///
    /// One case a line, columns parted by a tab, comments begin with `# `. Keep such a table beside a list and run it before you deploy.
    Test(TestArgs),
    /// Decide on every request of a web server's log, and report who would be kept out.
    Audit(AuditCommand),
    /// Find what is probably not meant in lists: who gets in because of it, and what to write instead.
    ///
    /// Without --app and --type, every list of a configuration is looked at. Exit code 1 if there is a finding of the level of --deny or worse.
    ///
    /// docs/lints.md has each code with its reasons. Findings that rest on the Public Suffix List say so; the list advises, it never decides a request.
    Lint(LintArgs),
    /// Print a configuration in canonical form: every setting, one pattern a line, each once.
    ///
    /// The meaning is kept; comments are not. The file is never written to: send the output to another one, because a shell empties a file that it sends output to before
    /// it is read.
    ///
    /// Patterns get their canonical text; those with letters beyond ASCII stay as they were written. A list that is off, empty and otherwise as by default is left out.
    Format(FormatArgs),
    /// Say what an edit changes: who newly gets in, who no longer does, and by which rule.
    ///
    /// The two versions are two list files, or two configurations (files named `*.toml`, or any with --config). The answer is exact and no comparison of texts: a rule that was added or removed without
    /// anybody noticing is said to be so, and every host that is shown was checked.
    ///
    /// A list may have any number of patterns here. The patterns of a list that is not enforced are compared as if it were.
    #[command(after_help = DIFF_EXAMPLES)]
    Diff(DiffArgs),
    /// Show who gets in: the shortest host, some that look like those people have, and how many there are.
    #[command(after_help = EXAMPLES_EXAMPLES)]
    Examples(ExamplesArgs),
    /// Check that a list admits every host of a file, and name the rules that admit none of them.
    ///
    /// HOSTS has one host or origin a line, blank lines and `#` comments aside, and may be of any size; `-` reads standard input. Each line that is not admitted is printed, the first thousand with the rule that came closest.
    /// The list is asked as if it were enforced.
    #[command(after_help = COVERS_EXAMPLES, override_usage = "guestlist covers [OPTIONS] [LIST] <HOSTS>")]
    Covers(CoversArgs),
    /// Answer checks of proxies and services: is this request let through?
    ///
    /// Endpoints for nginx (auth_request), Caddy and Traefik (forward auth), Envoy (ext_authz by HTTP and gRPC) and HAProxy (SPOE); docs/server.md has them, and deploy/ the files for each. Without a
    /// configuration, a demo is served on loopback addresses.
    ///
    /// The configuration is loaded again when its file changes, on SIGHUP, and on `POST /reload` of the admin address. SIGTERM and SIGINT end the server, after the requests that are under way.
    Serve(ServeArgs),
    /// Ask a server on this machine whether it is ready, and print what it says of itself.
    ///
    /// Exit code 1 if it is not, or does not answer. For health checks, also where there is no curl.
    Ready(ReadyArgs),
    /// Take lists into a store, print what is in one, or look whether it is whole.
    ///
    /// A store is a file that keeps apps, every version of their lists, and who saved it when and why; docs/store.md. Everything is on disk before it is acknowledged, and a crash leaves it whole. One process at a time can have it open.
    Store(StoreArgs),
    /// Sign policies, verify them, or show what is in one.
    ///
    /// A policy says what a request may do and until when; its signature says that whoever has the secret of the app said so. docs/policies.md.
    Policy(PolicyArgs),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write one for each command.
    Man {
        /// Write the pages into this directory instead.
        #[arg(value_name = "DIRECTORY")]
        directory: Option<PathBuf>,
    },
}

/// `guestlist check`.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Which list is asked [default: upload].
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) list_type: Option<ListTypeArg>,
    /// A value of the Origin header; empty is allowed.
    #[arg(long, value_name = "VALUE", conflicts_with = "origins")]
    pub(crate) origin: Vec<String>,
    /// A value of the Referer header; empty is allowed.
    #[arg(long, value_name = "VALUE", conflicts_with = "origins")]
    pub(crate) referer: Vec<String>,
    /// Print answers as text or as JSON, one object a line.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: OutputFormat,
    /// Origins or bare hosts to judge; `-` reads one a line from standard input.
    #[arg(value_name = "ORIGIN")]
    pub(crate) origins: Vec<String>,
}

/// `guestlist ready`.
#[derive(Debug, clap::Args)]
pub struct ReadyArgs {
    /// The configuration of the server, which says where its admin listener is.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where its admin listener is, such as 127.0.0.1:9080 or unix:PATH [default: as in the configuration, or 127.0.0.1:9080].
    #[arg(long, value_name = "ADDR")]
    pub(crate) admin: Option<guestlist_config::Address>,
}

/// `guestlist explain`.
#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// Patterns to explain, beside those of -p, -l and -c.
    #[arg(value_name = "PATTERN")]
    pub(crate) patterns: Vec<String>,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Which list of a configuration to explain [default: upload].
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) list_type: Option<ListTypeArg>,
    /// An origin or a bare host: why it is or is not let in.
    #[arg(long, value_name = "VALUE")]
    pub(crate) origin: Vec<String>,
    /// Also draw the patterns as a railroad diagram, an SVG picture; `-` prints it, and nothing else.
    ///
    /// Every way along the lines, from left to right, is a host that gets in: labels are boxes, braces are parallel tracks. Several patterns are rows, of which the first 200
    /// are drawn.
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
    /// Print as text or as one JSON object.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: OutputFormat,
}

/// `guestlist test`.
#[derive(Debug, clap::Args)]
pub struct TestArgs {
    /// A table of patterns and hosts: pattern, host[:port], 1 or 0 or ERR, why.
    ///
    /// 1: the pattern matches; 0: it does not; ERR: it must be refused.
    #[arg(long = "match", value_name = "FILE", num_args = 1.., required_unless_present = "headers")]
    pub(crate) matches: Vec<PathBuf>,
    /// A table of requests: patterns, list type, Origin, Referer, allow or deny, why.
    ///
    /// Patterns are parted by one blank, `-` stands for none. The list type is upload or delivery, with settings behind it: `;block_missing=0|1`, `;mode=off|report|enforce`,
    /// `;scheme=NAME`. A header is `-` if it was not sent; it has the escapes of a JSON string, and a line break between two values that were both sent.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) headers: Vec<PathBuf>,
}

/// `guestlist lint`.
#[derive(Debug, clap::Args)]
pub struct LintArgs {
    /// A pattern; may be given many times.
    #[arg(short = 'p', long = "pattern", value_name = "GLOB")]
    pub(crate) pattern: Vec<String>,
    /// A file of patterns, one a line, with `#` comments; may be given many times.
    #[arg(short = 'l', long = "list", value_name = "FILE")]
    pub(crate) list: Vec<PathBuf>,
    /// A configuration file with the lists of apps.
    #[arg(short = 'c', long = "config", value_name = "FILE", conflicts_with_all = ["pattern", "list", "limit"])]
    pub(crate) config: Option<PathBuf>,
    /// Only this app of the configuration.
    #[arg(long, value_name = "KEY", requires = "config", conflicts_with_all = ["pattern", "list"])]
    pub(crate) app: Option<String>,
    /// Only lists of this type of the configuration.
    #[arg(long = "type", value_name = "TYPE", requires = "config", conflicts_with_all = ["pattern", "list"])]
    pub(crate) list_type: Option<ListTypeArg>,
    /// How many distinct patterns a list may have [default: 20].
    #[arg(long, value_name = "COUNT")]
    pub(crate) limit: Option<usize>,
    /// Exit with 1 if there is a finding of this level or worse.
    #[arg(long, value_name = "LEVEL", default_value = "error")]
    pub(crate) deny: DenyArg,
    /// Give a code another level, such as `default-port=off`; may be given many times.
    #[arg(long, value_name = "CODE=LEVEL")]
    pub(crate) level: Vec<LevelArg>,
    /// Print as text, as one JSON object, or as SARIF 2.1.0.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: LintFormat,
}

/// `guestlist format`.
#[derive(Debug, clap::Args)]
pub struct FormatArgs {
    /// The configuration file; `-` reads standard input.
    #[arg(short = 'c', long = "config", value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// Print only the first line that is not in this form, and exit with 1 if there is one.
    ///
    /// A comment is never in this form.
    #[arg(long)]
    pub(crate) check: bool,
}

/// `guestlist audit`.
#[derive(Debug, clap::Args)]
pub struct AuditCommand {
    #[command(flatten)]
    pub(crate) audit: AuditArgs,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Which list is asked [default: upload].
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) list_type: Option<ListTypeArg>,
    /// Print the report as text or as one JSON object.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: OutputFormat,
}

const DIFF_EXAMPLES: &str = "\
Examples:
  guestlist diff old.txt new.txt
  git show HEAD:sites.txt | guestlist diff - sites.txt --fail-on-widening
  guestlist diff old.toml new.toml --app AbCd1234 --type upload

Exit codes: 0 the versions were compared, 1 with --fail-on-widening if somebody is newly let in or may be, 2 wrong use or bad input.";

const EXAMPLES_EXAMPLES: &str = "\
Examples:
  guestlist examples '*.example.com'
  guestlist examples '{,www.}example.com' 'app[1-9].example.com' --labels 3
  guestlist examples -c apps.toml --app AbCd1234 --type delivery -n 20

Exit codes: 0 somebody gets in, 1 nobody does or none was found, 2 wrong use or bad input.";

const COVERS_EXAMPLES: &str = "\
Examples:
  guestlist covers sites.txt customers.txt
  guestlist covers -p '*.example.com' customers.txt
  zcat origins.gz | guestlist covers -c apps.toml --app AbCd1234 -

Exit codes: 0 every host is admitted, 1 some are not or are no hosts, 2 wrong use or bad input.";

/// `guestlist diff`.
#[derive(Debug, clap::Args)]
pub struct DiffArgs {
    /// The version before: a list (one pattern a line, `#` comments) or a configuration; `-` reads standard input.
    pub(crate) old: PathBuf,
    /// The version after; `-` reads standard input.
    pub(crate) new: PathBuf,
    /// Both are configurations, whatever they are named.
    #[arg(long)]
    pub(crate) config: bool,
    /// Compare only this app of two configurations.
    #[arg(long, value_name = "KEY")]
    pub(crate) app: Option<String>,
    /// Compare only this list of two configurations [default: both].
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) list_type: Option<ListTypeArg>,
    /// Exit with 1 if somebody is newly let in, by a rule or a setting, or if that was not decided.
    ///
    /// An app that is added counts, and so do the patterns of a list that is only in report mode or off: it may be enforced tomorrow.
    #[arg(long)]
    pub(crate) fail_on_widening: bool,
    /// Print as text or as one JSON object.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: OutputFormat,
}

/// `guestlist examples`.
#[derive(Debug, clap::Args)]
pub struct ExamplesArgs {
    /// Patterns, beside those of -p, -l and -c.
    #[arg(value_name = "PATTERN")]
    pub(crate) patterns: Vec<String>,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Which list of a configuration is asked [default: upload].
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) list_type: Option<ListTypeArg>,
    /// How many hosts to show.
    #[arg(short = 'n', value_name = "COUNT", default_value_t = 5)]
    pub(crate) count: usize,
    /// Count only hosts of up to so many labels: `www.example.com` has three.
    #[arg(long, value_name = "COUNT")]
    pub(crate) labels: Option<usize>,
    /// Print as text or as one JSON object.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: OutputFormat,
}

/// `guestlist covers`.
#[derive(Debug, clap::Args)]
pub struct CoversArgs {
    /// The list, a file of patterns as with -l, and then the hosts or origins, one a line; `-` reads standard input.
    ///
    /// Beside -p, -l or -c the list may be left out.
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Which list is asked [default: upload].
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) list_type: Option<ListTypeArg>,
    /// Print as text or as JSON, one object a line.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: OutputFormat,
}
