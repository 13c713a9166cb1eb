//! The developers' commands, `cargo xtask …`: what is typed every day, what
//! the gate runs, and nothing that ships.
//!
//! One command is one file here. Nothing in the product depends on this crate,
//! and this crate links nothing of the product: it builds and starts it.

// A tool for a terminal: it prints, reads the environment, starts programs and
// looks at the clock, which the rest of the workspace leaves to its owners.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods)]

mod dev;
mod generate;
mod process;
mod run;
mod say;
mod sbom;
mod tidy;
mod workspace;

// What sets up and drives the tests needs a Unix system.
#[cfg(unix)]
mod bench;
#[cfg(unix)]
mod conformance;
#[cfg(unix)]
mod env;
#[cfg(unix)]
mod environment;
#[cfg(unix)]
mod postgres;
#[cfg(unix)]
mod setup;
#[cfg(unix)]
mod site;
#[cfg(unix)]
mod soak;
#[cfg(unix)]
mod suite;
#[cfg(unix)]
mod test;

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
    Dev(dev::Arguments),
    #[cfg(unix)]
    Test(test::Arguments),
    Tidy(tidy::Arguments),
    Gen(generate::Arguments),
    Sbom(sbom::Arguments),
    #[cfg(unix)]
    Env(env::Arguments),
    #[cfg(unix)]
    Conformance(conformance::Arguments),
    #[cfg(unix)]
    Site(site::Arguments),
    #[cfg(unix)]
    Soak(soak::Arguments),
    #[cfg(unix)]
    Bench(bench::Arguments),
}

fn main() -> std::process::ExitCode {
    let result = match Arguments::parse().command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Dev(arguments) => dev::run(&arguments),
        #[cfg(unix)]
        Command::Test(arguments) => test::run(&arguments),
        Command::Tidy(arguments) => tidy::run(&arguments),
        Command::Gen(arguments) => generate::run(&arguments),
        Command::Sbom(arguments) => sbom::run(&arguments),
        #[cfg(unix)]
        Command::Env(arguments) => env::run(&arguments),
        #[cfg(unix)]
        Command::Conformance(arguments) => conformance::run(&arguments),
        #[cfg(unix)]
        Command::Site(arguments) => site::run(&arguments),
        #[cfg(unix)]
        Command::Soak(arguments) => soak::run(&arguments),
        #[cfg(unix)]
        Command::Bench(arguments) => bench::run(&arguments),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            say::error(&error);
            std::process::ExitCode::FAILURE
        }
    }
}
