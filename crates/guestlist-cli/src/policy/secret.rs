//! Where the secret comes from: a file, or the environment; never the command line, which every process of the machine can read and shells keep.

use std::path::PathBuf;

use clap::Args;
use guestlist_policy::{Secret, Secrets};

use crate::failure::Failure;

/// The variable that has the secret where no file is named.
const VARIABLE: &str = "GUESTLIST_POLICY_SECRET";

#[derive(Debug, Args)]
pub(super) struct SecretArgs {
    /// The file with the secret, or two, the newest on the first line; others may not read it [default: the variable GUESTLIST_POLICY_SECRET].
    ///
    /// There is no option for the secret itself: what stands on a command line is seen by every process of the machine, and kept by the shell.
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
}

impl SecretArgs {
    /// Reads it.
    pub(super) fn read(&self) -> Result<Secrets, Failure> {
        if let Some(file) = &self.secret_file {
            return Secrets::read_file(file).map_err(|error| {
                Failure::new(error.to_string(), "write a secret a line, the newest first, into a file that others may not read (chmod 600)")
            });
        }
        let Some(secret) = std::env::var_os(VARIABLE) else {
            return Err(Failure::new(
                "there is no secret",
                format!("name a file with --secret-file, or set the variable {VARIABLE}"),
            ));
        };
        if secret.as_encoded_bytes().iter().any(u8::is_ascii_control) {
            return Err(Failure::new(
                format!("{VARIABLE} has a line break or another control character in it"),
                "set it to one secret; two, of which the newest signs, stand in a file",
            ));
        }
        Secret::new(secret.as_encoded_bytes()).map(Secrets::one).map_err(|error| {
            Failure::new(format!("{VARIABLE}: {error}"), "set it to the secret of the app, byte for byte")
        })
    }
}
