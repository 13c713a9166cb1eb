//! What goes wrong on demand.

use std::{sync::Mutex, time::Duration};

/// One way in which a request goes wrong.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Nothing is done, and this status is answered with a page of HTML, as a proxy would.
    Page(u16),
    /// Nothing is done, and this status is answered in Zulip's form.
    Status(u16),
    /// It is done, and 500 is answered.
    AfterDoing,
    /// It is done, and the connection is cut instead of an answer.
    CutAfterDoing,
    /// It is done, and nothing is ever answered.
    SilentAfterDoing,
    /// The limit is said to be used up for so many seconds.
    Limit(f64),
}

/// The faults that are planned.
#[derive(Default)]
pub(super) struct Faults {
    planned: Mutex<Vec<(String, usize, Fault)>>,
    latency: Mutex<Duration>,
}

impl Faults {
    pub(super) fn plan(&self, requests: &str, times: usize, fault: Fault) {
        let row = (requests.to_owned(), times, fault);
        self.planned.lock().unwrap().push(row);
    }

    pub(super) fn set_latency(&self, latency: Duration) {
        *self.latency.lock().unwrap() = latency;
    }

    pub(super) fn latency(&self) -> Duration {
        *self.latency.lock().unwrap()
    }

    /// The fault of this request, if one is planned; it is used up by that.
    pub(super) fn take(&self, request: &str) -> Option<Fault> {
        let mut planned = self.planned.lock().unwrap();
        let row = planned
            .iter_mut()
            .find(|(begin, times, _)| *times > 0 && request.starts_with(begin.as_str()))?;
        row.1 -= 1;
        Some(row.2.clone())
    }
}
