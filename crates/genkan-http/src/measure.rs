//! What is measured of requests that leave the house, by host, for at most so many hosts.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use metrics::{
    Counter, Gauge, Histogram, counter, describe_counter, describe_gauge, describe_histogram,
    gauge, histogram,
};

use crate::Origin;

const REQUESTS: &str = "genkan_http_client_requests_total";
const DURATION: &str = "genkan_http_client_duration_seconds";
const CONNECTIONS: &str = "genkan_http_client_connections";
const SUSPENDED: &str = "genkan_http_client_suspended";

/// Hosts with a label of their own; the others share `other`.
const OWN: usize = 64;

/// Describes the metrics.
pub(crate) fn describe() {
    describe_counter!(
        REQUESTS,
        "Requests to others, by `host` and `outcome`: the class of the status, or what went wrong"
    );
    describe_histogram!(
        DURATION,
        "Seconds until the head of an answer of others, by `host`"
    );
    describe_gauge!(CONNECTIONS, "Open connections to others, by `host`");
    describe_gauge!(SUSPENDED, "1 while a `host` that failed is left alone");
}

/// Gives out labels.
#[derive(Default)]
pub(crate) struct Labels(Mutex<HashSet<String>>);

/// The meters of one origin.
pub(crate) struct Meter {
    host: String,
    duration: Histogram,
    connections: Gauge,
    suspended: Gauge,
}

impl Labels {
    pub(crate) fn meter(&self, origin: &Origin) -> Meter {
        let mut own = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut host = origin.authority();
        if !own.contains(&host) {
            if own.len() < OWN {
                own.insert(host.clone());
            } else {
                host = "other".to_owned();
            }
        }
        Meter {
            duration: histogram!(DURATION, "host" => host.clone()),
            connections: gauge!(CONNECTIONS, "host" => host.clone()),
            suspended: gauge!(SUSPENDED, "host" => host.clone()),
            host,
        }
    }
}

impl Meter {
    /// An attempt ended: with this status, or in this other way.
    pub(crate) fn ended(&self, outcome: &'static str, took: Duration) {
        let requests: Counter =
            counter!(REQUESTS, "host" => self.host.clone(), "outcome" => outcome);
        requests.increment(1);
        self.duration.record(took.as_secs_f64());
    }

    /// A connection is open until this is dropped.
    pub(crate) fn connection(&self) -> Open {
        self.connections.increment(1.0);
        Open(self.connections.clone())
    }

    /// The host is left alone, or not.
    pub(crate) fn breaker(&self, is_open: bool) {
        self.suspended.set(if is_open { 1.0 } else { 0.0 });
    }
}

/// An open connection.
pub(crate) struct Open(Gauge);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

/// The class of a status, as a label.
pub(crate) fn class(status: http::StatusCode) -> &'static str {
    match status.as_u16() {
        200..=299 => "2xx",
        300..=399 => "3xx",
        429 => "429",
        400..=499 => "4xx",
        500..=599 => "5xx",
        _ => "1xx",
    }
}

#[cfg(test)]
mod tests;
