//! What `deploy/prometheus` and `deploy/grafana` give to operators, against a real server, a real
//! Prometheus, and by `promtool`.

mod dashboards;
mod prometheus;
mod replay;

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::json;

use crate::binary::{Binary, Server, call, entry, genkan, on_postgres, search};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap()
}

/// Runs `promtool`, which the set-up of the gate installs; `None` where there is none.
pub(crate) fn promtool(words: &[&str], input: &str) -> Option<Output> {
    let folder = repository().join("deploy/prometheus");
    let started = Command::new("promtool")
        .args(words)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = started else {
        eprintln!("skipped: there is no promtool");
        return None;
    };
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    Some(child.wait_with_output().unwrap())
}

/// A server that has done a little of everything.
fn busy() -> Server {
    busied(&genkan())
}

fn busied(binary: &Binary) -> Server {
    let server = binary.serve();
    let key = server.admin_key();
    server.mcp(
        &key,
        "tools/call",
        call("knowledge_write_knowledge", entry("tide")),
    );
    server.mcp(&key, "tools/list", json!({}));
    server.mcp("gk_nobody_at_all", "tools/list", json!({}));
    server.get("/health", None);
    server
}

#[test]
fn every_series_in_an_alert_is_one_that_a_server_has() {
    let server = busied(&genkan().variable("REDIS_URL", "redis://127.0.0.1:1"));
    let metrics = server.get("/metrics", Some(&server.admin_key())).body;
    let alerts = text("deploy/prometheus/alerts.yml");
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut series = BTreeSet::new();
    for (at, _) in alerts.match_indices('{') {
        let name = alerts[..at].rsplit(|c| !is_name(c)).next().unwrap();
        if name.contains('_') {
            series.insert(name);
        }
    }
    assert!(series.len() >= 7, "{series:?}");
    for name in series {
        assert!(
            metrics.contains(&format!("\n{name}{{")) || metrics.contains(&format!("\n{name} ")),
            "{name} is not in\n{metrics}"
        );
    }
}

/// The number of a series without labels.
fn number(metrics: &str, series: &str) -> f64 {
    let lines = metrics.lines().filter_map(|line| line.split_once(' '));
    let mut numbers = lines.filter_map(|(name, number)| (name == series).then_some(number));
    numbers
        .next()
        .expect("the series is there")
        .parse()
        .unwrap()
}

fn statements_are_timed(server: &Server) {
    let key = server.admin_key();
    let told = || {
        let metrics = server.get("/metrics", Some(&key)).body;
        ["count", "sum"].map(|of| number(&metrics, &format!("db_query_duration_seconds_{of}")))
    };
    let [count, seconds] = told();
    assert!(count >= 5.0 && seconds > 0.0, "{count} in {seconds} s");
    server.mcp(&key, "tools/call", search());
    let [more, longer] = told();
    assert!(more > count && longer > seconds, "{more} in {longer} s");
}

#[test]
fn statements_of_the_database_are_timed() {
    statements_are_timed(&busy());
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_of_the_database_are_timed_on_postgres() {
    let Some((_database, binary)) = on_postgres().await else {
        return;
    };
    let binary = binary.variable("GENKAN_STORE__AUTO_MIGRATE", "true");
    statements_are_timed(&busied(&binary));
}

#[test]
fn every_alert_is_tested_and_explained() {
    let alerts = text("deploy/prometheus/alerts.yml");
    let (tests, page) = (
        text("deploy/prometheus/alerts.test.yml"),
        text("docs/monitoring.md"),
    );
    let names: Vec<_> = alerts
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "))
        .collect();
    assert_eq!(names.len(), 11, "{names:?}");
    for name in names {
        assert!(
            tests.contains(&format!("alertname: {name}\n")),
            "{name} has no test"
        );
        assert!(
            page.contains(&format!("| `{name}` |")),
            "{name} is not explained"
        );
    }
}

#[test]
fn promtool_passes_configuration_rules_and_their_tests() {
    for words in [
        &["check", "config", "--syntax-only", "prometheus.yml"][..],
        &["check", "rules", "alerts.yml"],
        &["test", "rules", "alerts.test.yml"],
    ] {
        let Some(output) = promtool(words, "") else {
            return;
        };
        assert!(output.status.success(), "{words:?}: {output:?}");
    }
}

#[test]
fn promtool_finds_nothing_to_say_of_the_metrics() {
    let server = busy();
    let metrics = server.get("/metrics", Some(&server.admin_key())).body;
    let Some(output) = promtool(&["check", "metrics"], &metrics) else {
        return;
    };
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.is_empty(), "{said}");
}
