//! The log, on standard error: standard output belongs to results and to MCP, unless a server was told
//! to log there.

mod line;

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    io, panic,
};

use genkan_core::{Error, Result};
use tracing::error;
use tracing_subscriber::{
    EnvFilter, Registry, filter::filter_fn, fmt, fmt::writer::BoxMakeWriter, prelude::*, reload,
};

use self::line::Lines;
use crate::{
    output,
    settings::{Destination, Environment, Format, Origin, Settings},
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
    let stderr = Destination::Stderr;
    start_with(settings, environment, audience, (stderr, None))
}

/// The same, to be read there, and with traces.
pub(crate) fn start_with(
    settings: &Settings,
    environment: &Environment,
    audience: Audience,
    (destination, traces): (Destination, Option<TraceLayer>),
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
    let (writer, colours) = match destination {
        Destination::Stderr => (BoxMakeWriter::new(io::stderr), output::colours(environment)),
        Destination::Stdout => (BoxMakeWriter::new(io::stdout), false),
    };
    let lines = fmt::layer().with_writer(writer).log_internal_errors(false);
    let form = settings.log.format;
    let lines = match form {
        Format::Text => {
            let lines = lines.with_ansi(colours);
            let coloured = lines.map_event_format(|plain| Lines {
                plain: plain.with_ansi(colours),
                form,
            });
            coloured.boxed()
        }
        Format::Json => {
            let lines = lines.json().flatten_event(true);
            lines
                .map_event_format(|plain| Lines { plain, form })
                .boxed()
        }
    };
    // Each has a filter of its own, so that none hears more because the other does.
    let traces = traces.map(|layer| layer.with_filter(filter_fn(TraceLayer::wants)));
    let log = tracing_subscriber::registry().with(lines.with_filter(filter));
    log.with(traces).try_init().map_err(Error::internal)?;
    if form == Format::Json {
        panic::set_hook(Box::new(tell_panic));
    }
    Ok(Log { level })
}

/// Tells of a panic as a line of the log: what Rust itself writes is no JSON.
fn tell_panic(panic: &panic::PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    let reason = panic.payload_as_str().unwrap_or("no message");
    let trace = Backtrace::capture();
    let trace = (trace.status() == BacktraceStatus::Captured).then(|| trace.to_string());
    error!(place, trace, "a panic: {reason}");
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
