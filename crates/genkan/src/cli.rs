//! The command line as a whole: global flags, the list of commands, usage errors.

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand, error::ErrorKind};
use genkan_core::{Code, Error};

use crate::{
    Additions,
    commands::{
        audit, backup, client, completions, config, dev, doctor, key, knowledge, migrate, restore,
        send_test_message, serve, stats, stdio, test_connection, tools,
    },
    output::{self, Output},
    settings::Environment,
    surroundings::Surroundings,
};

/// One entrance between AI clients and everything they may touch: known, allowed, limited, recorded.
#[derive(Debug, Parser)]
#[command(
    name = "genkan",
    version,
    max_term_width = 100,
    arg_required_else_help = true
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that stand before or after any command.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Global {
    /// The settings file [default: GENKAN_CONFIG, else genkan.toml in the data folder]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help_heading = "Global options"
    )]
    pub(crate) config: Option<PathBuf>,
    /// The data folder [default: GENKAN_DATA_DIR, else the user's data folder]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        help_heading = "Global options"
    )]
    pub(crate) data_dir: Option<PathBuf>,
    /// Write JSON, for programs
    #[arg(long, global = true, help_heading = "Global options")]
    pub(crate) json: bool,
}

/// Every command, in the order of the help.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Serve(serve::Arguments),
    Stdio(stdio::Arguments),
    Client(client::Arguments),
    Key(key::Arguments),
    Knowledge(knowledge::Arguments),
    Tools(tools::Arguments),
    Audit(audit::Arguments),
    Doctor(doctor::Arguments),
    TestConnection(test_connection::Arguments),
    SendTestMessage(send_test_message::Arguments),
    /// Ask whether the server on this data folder serves, as health checks of containers do
    Health,
    /// Show what the server on this data folder has done since it started
    ShowStats,
    ExportMetrics(stats::Arguments),
    Config(config::Arguments),
    /// Check the settings, as `serve` would read them
    ValidateConfig,
    Migrate(migrate::Arguments),
    Backup(backup::Arguments),
    Restore(restore::Arguments),
    Dev(dev::Arguments),
    Completions(completions::Arguments),
}

/// What the command line asks for.
pub(crate) enum Parsed {
    /// A command to run.
    Run(Box<(Surroundings, Command)>),
    /// Nothing more: help and version are printed, a usage error is told.
    Done(ExitCode),
}

/// Reads the command line of this process.
pub(crate) fn parse(additions: Additions) -> Parsed {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let environment = Environment::of_this_process();
    match Arguments::try_parse_from(&arguments) {
        Ok(Arguments { global, command }) => {
            let output = Output::new(global.json, &environment);
            Parsed::Run(Box::new((
                Surroundings {
                    environment,
                    global,
                    output,
                    additions,
                    is_here_chosen: true,
                },
                command,
            )))
        }
        Err(usage) => Parsed::Done(told(&usage, &arguments, &environment)),
    }
}

/// Prints what clap has to say, in JSON if that was asked for.
fn told(usage: &clap::Error, arguments: &[OsString], environment: &Environment) -> ExitCode {
    let json = arguments.iter().any(|argument| argument == "--json");
    let is_error =
        usage.use_stderr() && usage.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if json && is_error {
        let text = usage.to_string();
        let first = text
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches("error: ")
            .to_owned();
        let error = Error::new(Code::InvalidArguments, first).hint("See `genkan --help`.");
        Output::new(true, environment).error(&error);
    } else {
        // A closed standard output is no reason to fail.
        let _ = usage.print();
    }
    if usage.use_stderr() {
        ExitCode::from(output::USAGE)
    } else {
        ExitCode::SUCCESS
    }
}
