//! `genkan knowledge …`: team knowledge from files, into files, and how it is used.

mod bar;
mod export;
mod import;
mod source;
mod stats;

use std::{path::PathBuf, process::ExitCode};

use genkan_core::{Result, id::ProfileName};
use genkan_toolsets::knowledge::transfer;

use crate::surroundings::Surroundings;

/// Import and export team knowledge, and see how it is used
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Store what files hold: a folder of Markdown pages, or a file of JSON or CSV
    Import {
        /// The folder or file
        path: PathBuf,
        #[command(flatten)]
        place: Place,
        /// Only say what would happen
        #[arg(long)]
        dry_run: bool,
    },
    /// Write the entries of a scope into a new folder of Markdown pages, or a new file of JSON or CSV
    Export {
        /// The folder or file
        path: PathBuf,
        #[command(flatten)]
        place: Place,
        /// Only say what would be written
        #[arg(long)]
        dry_run: bool,
    },
    /// Show how much is known, what is searched for, and what is not found
    Stats(stats::Arguments),
}

#[derive(Debug, clap::Args)]
struct Place {
    /// The scope, such as team:shop
    #[arg(long, value_name = "NAMESPACE:SCOPE")]
    scope: String,
    /// The form of the files
    #[arg(long, value_enum)]
    format: Format,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    Markdown,
    Json,
    Csv,
}

impl From<Format> for transfer::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Markdown => Self::Markdown,
            Format::Json => Self::Json,
            Format::Csv => Self::Csv,
        }
    }
}

pub(crate) async fn run(arguments: Arguments, surroundings: &Surroundings) -> Result<ExitCode> {
    match arguments.command {
        Command::Import {
            path,
            place,
            dry_run,
        } => import::run(surroundings, &path, &place, dry_run).await,
        Command::Export {
            path,
            place,
            dry_run,
        } => export::run(surroundings, &path, &place, dry_run).await,
        Command::Stats(arguments) => stats::run(surroundings, arguments).await,
    }
}

/// The profile that shows toolset `knowledge` alone.
fn profile() -> ProfileName {
    ProfileName::parse("knowledge").expect("BUG: `knowledge` is a profile name")
}
