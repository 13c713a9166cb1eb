//! `cargo xtask dev zulip`: starts somebody else's server as the testkit plays
//! it, filled, so that everything can be tried without an account.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::{process, run, say, workspace};

/// Start somebody else's server, played and filled, to try things with.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which one.
    #[arg(value_enum)]
    server: Server,
    /// Where it listens.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9991")]
    bind: String,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Server {
    /// The team chat.
    Zulip,
}

/// Builds it, then becomes it.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let name = match arguments.server {
        Server::Zulip => "genkan-zulip",
    };
    say::step(&format!(
        "building {name}; the first time takes some minutes"
    ));
    process::run(process::cargo().args([
        "build",
        "--locked",
        "--package",
        "genkan-testkit",
        "--bin",
        name,
    ]))?;
    let mut command = Command::new(workspace::binary(name));
    command.args(["--bind", &arguments.bind]);
    process::forget_outer_cargo(&mut command);
    run::become_it(command)
}
