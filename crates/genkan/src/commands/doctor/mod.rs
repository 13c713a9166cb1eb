//! `genkan doctor`: why does it not start, why can this key not use that tool, what is slow, what is
//! full, and what to do about it.
//!
//! It looks and changes nothing: on a folder that was never started it makes nothing. Each file has
//! the checks of one thing; a check that needs what an earlier one found broken is left out.

mod access;
mod chat;
mod finding;
mod ground;
mod instances;
mod pace;
mod store;

use std::process::ExitCode;

use genkan_core::{Result, id::ProfileName};

use crate::{
    commands::{doctor::finding::Report, text::profile},
    surroundings::Surroundings,
    telemetry::log::{self, Audience},
};

/// Say what is wrong, and what to do about it
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Explain whether this key, by its name or id, may use the tool [default: the local user]
    #[arg(long, value_name = "KEY", requires = "tool")]
    key: Option<String>,
    /// Explain whether this tool may be used
    #[arg(long, value_name = "TOOL")]
    tool: Option<String>,
    /// The profile through which it would be used
    #[arg(long, value_name = "NAME", default_value = "default", value_parser = profile)]
    profile: ProfileName,
}

pub(crate) async fn run(arguments: Arguments, surroundings: &Surroundings) -> Result<ExitCode> {
    let mut report = Report::default();
    examine(&arguments, surroundings, &mut report).await;
    surroundings
        .output
        .result(&report.as_json(), || report.as_text());
    Ok(if report.is_healthy() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// From the ground up; it ends where nothing can stand on what was found.
async fn examine(arguments: &Arguments, surroundings: &Surroundings, report: &mut Report) {
    let Some(folder) = report.take("data folder", surroundings.folder()) else {
        return;
    };
    let settings = surroundings.valid_settings(&folder, Vec::new(), &[]);
    let is_usable = ground::folder(&folder, report);
    let Some(settings) = report.take("settings", settings) else {
        return;
    };
    let settings = ground::over_stored(surroundings, &folder, settings, report).await;
    report.ok("settings", ground::sources(&settings));
    if log::start(&settings, &surroundings.environment, Audience::Person).is_err() {
        report.note(
            "log",
            "the log could not be started",
            "Look at `log.level`.",
        );
    }
    ground::certificate(&settings, report);
    chat::zulip(&settings, report).await;
    if is_usable {
        ground::keys(&folder, &settings, report);
        ground::disk(&folder, report);
    }
    let is_served = ground::server(&folder, report).await;
    if !is_served {
        ground::address(&settings, report).await;
    }
    if !is_usable {
        return;
    }
    instances::redis(&settings, report).await;
    let Some(cellar) = store::open(&settings, &folder, report).await else {
        return;
    };
    instances::together(&settings, &folder, report).await;
    pace::clock(&cellar, report).await;
    pace::slow(&cellar, report).await;
    match &arguments.tool {
        Some(tool) => {
            let asked = access::Question {
                key: arguments.key.as_deref(),
                tool,
                profile: &arguments.profile,
            };
            access::explain(cellar, &settings, &folder, &asked, report).await;
        }
        None => cellar.close().await,
    }
}
