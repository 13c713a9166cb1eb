//! `show-stats`, `export-metrics` and `test-connection`.

use std::fs;

use serde_json::{Value, json};

#[cfg(target_os = "linux")]
use crate::reload::until;
use crate::{
    binary::{call, entry, genkan},
    monitoring::promtool,
};

/// The sum of a series in the text of `/metrics`, over the labels that hold this.
fn sum(metrics: &str, series: &str, label: &str) -> f64 {
    let lines = metrics
        .lines()
        .filter(|line| line.starts_with(&format!("{series}{{")) && line.contains(label));
    let values = lines.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap());
    values.sum()
}

#[test]
fn stats_agree_with_the_metrics_of_the_server() {
    let binary = genkan();
    let server = binary.serve();
    let key = server.admin_key();
    for _ in 0..3 {
        server.mcp(
            &key,
            "tools/call",
            call("knowledge_write_knowledge", entry("tide")),
        );
    }
    let wrong = json!({ "scope": "no such scope", "queries": ["tide"] });
    server.mcp(
        &key,
        "tools/call",
        call("knowledge_get_task_context", wrong),
    );
    let stats = binary.run(["show-stats", "--json"]).ok().json();
    let metrics = server.get("/metrics", Some(&key)).body;
    // Between the two only the reading of the metrics itself was counted.
    let write = "tool_name=\"knowledge_write_knowledge\"";
    let row = |name: &str| {
        let tools = stats["tools"].as_array().unwrap().iter();
        tools
            .clone()
            .find(|tool| tool["name"] == name)
            .unwrap()
            .clone()
    };
    let written = row("knowledge_write_knowledge");
    assert_eq!(
        written["calls"],
        sum(&metrics, "mcp_tool_calls_total", write)
    );
    assert_eq!(written["calls"], 3.0);
    assert_eq!(row("knowledge_get_task_context")["failures"], 1.0);
    assert!(written["p95_ms"].as_f64().unwrap() > 0.0 && written["mean_ms"].is_number());
    let requests = sum(&metrics, "http_requests_total", "endpoint=\"/mcp\"");
    assert_eq!(stats["http_requests"], requests);
    assert!(stats["database_connections_active"].is_number(), "{stats}");
    let text = binary.run(["show-stats"]).ok().out;
    assert!(text.contains("\nknowledge_write_knowledge   3 "), "{text}");
}

/// Whether every line is a comment, or a number of a family whose kind was said before.
fn is_exposition(text: &str) -> bool {
    let mut family = "no family";
    text.ends_with('\n')
        && text.lines().filter(|line| !line.is_empty()).all(|line| {
            if let Some(told) = line.strip_prefix("# TYPE ") {
                let kinds = ["counter", "gauge", "histogram", "summary"];
                let (name, kind) = told.split_once(' ').unwrap_or_default();
                family = name;
                return kinds.contains(&kind);
            }
            let Some((series, number)) = line.rsplit_once(' ').filter(|_| !line.starts_with('#'))
            else {
                return line.starts_with("# HELP ");
            };
            let name = series.split('{').next().unwrap_or_default();
            let ending = name.strip_prefix(family);
            ending.is_some_and(|ending| ["", "_bucket", "_sum", "_count"].contains(&ending))
                && series.contains('{') == series.ends_with('}')
                && number.parse::<f64>().is_ok()
        })
}

#[test]
fn metrics_are_exported_as_text_and_as_json() {
    let binary = genkan();
    let server = binary.serve();
    server.get("/health", None);
    let text = binary.run(["export-metrics"]).ok().out;
    binary.run(["export-metrics", "kept.prom"]).ok();
    let kept = fs::read_to_string(binary.root().join("kept.prom")).unwrap();
    for text in [text, kept] {
        assert!(is_exposition(&text), "{text}");
        assert_eq!(
            sum(&text, "http_requests_total", "endpoint=\"/health\""),
            1.0,
            "{text}"
        );
        if let Some(checked) = promtool(&["check", "metrics"], &text) {
            let said = String::from_utf8(checked.stderr).unwrap();
            assert!(checked.status.success() && said.is_empty(), "{said}");
        }
    }
    binary
        .run(["export-metrics", "kept.json", "--format", "json"])
        .ok();
    let kept = fs::read_to_string(binary.root().join("kept.json")).unwrap();
    let kept: Value = serde_json::from_str(&kept).unwrap();
    let families = kept["families"].as_array().unwrap();
    let requests = families
        .iter()
        .find(|family| family["name"] == "http_requests_total");
    let requests = requests.unwrap();
    assert_eq!(requests["kind"], "counter");
    assert_eq!(
        requests["samples"][0]["labels"]["endpoint"], "/health",
        "{requests}"
    );
    let lost = binary.run(["export-metrics", "no/such/folder/file"]);
    assert_eq!(lost.code, Some(1));
    assert!(lost.err.contains("cannot be written"), "{}", lost.err);
}

