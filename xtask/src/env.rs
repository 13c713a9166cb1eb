//! `cargo xtask env -- COMMAND…`: runs a command with what the tests need, a
//! scratch PostgreSQL and the `GENKAN_TEST_*` variables.
//!
//! The database server is left running for the next command, since starting
//! one costs seconds; `--stop` ends it. Nothing in it survives `--stop`.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::{environment, postgres, say};

/// Run a command with a scratch PostgreSQL and the GENKAN_TEST_* variables.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Start a server for this command alone and stop it afterwards.
    #[arg(long)]
    own: bool,
    /// Stop the server that earlier commands left running.
    #[arg(long, conflicts_with_all = ["own", "command"])]
    stop: bool,
    /// The command and its arguments, after `--`; without one, the variables are printed.
    #[arg(last = true)]
    command: Vec<OsString>,
}

/// Runs the command and passes its exit code on.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    if arguments.stop {
        let text = if postgres::shared::stop()? {
            "stopped"
        } else {
            "was not running"
        };
        say::good(&format!("PostgreSQL {text}"));
        return Ok(ExitCode::SUCCESS);
    }
    let own = if arguments.own {
        Some(postgres::scratch::Server::start()?)
    } else {
        None
    };
    let url = match &own {
        Some(server) => server.url().to_owned(),
        None => postgres::shared::url()?,
    };
    let variables = environment::variables(&url);
    let Some((program, words)) = arguments.command.split_first() else {
        if own.is_some() {
            bail!("--own needs a command: its server stops with it");
        }
        for (name, value) in variables {
            println!("export {name}='{}'", value.to_string_lossy());
        }
        return Ok(ExitCode::SUCCESS);
    };
    let status = Command::new(program)
        .args(words)
        .envs(variables)
        .status()
        .with_context(|| format!("`{}` did not start", program.to_string_lossy()))?;
    drop(own);
    Ok(match status.code() {
        Some(0) => ExitCode::SUCCESS,
        code => ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)),
    })
}
