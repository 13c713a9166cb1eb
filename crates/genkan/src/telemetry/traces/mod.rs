//! Traces: what a call did and when, told to a collector by OTLP over HTTP.
//!
//! Spans and stages are told through `tracing` by whoever does the work, under the target
//! [`genkan_core::trace::TARGET`]. Without an endpoint nobody listens to that target, and a span costs
//! a comparison. With one, finished spans go into a bounded queue; what does not fit is counted and
//! dropped, so that no call ever waits for a collector.

mod export;
mod layer;
mod span;

use std::sync::Arc;

use genkan_core::{Clock, Random, lifecycle::Lifecycle};
use tokio::sync::mpsc;

pub(crate) use export::Endpoint;
pub(crate) use layer::TraceLayer;

use crate::settings::Settings;

/// How many finished spans may wait for the collector.
const QUEUE: usize = 4096;

/// What hears of spans, and what sends them; nothing without an endpoint.
pub(crate) fn prepare(
    settings: &Settings,
    clock: &dyn Clock,
    random: Arc<dyn Random>,
) -> Option<(TraceLayer, Exporter)> {
    let endpoint = settings.traces.endpoint.clone()?;
    let (sender, receiver) = mpsc::channel(QUEUE);
    let exporter = Exporter(export::Exporter {
        endpoint,
        environment: settings.server.environment.to_string(),
        receiver,
    });
    Some((TraceLayer::new(sender, clock, random), exporter))
}

/// Sends finished spans.
pub(crate) struct Exporter(export::Exporter);

impl Exporter {
    /// Begins to send, until the soft stop; what waits then is sent still.
    pub(crate) fn start(self, lifecycle: &Lifecycle) {
        export::describe();
        let stop = lifecycle.soft_stop().clone();
        lifecycle.start("traces", self.0.run(stop));
    }
}
