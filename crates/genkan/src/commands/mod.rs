//! One command, one file. What a command does to the house it does as a client of the house.

pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod client;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod dev;
pub(crate) mod doctor;
pub(crate) mod health;
pub(crate) mod key;
pub(crate) mod knowledge;
pub(crate) mod migrate;
#[cfg(test)]
mod reference;
pub(crate) mod restore;
pub(crate) mod send_test_message;
pub(crate) mod serve;
pub(crate) mod stats;
pub(crate) mod stdio;
pub(crate) mod test_connection;
mod text;
pub(crate) mod tools;
mod validate_config;

use std::process::ExitCode;

use genkan_core::Result;

use crate::{cli::Command, surroundings::Surroundings};

/// Runs a command. What it can fail with is told by `main`.
pub(crate) async fn run(command: Command, surroundings: &Surroundings) -> Result<ExitCode> {
    let done = |()| ExitCode::SUCCESS;
    match command {
        Command::Serve(arguments) => Box::pin(serve::run(arguments, surroundings)).await,
        Command::Stdio(arguments) => Box::pin(stdio::run(arguments, surroundings))
            .await
            .map(done),
        Command::Key(arguments) => Box::pin(key::run(arguments, surroundings)).await.map(done),
        Command::Knowledge(arguments) => Box::pin(knowledge::run(arguments, surroundings)).await,
        Command::Tools(arguments) => Box::pin(tools::run(arguments, surroundings))
            .await
            .map(done),
        Command::Client(arguments) => client::run(&arguments, surroundings),
        Command::Doctor(arguments) => Box::pin(doctor::run(arguments, surroundings)).await,
        Command::Health => Box::pin(health::run(surroundings)).await.map(done),
        Command::ShowStats => Box::pin(stats::show(surroundings)).await.map(done),
        Command::ExportMetrics(arguments) => Box::pin(stats::export(arguments, surroundings))
            .await
            .map(done),
        Command::TestConnection(arguments) => {
            Box::pin(test_connection::run(arguments, surroundings)).await
        }
        Command::SendTestMessage(arguments) => {
            Box::pin(send_test_message::run(arguments, surroundings))
                .await
                .map(done)
        }
        Command::Audit(arguments) => Box::pin(audit::run(arguments, surroundings)).await,
        Command::Config(arguments) => Box::pin(config::run(arguments, surroundings))
            .await
            .map(done),
        Command::ValidateConfig => validate_config::run(surroundings).await.map(done),
        Command::Migrate(arguments) => Box::pin(migrate::run(arguments, surroundings))
            .await
            .map(done),
        Command::Backup(arguments) => Box::pin(backup::run(arguments, surroundings))
            .await
            .map(done),
        Command::Restore(arguments) => Box::pin(restore::run(arguments, surroundings))
            .await
            .map(done),
        Command::Dev(arguments) => Box::pin(dev::run(arguments, surroundings)).await.map(done),
        Command::Completions(arguments) => {
            completions::run(&arguments, surroundings);
            Ok(ExitCode::SUCCESS)
        }
    }
}
