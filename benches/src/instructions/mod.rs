//! How many instructions each path of the engine takes: workloads → callgrind → a table, held against the committed one.
//!
//! ```text
//!  this program ──► valgrind: this program again, one workload ──► a dump after each call of `counted` ──► instructions for one operation
//! ```
//!
//! A count does not hang on what else the machine does, so a change of 3 % is a change of the program. It is no time: a miss of the cache or of
//! the branch predictor counts for nothing, and an instruction for sixty-four bytes as much as one for eight.
//!
//! Valgrind 3.19 knows no AVX-512, and says so to programs that ask: what is counted is the AVX2 path at most. Another compiler makes another
//! program, and another processor takes another path, so with either the table is not comparable, and `--check` says so and is content.

mod inside;
mod table;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Parser;

use self::table::Table;
use crate::comparison::cpu;
use crate::workload::{COMPARED, MANY_HOSTS};

/// Counts the instructions of each path of the engine, under valgrind.
#[derive(Debug, Parser)]
#[command(name = "benches/instructions")]
struct Options {
    /// Exit 1 if a path takes more than 3 % more or fewer instructions than the table says
    #[arg(long, conflicts_with = "update")]
    check: bool,
    /// Write the table anew
    #[arg(long)]
    update: bool,
    /// What this program starts itself again for, under valgrind: the work of one workload
    #[arg(long, hide = true)]
    inside: Option<String>,
}

/// Counts, prints and compares as the command line asks.
///
/// Exit 0 if all went well, 1 if `--check` found a difference, 2 for what cannot be done.
pub fn main() -> ExitCode {
    let options = Options::parse();
    let done = match &options.inside {
        Some(workload) => inside::work(workload).map(|()| ExitCode::SUCCESS),
        None => count(&options),
    };
    done.unwrap_or_else(|error| {
        let _ = writeln!(io::stderr(), "error: {error}");
        ExitCode::from(2)
    })
}

fn count(options: &Options) -> io::Result<ExitCode> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions.txt");
    let known = std::fs::read_to_string(&path).ok().and_then(|text| Table::read(&text));
    let rustc = rustc()?;
    let mut table = Table { rustc, cpu: String::new(), rows: Vec::new() };
    for (workload, _) in COMPARED.iter().filter(|(name, _)| *name != MANY_HOSTS) {
        let counts = run(workload)?;
        table.cpu = counts.cpu;
        table
            .rows
            .extend(counts.paths.into_iter().map(|(path, count)| ((*workload).to_owned(), path, count)));
    }
    let out = &mut io::stdout().lock();
    write!(out, "{}", table.beside(known.as_ref()))?;
    if options.update {
        std::fs::write(&path, table.to_string())?;
        writeln!(out, "written: {}", path.display())?;
    }
    if !options.check {
        return Ok(ExitCode::SUCCESS);
    }
    let Some(known) = known else {
        return Err(io::Error::other(
            "benches/instructions.txt cannot be read; make it with `benches/instructions --update`",
        ));
    };
    if let Some(why) = table.incomparable(&known) {
        writeln!(out, "not compared: {why}")?;
        return Ok(ExitCode::SUCCESS);
    }
    let differences = table.differences(&known);
    if differences.is_empty() {
        writeln!(out, "all within 3 %")?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "different by more than 3 %:")?;
    differences.iter().try_for_each(|line| writeln!(out, "  {line}"))?;
    writeln!(
        out,
        "If that is meant, run `benches/instructions --update` and commit benches/instructions.txt."
    )?;
    Ok(ExitCode::from(1))
}

struct Counts {
    cpu: String,
    paths: Vec<(String, u64)>,
}

/// One workload under valgrind.
fn run(workload: &str) -> io::Result<Counts> {
    let folder = Folder::new()?;
    let dumps = folder.0.join("dump");
    let function = inside::COUNTED;
    let output = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg(format!("--toggle-collect={function}"))
        .arg(format!("--dump-after={function}"))
        .arg(format!("--callgrind-out-file={}", dumps.display()))
        .arg(std::env::current_exe()?)
        .args(["--inside", workload])
        .env_remove("RUST_BACKTRACE")
        .output()
        .map_err(|error| io::Error::other(format!("valgrind: {error}")))?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    let done: inside::Done = serde_json::from_slice(&output.stdout)?;
    let mut paths = Vec::new();
    for (index, (path, times)) in done.paths.into_iter().enumerate() {
        // The first call does it so many times, the second twice as many: the difference is free of all that is done once.
        let [once, twice] = [1, 2].map(|call| total(&dumps, 2 * index + call));
        paths.push((path, (twice? - once?) / times));
    }
    Ok(Counts { cpu: done.cpu, paths })
}

/// What a dump counted.
fn total(dumps: &Path, number: usize) -> io::Result<u64> {
    let path = dumps.with_extension(number.to_string());
    let dump = std::fs::read_to_string(&path)
        .map_err(|error| io::Error::other(format!("{}: {error}", path.display())))?;
    let total = dump.lines().find_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok());
    total.ok_or_else(|| io::Error::other(format!("{}: no total", path.display())))
}

fn rustc() -> io::Result<String> {
    let output =
        Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into())).arg("--version").output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A folder of its own, gone when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> io::Result<Folder> {
        let path = std::env::temp_dir().join(format!("guestlist-instructions-{}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What the program finds of the processor, under valgrind or not.
fn processor() -> String {
    let found = cpu();
    if found.is_empty() { "none".to_owned() } else { found.join(",") }
}
