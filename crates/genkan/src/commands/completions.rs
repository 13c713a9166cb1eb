//! `genkan completions`: the script that completes our commands in a shell.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{cli, surroundings::Surroundings};

/// Print the completion script of a shell
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments, surroundings: &Surroundings) {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut cli::Arguments::command(),
        "genkan",
        &mut script,
    );
    surroundings.output.text(&String::from_utf8_lossy(&script));
}
