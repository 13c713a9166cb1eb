//! The log, on standard error: standard output belongs to results and to MCP.

use std::io;

use genkan_core::{Error, Result};
use tracing_subscriber::{EnvFilter, fmt};

use crate::{
    output,
    settings::{Environment, Format, Origin, Settings},
};

/// Who reads the log by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Whoever runs a service: everything from `log.level` up.
    Operator,
    /// Whoever typed a command: warnings, unless `log.level` was set.
    Person,
}

/// Starts the log. Once per process.
pub(crate) fn start(
    settings: &Settings,
    environment: &Environment,
    audience: Audience,
) -> Result<()> {
    let untouched = settings
        .origin("log.level")
        .is_none_or(|origin| *origin == Origin::Default);
    let level = match audience {
        Audience::Person if untouched => "warn",
        _ => settings.log.level.as_str(),
    };
    let filter = EnvFilter::builder().parse(level).map_err(Error::internal)?;
    let log = fmt().with_env_filter(filter).with_writer(io::stderr);
    let started = match settings.log.format {
        Format::Text => log.with_ansi(output::colours(environment)).try_init(),
        Format::Json => log.json().flatten_event(true).try_init(),
    };
    started.map_err(Error::internal)
}
