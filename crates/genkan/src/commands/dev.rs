//! `genkan dev profile`: where the server on this data folder spends its time.
//!
//! The platform samples: `perf` of Linux, since it sees every thread with its stack and costs the
//! server nothing while nobody asks.

use std::path::PathBuf;

use genkan_core::{Code, Error, Result};
use serde_json::json;

use crate::{platform::program, surroundings::Surroundings};

/// For who develops with Genkan (server.environment = "development")
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Record where the server spends its processor time, with `perf`
    Profile {
        /// How long to record
        #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=600))]
        seconds: u32,
        /// The file to write, which `perf report` and flame graph tools read
        #[arg(long, value_name = "FILE", default_value = "genkan.perf.data")]
        output: PathBuf,
    },
}

pub(crate) async fn run(arguments: Arguments, surroundings: &Surroundings) -> Result<()> {
    let folder = surroundings.folder()?;
    let settings = surroundings.settings_to_start(&folder, Vec::new()).await?;
    if !settings.server.environment.is_development() {
        let message = "`server.environment` is not development";
        return Err(Error::new(Code::ConfigInvalid, message)
            .hint("A profile is for who develops: set it (ENVIRONMENT=development)."));
    }
    let notice = folder
        .notice()
        .filter(|_| folder.is_served().unwrap_or(false));
    let Some(notice) = notice else {
        let message = "no server runs on this data folder";
        return Err(Error::new(Code::ServerUnreachable, message));
    };
    let Command::Profile { seconds, output } = arguments.command;
    let (pid, time, file) = (
        notice.pid.to_string(),
        seconds.to_string(),
        output.display().to_string(),
    );
    let words = [
        "record", "--quiet", "-g", "-F", "199", "-p", &pid, "-o", &file, "--", "sleep", &time,
    ];
    program::run("perf", &words).await.map_err(|why| {
        Error::new(Code::ToolFailed, format!("`perf` recorded nothing: {why}")).hint(
            "Install perf (linux-perf), and let this user sample: kernel.perf_event_paranoid.",
        )
    })?;
    let told = json!({ "pid": notice.pid, "seconds": seconds, "file": file });
    surroundings.output.result(&told, || {
        format!("Recorded {seconds} s of process {pid}. Next: perf report -i {file}")
    });
    Ok(())
}