#[test]
fn without_a_server_there_are_no_metrics() {
    let binary = genkan();
    for command in [&["show-stats"][..], &["export-metrics"]] {
        let ended = binary.run(command);
        assert_eq!(ended.code, Some(1));
        assert!(
            ended.err.contains("error[server_unreachable]"),
            "{}",
            ended.err
        );
    }
    assert!(!binary.data("genkan.db").exists());
}

#[test]
fn a_connection_is_tried_and_the_reason_told() {
    let binary = genkan();
    let absent = binary.run(["test-connection"]);
    assert_eq!(absent.code, Some(1));
    assert!(absent.err.contains("is not there yet"), "{}", absent.err);
    assert!(!binary.data("").exists());
    binary.run(["key", "list"]).ok();
    let found = binary
        .run(["test-connection", "database", "--json"])
        .ok()
        .json();
    assert_eq!(found["connections"][0]["ok"], true, "{found}");
    let lost = binary
        .variable(
            "GENKAN_STORE__URL",
            "postgres://genkan:hush@127.0.0.1:1/genkan",
        )
        .variable("GENKAN_SECRETS__MASTER_KEY", &"0f".repeat(32));
    let ended = lost.run(["test-connection"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.err.contains("error[store_unavailable]"),
        "{}",
        ended.err
    );
    assert!(!format!("{ended:?}").contains("hush"), "{ended:?}");
    let json = lost.run(["test-connection", "--json"]).json();
    assert_eq!(json["connections"][0]["error"]["code"], "store_unavailable");
    assert_eq!(lost.run(["test-connection", "moon"]).code, Some(2));
}

#[test]
fn a_redis_is_tried_and_its_password_is_never_shown() {
    let absent = genkan().run(["test-connection", "redis"]);
    assert!(absent.err.contains("`redis.url` is not set"), "{absent:?}");
    let url = "redis://genkan:hush@127.0.0.1:1/0";
    let lost = genkan().variable("GENKAN_REDIS__URL", url);
    lost.run(["key", "list"]).ok();
    let ended = lost.run(["test-connection", "--json"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let tried = ended.json();
    assert_eq!(tried["connections"][0]["ok"], true, "{tried}");
    assert_eq!(
        tried["connections"][1]["error"]["code"],
        "redis_unavailable"
    );
    let wrong = genkan().variable("GENKAN_REDIS__URL", "https://genkan:hush@moon");
    let refused = wrong.run(["validate-config"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(
        refused.err.contains("`redis.url` is no address of a Redis"),
        "{refused:?}"
    );
    assert!(!format!("{ended:?}{refused:?}").contains("hush"));
}

/// How much of the memory is in use, as this system says.
#[cfg(target_os = "linux")]
fn memory_percent() -> f64 {
    let told = fs::read_to_string("/proc/meminfo").unwrap();
    let kilobytes = |name: &str| -> f64 {
        let line = told.lines().find_map(|line| line.strip_prefix(name));
        let number = line.unwrap().split_whitespace().next().unwrap();
        number.parse().unwrap()
    };
    100.0 * (1.0 - kilobytes("MemAvailable:") / kilobytes("MemTotal:"))
}

#[cfg(target_os = "linux")]
#[test]
fn health_and_gauges_say_how_the_machine_is_now() {
    let server = genkan().serve();
    let key = server.admin_key();
    let system = |name: &str| {
        let health: Value = serde_json::from_str(&server.get("/health", None).body).unwrap();
        health["system"][name].as_f64()
    };
    let gauge = |name: &str| {
        let metrics = server.get("/metrics", Some(&key)).body;
        let mut lines = metrics.lines();
        lines.find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok())
    };
    // Asking is the load. The machine is read when the server starts, a second later, and then every
    // few seconds; how busy it is takes two readings to know.
    until("the processors are shown", || {
        system("cpu_percent").is_some()
    });
    let before = ["cpu_percent", "memory_available_mb"].map(|name| system(name).unwrap());
    let mut moved = before;
    until("other processors and another memory are shown", || {
        moved = ["cpu_percent", "memory_available_mb"].map(|name| system(name).unwrap());
        // A machine that has nothing left to give cannot be any busier.
        let is_full = before[0] >= 99.0 && moved[0] >= 99.0;
        (moved[0] != before[0] || is_full) && moved[1] != before[1]
    });
    assert!((0.0..=100.0).contains(&moved[0]), "{moved:?}");
    until("the gauges say the same", || {
        gauge("system_cpu_usage_percent ") == system("cpu_percent")
            && gauge("system_memory_usage_percent ") == system("memory_percent")
    });
    until("which is true", || {
        let shown = gauge("system_memory_usage_percent ").unwrap();
        (shown - memory_percent()).abs() < 5.0
    });
}
