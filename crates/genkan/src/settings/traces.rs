//! Section `traces`: who is told what calls did and when.

use crate::{
    settings::{section::section, value::checked_text},
    telemetry::traces::Endpoint,
};

section! {
    /// Traces of calls: their stages, searches and database transactions, joined to the trace that the
    /// caller tells of (`traceparent` in `_meta` or in the headers). A caller that says that its trace
    /// is not recorded is believed.
    Traces "traces" {
        /// The collector that takes OTLP over HTTP, such as `http://127.0.0.1:4318`. Absent: no traces.
        endpoint: Option<Endpoint> = None;
    }
}

checked_text!(Endpoint, "an address such as http://127.0.0.1:4318");
