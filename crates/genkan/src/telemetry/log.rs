//! The log, on standard error: standard output belongs to results and to MCP.

use std::io;

use genkan_core::{Error, Result};
use tracing_subscriber::{EnvFilter, Registry, filter::filter_fn, fmt, prelude::*, reload};

use crate::{
    output,
    settings::{Environment, Format, Origin, Settings},
    telemetry::traces::TraceLayer,
};

/// Who reads the log by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Whoever runs a service: everything from `log.level` up.
    Operator,
    /// Whoever typed a command: warnings, unless `log.level` was set.
    Person,
}

/// The log of this process, whose level can be changed.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    level: reload::Handle<EnvFilter, Registry>,
}

impl Log {
    /// Tells from now on what the settings want told.
    pub(crate) fn set_level(&self, settings: &Settings) -> Result<()> {
        let filter = filter(settings, settings.log.level.as_str())?;
        self.level.reload(filter).map_err(Error::internal)
    }
}

/// Starts the log. Once per process.
pub(crate) fn start(
    settings: &Settings,
    environment: &Environment,
    audience: Audience,
) -> Result<Log> {
    start_with(settings, environment, audience, None)
}

/// The same with traces.
pub(crate) fn start_with(
    settings: &Settings,
    environment: &Environment,
    audience: Audience,
    traces: Option<TraceLayer>,
) -> Result<Log> {
    let untouched = settings
        .origin("log.level")
        .is_none_or(|origin| *origin == Origin::Default);
    let level = match audience {
        Audience::Person if untouched => "warn",
        _ => settings.log.level.as_str(),
    };
    let (filter, level) = reload::Layer::new(filter(settings, level)?);
    // What cannot be written is lost: to say so on the same broken pipe would panic.
    let lines = fmt::layer()
        .with_writer(io::stderr)
        .log_internal_errors(false);
    let lines = match settings.log.format {
        Format::Text => lines.with_ansi(output::colours(environment)).boxed(),
        Format::Json => lines.json().flatten_event(true).boxed(),
    };
    // Each has a filter of its own, so that none hears more because the other does.
    let traces = traces.map(|layer| layer.with_filter(filter_fn(TraceLayer::wants)));
    let log = tracing_subscriber::registry().with(lines.with_filter(filter));
    log.with(traces).try_init().map_err(Error::internal)?;
    Ok(Log { level })
}

/// The level, and calls with their arguments and answers in development alone.
fn filter(settings: &Settings, level: &str) -> Result<EnvFilter> {
    let calls = match settings.server.environment.is_development() {
        true => "debug",
        false => "off",
    };
    let level = format!("{level},genkan_calls={calls}");
    EnvFilter::builder().parse(level).map_err(Error::internal)
}
