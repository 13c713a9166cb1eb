//! What time has to say: a clock that is off, tools that are slow.

use std::collections::BTreeMap;

use genkan_core::{Code, Error, Result, Timestamp, id::TenantId};
use genkan_store::audit::{Entry, Filter, Order};

use crate::{commands::doctor::finding::Report, house::Cellar};

/// How far in the future the last record may lie: clocks of several machines differ.
const DRIFT_MS: i64 = 60_000;
/// No computer on which this program runs is older: 2026-01-01.
const EARLIEST_MS: i64 = 1_767_225_600_000;
/// How many calls are looked at.
const CALLS: u32 = 1_000;
/// From where on a tool counts as slow, in microseconds.
const SLOW_US: i64 = 1_000_000;

/// Whether the clock agrees with what was recorded.
pub(super) async fn clock(cellar: &Cellar, report: &mut Report) {
    let now = cellar.clock().now();
    let last = match latest(cellar, 1).await {
        Ok(calls) => calls.first().map(|call| call.started),
        Err(error) => return report.problem("clock", &error),
    };
    match off(now, last) {
        Some(message) => {
            let error = Error::new(Code::Internal, message).hint(
                "Set the clock of this computer (NTP). Keys expire by it, and records are ordered \
                 by it.",
            );
            report.problem("clock", &error);
        }
        None => report.ok("clock", now.to_string()),
    }
}

fn off(now: Timestamp, last: Option<Timestamp>) -> Option<String> {
    if now.as_millis() < EARLIEST_MS {
        return Some(format!(
            "the clock says {now}, which is before this program was made"
        ));
    }
    let last = last.filter(|last| last.as_millis() > now.as_millis() + DRIFT_MS)?;
    Some(format!(
        "the clock says {now}, and a call was recorded at {last}"
    ))
}

/// Which tools are slow.
pub(super) async fn slow(cellar: &Cellar, report: &mut Report) {
    let Some(calls) = report.take("pace", latest(cellar, CALLS).await) else {
        return;
    };
    let slow = slowest(&calls);
    if slow.is_empty() {
        let count = calls.len();
        report.ok(
            "pace",
            format!("no tool is slow (p95 under 1 s in the last {count} calls)"),
        );
    }
    for (tool, p95_us) in slow {
        let p95_ms = p95_us / 1_000;
        report.note(
            "pace",
            format!("`{tool}` takes {p95_ms} ms (p95)"),
            format!("Look at its calls: genkan audit report --tool {tool}"),
        );
    }
}

/// Tools whose 95th percentile is slow, the slowest first.
fn slowest(calls: &[Entry]) -> Vec<(&str, i64)> {
    let mut by_tool: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for call in calls.iter().filter(|call| call.operation == "tools/call") {
        let tool = call.subject.as_deref().unwrap_or_default();
        by_tool.entry(tool).or_default().push(call.duration_us);
    }
    let mut slow: Vec<_> = by_tool
        .into_iter()
        .filter_map(|(tool, mut times)| {
            times.sort_unstable();
            let p95 = *times.get((times.len() * 95).div_ceil(100).saturating_sub(1))?;
            (p95 >= SLOW_US).then_some((tool, p95))
        })
        .collect();
    slow.sort_by_key(|(_, p95)| std::cmp::Reverse(*p95));
    slow
}

async fn latest(cellar: &Cellar, count: u32) -> Result<Vec<Entry>> {
    let mut tx = cellar.store.read(&TenantId::default_tenant()).await?;
    let filter = Filter::default();
    let page = tx.record_list(&filter, Order::NewestFirst, None, count);
    Ok(page.await?.entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_off_before_its_time_and_behind_the_last_record() {
        let at = Timestamp::from_millis;
        let now = at(1_800_000_000_000);
        assert_eq!(off(now, None), None);
        assert_eq!(off(now, Some(at(1_800_000_030_000))), None);
        assert!(off(now, Some(at(1_800_000_090_000))).is_some());
        assert!(off(at(1_000_000_000_000), None).is_some());
    }
}
