//! The few numbers that a person wants to see first.

use std::{collections::BTreeMap, ops::Add};

use serde::Serialize;

use crate::{
    commands::stats::exposition::{Exposition, Sample},
    output,
};

/// The numbers, each taken from `/metrics`.
#[derive(Debug, Serialize)]
pub(super) struct Overview {
    http_requests: f64,
    http_server_errors: f64,
    tool_calls: f64,
    tool_failures: f64,
    calls_refused: f64,
    database_connections_active: Option<f64>,
    queue_length: Option<f64>,
    cpu_percent: Option<f64>,
    memory_percent: Option<f64>,
    tools: Vec<Tool>,
}

/// One tool that was called.
#[derive(Debug, Default, Serialize)]
struct Tool {
    name: String,
    calls: f64,
    failures: f64,
    mean_ms: Option<f64>,
    p95_ms: Option<f64>,
}

impl Overview {
    pub(super) fn of(metrics: &Exposition) -> Self {
        let sum = |name: &str, keep: &dyn Fn(&Sample) -> bool| {
            let kept = metrics.samples(name).filter(|sample| keep(sample));
            // An empty sum of floats is -0.
            kept.filter_map(|sample| sample.value).fold(0.0, f64::add)
        };
        let gauge = |name: &str| metrics.samples(name).next().and_then(|sample| sample.value);
        let tools = tools(metrics);
        Self {
            http_requests: sum("http_requests_total", &|_| true),
            http_server_errors: sum("http_requests_total", &|sample| {
                sample
                    .labels
                    .get("status")
                    .is_some_and(|status| status.starts_with('5'))
            }),
            tool_calls: tools.iter().map(|tool| tool.calls).fold(0.0, f64::add),
            tool_failures: tools.iter().map(|tool| tool.failures).fold(0.0, f64::add),
            calls_refused: sum("genkan_calls_refused_total", &|_| true),
            database_connections_active: gauge("database_connections_active"),
            queue_length: gauge("genkan_store_queue_length"),
            cpu_percent: gauge("system_cpu_usage_percent"),
            memory_percent: gauge("system_memory_usage_percent"),
            tools,
        }
    }

    pub(super) fn as_text(&self) -> String {
        let or_dash = |value: Option<f64>, unit: &str| match value {
            Some(value) => format!("{value:.1}{unit}"),
            None => "-".to_owned(),
        };
        let row = |name: &str, value: String| vec![name.to_owned(), value];
        let numbers = output::columns(&[
            row("HTTP requests", format!("{}", self.http_requests)),
            row("  server errors", format!("{}", self.http_server_errors)),
            row("tool calls", format!("{}", self.tool_calls)),
            row("  failed", format!("{}", self.tool_failures)),
            row("calls refused", format!("{}", self.calls_refused)),
            row(
                "database connections",
                or_dash(self.database_connections_active, ""),
            ),
            row(
                "calls waiting to be written",
                or_dash(self.queue_length, ""),
            ),
            row("processors busy", or_dash(self.cpu_percent, " %")),
            row("memory in use", or_dash(self.memory_percent, " %")),
        ]);
        if self.tools.is_empty() {
            return numbers;
        }
        let head = ["TOOL", "CALLS", "FAILED", "MEAN", "P95"].map(str::to_owned);
        let mut rows = vec![head.to_vec()];
        rows.extend(self.tools.iter().map(|tool| {
            vec![
                tool.name.clone(),
                format!("{}", tool.calls),
                format!("{}", tool.failures),
                or_dash(tool.mean_ms, " ms"),
                or_dash(tool.p95_ms, " ms"),
            ]
        }));
        format!("{numbers}\n\n{}", output::columns(&rows))
    }
}

/// The tools that were called, the busiest first.
fn tools(metrics: &Exposition) -> Vec<Tool> {
    let mut by_name: BTreeMap<&str, Tool> = BTreeMap::new();
    for sample in metrics.samples("mcp_tool_calls_total") {
        let Some(name) = sample.labels.get("tool_name") else {
            continue;
        };
        let count = sample.value.unwrap_or(0.0);
        let tool = by_name.entry(name).or_default();
        tool.calls += count;
        if sample
            .labels
            .get("status")
            .is_some_and(|status| status == "failure")
        {
            tool.failures += count;
        }
    }
    let mut tools: Vec<_> = by_name
        .into_iter()
        .filter(|(_, tool)| tool.calls > 0.0)
        .map(|(name, tool)| Tool {
            name: name.to_owned(),
            mean_ms: mean_ms(metrics, name),
            p95_ms: p95_ms(metrics, name),
            ..tool
        })
        .collect();
    tools.sort_by(|a, b| {
        b.calls
            .total_cmp(&a.calls)
            .then_with(|| a.name.cmp(&b.name))
    });
    tools
}

fn of_tool<'a>(
    metrics: &'a Exposition,
    series: &'a str,
    tool: &'a str,
) -> impl Iterator<Item = &'a Sample> {
    let samples = metrics.samples(series);
    samples.filter(move |sample| {
        sample
            .labels
            .get("tool_name")
            .is_some_and(|name| name == tool)
    })
}

fn mean_ms(metrics: &Exposition, tool: &str) -> Option<f64> {
    let of = |series| {
        of_tool(metrics, series, tool)
            .next()
            .and_then(|sample| sample.value)
    };
    let count = of("mcp_tool_duration_seconds_count").filter(|count| *count > 0.0)?;
    Some(of("mcp_tool_duration_seconds_sum")? / count * 1_000.0)
}

/// As `histogram_quantile(0.95, …)` reckons: evenly spread within a bucket.
fn p95_ms(metrics: &Exposition, tool: &str) -> Option<f64> {
    let bound = |sample: &Sample| sample.labels.get("le")?.parse::<f64>().ok();
    let mut buckets: Vec<(f64, f64)> = of_tool(metrics, "mcp_tool_duration_seconds_bucket", tool)
        .filter_map(|sample| Some((bound(sample)?, sample.value?)))
        .collect();
    buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
    let wanted = buckets.last()?.1 * 0.95;
    let at = buckets.iter().position(|(_, count)| *count >= wanted)?;
    let (low, below) = at
        .checked_sub(1)
        .map_or((0.0, 0.0), |before| buckets[before]);
    let (high, count) = buckets[at];
    if high.is_infinite() || count <= below {
        return Some(low * 1_000.0);
    }
    Some((low + (high - low) * (wanted - below) / (count - below)) * 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_reckoned_as_prometheus_does() {
        let series = |le: &str, count: u32| {
            format!("mcp_tool_duration_seconds_bucket{{tool_name=\"t\",le=\"{le}\"}} {count}\n")
        };
        let text = |rows: &[(&str, u32)]| {
            let lines = rows.iter().map(|(le, count)| series(le, *count));
            format!(
                "mcp_tool_calls_total{{tool_name=\"t\",status=\"success\"}} 9\n{}",
                lines.collect::<String>()
            )
        };
        let rows: [(&[(&str, u32)], f64); 3] = [
            (&[("0.1", 0), ("0.2", 100), ("+Inf", 100)], 195.0),
            (&[("0.1", 100), ("+Inf", 100)], 95.0),
            (&[("0.1", 10), ("+Inf", 100)], 100.0),
        ];
        for (buckets, expected) in rows {
            let metrics = Exposition::parse(&text(buckets)).unwrap();
            let found = p95_ms(&metrics, "t").unwrap();
            assert!(
                (found - expected).abs() < 0.001,
                "{found}, expected {expected}"
            );
        }
    }
}
