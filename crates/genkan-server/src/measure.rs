//! `http_requests_total{method,endpoint,status}` and `http_request_duration_seconds{method,endpoint}`.
//!
//! `endpoint` is the template of the route, never a path that a client chose. Handles are resolved
//! once: build the router after the recorder is installed.

use std::{
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

use http::{Method, StatusCode};
use metrics::{Counter, Histogram, counter, describe_counter, describe_histogram, histogram};

/// Methods with a label of their own; every other one is `other`.
const METHODS: [&str; 8] = [
    "GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH", "other",
];

const REQUESTS: &str = "http_requests_total";
const DURATION: &str = "http_request_duration_seconds";

/// Says what the metrics mean.
pub(crate) fn describe() {
    describe_counter!(
        REQUESTS,
        "HTTP requests, by `method`, `endpoint` (the route) and `status`"
    );
    describe_histogram!(
        DURATION,
        metrics::Unit::Seconds,
        "Time to the head of the answer, by `method` and `endpoint` (the route)"
    );
}

/// The measurements of one route.
pub(crate) struct Endpoint {
    template: &'static str,
    by_method: [OnceLock<Handles>; METHODS.len()],
}

struct Handles {
    duration: Histogram,
    /// Few statuses happen on one route, so that a search is quicker than a map.
    by_status: Mutex<Vec<(StatusCode, Counter)>>,
}

impl Endpoint {
    pub(crate) fn new(template: &'static str) -> Self {
        Self {
            template,
            by_method: Default::default(),
        }
    }

    /// Counts one request.
    pub(crate) fn count(&self, method: &Method, status: StatusCode, took: Duration) {
        let position = METHODS
            .iter()
            .position(|name| *name == method.as_str())
            .unwrap_or(METHODS.len() - 1);
        let name = METHODS[position];
        let handles = self.by_method[position].get_or_init(|| Handles {
            duration: histogram!(DURATION, "method" => name, "endpoint" => self.template),
            by_status: Mutex::default(),
        });
        handles.duration.record(took.as_secs_f64());
        let mut counters = handles
            .by_status
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let found = counters.iter().position(|(counted, _)| *counted == status);
        let at = found.unwrap_or_else(|| {
            let labels = [
                ("method", name.into()),
                ("endpoint", self.template.into()),
                ("status", status.as_str().to_owned()),
            ];
            counters.push((status, counter!(REQUESTS, &labels)));
            counters.len() - 1
        });
        counters[at].1.increment(1);
    }
}
