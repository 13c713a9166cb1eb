//! The program `genkan`: build, run, drain.
//!
//! It reads settings and the environment, opens the house, starts the doors, and is the command
//! line, which is itself only a client of the house. No rule about calls lives here.

mod additions;
mod allocator;
mod cli;
mod commands;
mod data_folder;
mod embedding;
mod house;
mod local;
mod output;
mod platform;
mod settings;
mod surroundings;
mod telemetry;

use std::process::ExitCode;

use genkan_core::{Error, Result};

pub use additions::{Additions, MakeTask, MakeToolsets};

use crate::{cli::Parsed, surroundings::Surroundings};

/// Runs the command that the command line of this process asks for.
pub fn main(additions: Additions) -> ExitCode {
    platform::files::keep_private();
    let (surroundings, command) = match cli::parse(additions) {
        Parsed::Run(asked) => *asked,
        Parsed::Done(code) => return code,
    };
    match run(&surroundings, command) {
        Ok(code) => code,
        Err(error) => {
            surroundings.output.error(&error);
            output::exit_code(&error)
        }
    }
}

fn run(surroundings: &Surroundings, command: cli::Command) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // How many tasks run before new requests are looked for: with the usual 61, a few dozen that
        // each compute for some milliseconds keep everybody else waiting at the door.
        .event_interval(8)
        .build()
        .map_err(Error::internal)?;
    let result = runtime.block_on(commands::run(command, surroundings));
    // A read of standard input cannot be taken back; whatever else ran has been awaited by now.
    runtime.shutdown_background();
    result
}
