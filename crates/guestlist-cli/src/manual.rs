//! Completion scripts and manual pages, made from the definition of the command line.

use std::fs;
use std::io::Write;
use std::path::Path;

use clap::CommandFactory;

use crate::args::Args;
use crate::failure::{Exit, Failure};

pub(crate) fn completions(shell: clap_complete::Shell, out: &mut dyn Write) -> Result<Exit, Failure> {
    // Into memory first: the generator cannot report a closed pipe.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "guestlist", &mut script);
    out.write_all(&script)?;
    Ok(Exit::Success)
}

/// Prints the page of the whole tool, or writes the pages of all commands into a directory.
pub(crate) fn man(directory: Option<&Path>, out: &mut dyn Write) -> Result<Exit, Failure> {
    let command = Args::command();
    let Some(directory) = directory else {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        out.write_all(&page)?;
        return Ok(Exit::Success);
    };
    fs::create_dir_all(directory).and_then(|()| clap_mangen::generate_to(command, directory)).map_err(
        |error| {
            Failure::new(
                format!("cannot write to {}: {error}", directory.display()),
                "name a directory that may be written",
            )
        },
    )?;
    writeln!(out, "wrote the manual pages to {}", directory.display())?;
    Ok(Exit::Success)
}
