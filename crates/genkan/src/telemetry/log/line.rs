//! A line of the log: what `tracing` makes of an event, and for which request it happened.
//!
//! The id is added here and nowhere else, so that no line can forget it, and so that a request of which
//! nothing is logged pays nothing.

use std::fmt;

use genkan_core::correlation;
use serde_json::Value;
use tracing::{Event, Subscriber};
use tracing_subscriber::{
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer},
    registry::LookupSpan,
};

use crate::settings::Format;

/// The field of the id.
const FIELD: &str = "correlation_id";

/// Writes lines with the id of the request that is being served.
pub(super) struct Lines<F> {
    pub(super) plain: F,
    pub(super) form: Format,
}

impl<S, N, F> FormatEvent<S, N> for Lines<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        ctx: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        // What is told of a call of another time names that one.
        let names_one = event.metadata().fields().field(FIELD).is_some();
        let Some(id) = correlation::current().filter(|_| !names_one) else {
            return self.plain.format_event(ctx, writer, event);
        };
        let mut line = String::new();
        self.plain
            .format_event(ctx, Writer::new(&mut line), event)?;
        let line = line.trim_end_matches('\n');
        match self.form {
            Format::Text => writeln!(writer, "{line} {FIELD}={}", id.as_str()),
            Format::Json => {
                let object = line.strip_suffix('}').ok_or(fmt::Error)?;
                let id = Value::from(id.as_str());
                writeln!(writer, "{object},\"{FIELD}\":{id}}}")
            }
        }
    }
}
