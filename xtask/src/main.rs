//! The developers' commands, `cargo xtask …`: what is typed every day, what
//! the gate runs, and nothing that ships.
//!
//! One command is one file here. Nothing in the product depends on this crate,
//! and this crate links nothing of the product: it builds and starts it.

// A tool for a terminal: it prints, reads the environment, starts programs and
// looks at the clock, which the rest of the workspace leaves to its owners.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods)]

mod env;
mod environment;
mod generate;
mod postgres;
mod process;
mod run;
mod say;
mod setup;
mod soak;
mod suite;
mod test;
mod tidy;
mod workspace;

use clap::{Parser, Subcommand};

/// The developers' commands of Genkan.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(run::Arguments),
    Test(test::Arguments),
    Tidy(tidy::Arguments),
    Gen(generate::Arguments),
    Env(env::Arguments),
    Soak(soak::Arguments),
}

fn main() -> std::process::ExitCode {
    let result = match Arguments::parse().command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Tidy(arguments) => tidy::run(&arguments),
        Command::Gen(arguments) => generate::run(&arguments),
        Command::Env(arguments) => env::run(&arguments),
        Command::Soak(arguments) => soak::run(&arguments),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            say::error(&error);
            std::process::ExitCode::FAILURE
        }
    }
}
