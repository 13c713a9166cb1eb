//! `cargo xtask run`: builds Genkan and serves, with SQLite in the user's data
//! folder unless told otherwise. It needs no services and no set-up.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::{process, say, workspace};

/// Build Genkan and serve.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Passed on to `genkan serve`, for example `--bind 127.0.0.1:9000` or `--data-dir DIR`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Builds, then becomes the server.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    say::step("building genkan; the first time takes some minutes");
    process::run(process::cargo().args(["build", "--locked", "--package", "genkan"]))?;
    let binary = workspace::binary("genkan");
    say::step(&format!("starting {} serve", binary.display()));
    let mut command = Command::new(binary);
    command.arg("serve").args(&arguments.arguments);
    process::forget_outer_cargo(&mut command);
    become_it(command)
}

/// Replaces this process, so that signals reach the server and nothing between.
#[cfg(unix)]
pub(crate) fn become_it(mut command: Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(command.exec()).context("genkan did not start")
}

#[cfg(not(unix))]
pub(crate) fn become_it(mut command: Command) -> Result<ExitCode> {
    let status = command.status().context("genkan did not start")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
