//! A recorder that counts everything and times little (`ops.metrics = "basic"`): the buckets of a time
//! are what costs on the way of a call.

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use metrics_exporter_prometheus::PrometheusRecorder;

/// What is timed.
const TIMED: [&str; 2] = ["http_request_duration_seconds", "mcp_tool_duration_seconds"];

/// Passes on what is counted, and the times of [`TIMED`].
pub(super) struct Basic(pub(super) PrometheusRecorder);

impl Recorder for Basic {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, about: SharedString) {
        self.0.describe_counter(name, unit, about);
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, about: SharedString) {
        self.0.describe_gauge(name, unit, about);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, about: SharedString) {
        self.0.describe_histogram(name, unit, about);
    }

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Counter {
        self.0.register_counter(key, metadata)
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> Gauge {
        self.0.register_gauge(key, metadata)
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> Histogram {
        match TIMED.contains(&key.name()) {
            true => self.0.register_histogram(key, metadata),
            false => Histogram::noop(),
        }
    }
}
