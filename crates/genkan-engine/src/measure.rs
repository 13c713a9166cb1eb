//! Metrics of calls, through handles that are resolved once.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use genkan_core::outcome::Disposition;
use metrics::{Counter, Histogram, counter, histogram};

use crate::Stage;

/// Calls of one tool that ended well.
const CALLS: &str = "mcp_tool_calls_total";
/// How long calls of one tool took.
const DURATION: &str = "mcp_tool_duration_seconds";
/// Prompts that were written.
const PROMPTS: &str = "mcp_prompt_gets_total";
/// How long prompts took to write.
const PROMPT_DURATION: &str = "mcp_prompt_duration_seconds";
/// Resources of one toolset that were read.
const READS: &str = "mcp_resource_reads_total";
/// How long reading took.
const READ_DURATION: &str = "mcp_resource_duration_seconds";
/// Calls that a stage refused before a tool was known, by error code.
const REFUSED: &str = "genkan_calls_refused_total";
/// How long calls stay in a stage.
const STAGE: &str = "genkan_stage_duration_seconds";
/// Of how many calls one has its stages timed: to read the clock ten times costs more than a stage.
const EVERY: usize = 16;
/// Lists that were answered.
const LISTS: &str = "genkan_lists_total";

/// Tells the recorder what the engine's metrics mean.
pub(crate) fn describe() {
    metrics::describe_counter!(
        CALLS,
        "Calls of a tool, by `tool_name` and `status` (success, failure)"
    );
    metrics::describe_histogram!(
        DURATION,
        metrics::Unit::Seconds,
        "Duration of calls of a tool, by `tool_name`"
    );
    metrics::describe_counter!(
        PROMPTS,
        "Prompts written, by `prompt_name` and `status` (success, failure)"
    );
    metrics::describe_histogram!(
        PROMPT_DURATION,
        metrics::Unit::Seconds,
        "Duration of writing a prompt, by `prompt_name`"
    );
    metrics::describe_counter!(
        READS,
        "Resources read, by `toolset` and `status` (success, failure)"
    );
    metrics::describe_histogram!(
        READ_DURATION,
        metrics::Unit::Seconds,
        "Duration of reading a resource, by `toolset`"
    );
    metrics::describe_counter!(
        REFUSED,
        "Calls refused before a tool was reached, by `code` (docs/errors.md)"
    );
    metrics::describe_histogram!(
        STAGE,
        metrics::Unit::Seconds,
        "Time in a stage, of every 16th call, by `stage`"
    );
    metrics::describe_counter!(LISTS, "Lists answered");
}

/// The meters of one known tool or prompt, or of the resources of one toolset. Names of what is not
/// known never become labels.
pub(crate) struct Meters {
    success: Counter,
    failure: Counter,
    duration: Histogram,
}

impl Meters {
    pub(crate) fn of_tool(name: &str) -> Self {
        Self::new(CALLS, DURATION, "tool_name", name)
    }

    pub(crate) fn of_prompt(name: &str) -> Self {
        Self::new(PROMPTS, PROMPT_DURATION, "prompt_name", name)
    }

    pub(crate) fn of_resources(toolset: &str) -> Self {
        Self::new(READS, READ_DURATION, "toolset", toolset)
    }

    fn new(calls: &'static str, duration: &'static str, label: &'static str, value: &str) -> Self {
        let calls =
            |status: &'static str| counter!(calls, label => value.to_owned(), "status" => status);
        Self {
            success: calls("success"),
            failure: calls("failure"),
            duration: histogram!(duration, label => value.to_owned()),
        }
    }

    /// Counts a call that reached what it names. Waiting for an answer is no failure.
    pub(crate) fn count(&self, disposition: Disposition, duration: Duration) {
        match disposition {
            Disposition::Ok | Disposition::InputRequired => self.success.increment(1),
            _ => self.failure.increment(1),
        }
        self.duration.record(duration.as_secs_f64());
    }
}

/// The timings of stages.
pub(crate) struct Stages {
    calls: AtomicUsize,
    durations: [Histogram; Stage::ALL.len()],
}

impl Stages {
    pub(crate) fn new() -> Self {
        Self {
            calls: AtomicUsize::new(0),
            durations: Stage::ALL.map(|stage| histogram!(STAGE, "stage" => stage.as_str())),
        }
    }

    /// Whether the stages of the next call are to be timed; the first call's are.
    pub(crate) fn is_due(&self) -> bool {
        self.calls
            .fetch_add(1, Ordering::Relaxed)
            .is_multiple_of(EVERY)
    }

    pub(crate) fn count(&self, stage: Stage, duration: Duration) {
        if let Some(place) = Stage::ALL.iter().position(|known| *known == stage) {
            self.durations[place].record(duration.as_secs_f64());
        }
    }
}

/// Counts a call that never reached a tool.
pub(crate) fn count_refused(disposition: Disposition) {
    let code = disposition.code().map_or("none", genkan_core::Code::as_str);
    counter!(REFUSED, "code" => code).increment(1);
}

/// Where lists are counted.
pub(crate) fn lists() -> Counter {
    counter!(LISTS)
}
