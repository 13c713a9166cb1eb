//! Every expression of every dashboard and of every alert, asked of a real Prometheus that holds the
//! history of two instances, one of them in trouble. What must come out is computed here.

use std::{collections::BTreeMap, fs};

use serde_json::{Value, json};

use super::{
    busied,
    prometheus::Prometheus,
    replay::{END, LENGTH, MEMORY, Recorded, STEP, history},
    repository, text,
};
use crate::{
    binary::{Server, genkan},
    reload::until,
};

/// Panels that operators were promised.
const PROMISED: [&str; 12] = [
    "Request Rate",
    "Error Rate",
    "P95 Response Time",
    "Tool Rate",
    "Tool Success",
    "Tokens",
    "Cost per Hour",
    "Processors",
    "Memory",
    "Database Connections",
    "Redis Connections",
    "Chat Sessions",
];
/// The address of a Redis that is not there.
const NOWHERE: &str = "redis://127.0.0.1:1";
/// Steps of the history in one minute, and in the ten that a dashboard shows here.
const MINUTE: f64 = 4.0;
const SHOWN: f64 = 40.0;

/// The dashboards, by the names of their files.
fn dashboards() -> Vec<(String, Value)> {
    let folder = repository().join("deploy/grafana/dashboards");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let read = files.map(|path| {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, serde_json::from_str(&text).unwrap())
    });
    read.collect()
}

/// The panels that show something, rows left out.
fn panels(dashboard: &Value) -> impl Iterator<Item = &Value> {
    let panels = dashboard["panels"].as_array().unwrap().iter();
    panels.filter(|panel| panel["type"] != "row")
}

fn word<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field]
        .as_str()
        .unwrap_or_else(|| panic!("no {field} in {value}"))
}

/// The history of two instances, and the server that it was recorded from. It meets others at the
/// Redis of this address.
fn recorded(redis: &str) -> (Server, [Recorded; 2]) {
    let server = busied(&genkan().variable("GENKAN_REDIS__URL", redis));
    let key = server.admin_key();
    let prompts = server.mcp(&key, "prompts/list", json!({})).body;
    let prompts: Value = serde_json::from_str(&prompts).unwrap();
    let name = word(&prompts["result"]["prompts"][0], "name");
    server.mcp(&key, "prompts/get", json!({ "name": name }));
    let metrics = settled(&server, &key, redis != NOWHERE);
    let well = Recorded::of("well", &metrics);
    let ill = well.in_trouble("ill");
    (server, [well, ill])
}

/// What `/metrics` says once Redis was met, where there is one, and the machine was read twice, which
/// it takes to know how busy it is.
fn settled(server: &Server, key: &str, has_redis: bool) -> String {
    let redis = format!("\nredis_connections_active {}\n", u8::from(has_redis));
    let mut metrics = String::new();
    until("every gauge has its number", || {
        metrics = server.get("/metrics", Some(key)).body;
        let is_read = metrics.contains("\nsystem_cpu_usage_percent ");
        metrics.contains(&redis) && (is_read || !cfg!(target_os = "linux"))
    });
    metrics
}

/// What an expression must give: the values by the labels that it keeps.
#[allow(clippy::too_many_lines, reason = "one line per expression")]
fn expected(of: &Recorded, panel: &str, target: usize) -> BTreeMap<String, f64> {
    let step = f64::from(STEP);
    let one = |value: f64| BTreeMap::from([(String::new(), value)]);
    let rate = |name: &str| one(of.sum(name, &[]) / step);
    let gauge = |name: &str| one(of.sum(name, &[]));
    let times = |name: &str, labels: &[&str], factor: f64| {
        let sums = of.by(name, labels).into_iter();
        sums.map(|(key, sum)| (key, sum * factor))
            .collect::<BTreeMap<_, _>>()
    };
    let rates = |name: &str, labels: &[&str]| times(name, labels, 1.0 / step);
    let success = |name: &str, label: &'static str| {
        let values = of.counted(name, label).into_iter();
        let share = values.map(|value| {
            let good = of.sum(name, &[(label, &value), ("status", "success")]);
            let share = good / of.sum(name, &[(label, &value)]);
            (value, share)
        });
        share.collect::<BTreeMap<_, _>>()
    };
    let slowest = |name: &str, label: &'static str| {
        let values = of.counted(&format!("{name}_count"), label).into_iter();
        let p95 = values.map(|value| (value.clone(), of.quantile(0.95, name, &[(label, &value)])));
        p95.collect::<BTreeMap<_, _>>()
    };
    let failing = || {
        let mut requests = of.by("http_requests_total", &["status", "endpoint"]);
        // What a spare answers there for as long as it waits is no failure.
        requests.retain(|status_and_endpoint, _| !status_and_endpoint.ends_with(" /ready"));
        let bad = requests
            .iter()
            .filter(|(status, _)| status.starts_with('5'));
        one(bad.map(|(_, sum)| sum).sum::<f64>() / requests.values().sum::<f64>())
    };
    let dollars = |model: &[(&str, &str)]| {
        let tokens = |kind| {
            let labels = [model, &[("token_type", kind)]].concat();
            of.sum("openai_tokens_used", &labels)
        };
        (tokens("prompt") * 0.15 + tokens("completion") * 0.60) / 1e6
    };
    match (panel, target) {
        ("Instances Up", 0) => gauge("up"),
        ("Calls per Second", 0) => rate("mcp_tool_calls_total"),
        ("Calls under Way" | "Calls at Once", 0) => gauge("genkan_calls_under_way"),
        ("Calls at Once", 1) => gauge("genkan_calls_under_way_peak"),
        ("Failing Requests" | "Error Rate", 0) => failing(),
        ("Request Rate", 0) => rate("http_requests_total"),
        ("P95 Response Time", part) => one(of.quantile(
            [0.5, 0.95, 0.99][part],
            "http_request_duration_seconds",
            &[("endpoint", "/mcp")],
        )),
        ("Requests by Status", 0) => rates("http_requests_total", &["status"]),
        ("Requests by Endpoint", 0) => rates("http_requests_total", &["endpoint", "method"]),
        ("Refused Calls", 0) => rates("genkan_calls_refused_total", &["code"]),
        ("Tool Rate", 0) => {
            let mut rates = rates("mcp_tool_calls_total", &["tool_name"]);
            rates.retain(|_, rate| *rate > 0.0);
            rates
        }
        ("Tool Success", 0) => success("mcp_tool_calls_total", "tool_name"),
        ("P95 Tool Time", 0) => slowest("mcp_tool_duration_seconds", "tool_name"),
        ("Prompts and Resources", 0) => rate("genkan_lists_total"),
        ("Prompts and Resources", 1) => rate("mcp_prompt_gets_total"),
        ("Prompts and Resources", 2) => rate("mcp_resource_reads_total"),
        ("Model Requests", 0) => rates("openai_requests_total", &["model", "status"]),
        ("Model Success", 0) => success("openai_requests_total", "model"),
        ("P95 Model Time", 0) => of
            .counted("openai_requests_total", "model")
            .into_iter()
            .map(|model| {
                let name = "openai_request_duration_seconds";
                (model.clone(), of.quantile(0.95, name, &[("model", &model)]))
            })
            .collect(),
        ("Tokens", 0) => times("openai_tokens_used", &["model", "token_type"], MINUTE),
        ("Cost per Hour", 0) => of
            .counted("openai_tokens_used", "model")
            .into_iter()
            .map(|model| (model.clone(), 60.0 * MINUTE * dollars(&[("model", &model)])))
            .collect(),
        ("Tokens in this Time", 0) => times("openai_tokens_used", &["token_type"], SHOWN),
        ("Cost in this Time", 0) => one(SHOWN * dollars(&[])),
        ("Processors", 0) => gauge("system_cpu_usage_percent"),
        ("Memory", 0) => gauge("system_memory_usage_percent"),
        ("Memory of Genkan", 0) => gauge(MEMORY),
        ("Calls Shed", 0) => rate("genkan_calls_shed_total"),
        ("Database Connections", 0) => gauge("database_connections_active"),
        ("Database Connections", 1) => gauge("database_connections_idle"),
        ("Redis Connections", 0) => gauge("redis_connections_active"),
        ("Chat Sessions", 0) => gauge("chat_sessions_active"),
        ("Waiting to be Written", 0) => gauge("genkan_store_queue_length"),
        ("P95 Commit Time", 0) => one(of.quantile(0.95, "genkan_store_commit_seconds", &[])),
        ("Calls per Commit", 0) => one(of.sum("genkan_store_group_size_sum", &[])
            / of.sum("genkan_store_group_size_count", &[])),
        other => panic!("what {other:?} must give is not written here"),
    }
}

/// The expression as Grafana sends it for one instance and the last ten minutes.
fn as_grafana_sends(expression: &str, instance: &str) -> String {
    let mut sent = expression.to_owned();
    for (name, value) in [
        ("$instance", instance),
        ("$__rate_interval", "1m"),
        ("$__range", "10m"),
        ("$prompt_price", "0.15"),
        ("$completion_price", "0.60"),
    ] {
        sent = sent.replace(name, value);
    }
    assert!(!sent.contains('$'), "{sent}");
    sent
}

/// What an alert must give for the instance in trouble.
fn breach(of: &Recorded, alert: &str) -> f64 {
    let step = f64::from(STEP);
    match alert {
        "GenkanDown" | "GenkanRedisAway" => 0.0,
        "GenkanServerErrors" => expected(of, "Error Rate", 0)[""],
        "GenkanSettingsRejected" | "GenkanToolFails" => 1.0,
        "GenkanSlow" => expected(of, "P95 Response Time", 1)[""],
        "GenkanWritesWait" => 5000.0,
        "GenkanCommitsSlow" => expected(of, "P95 Commit Time", 0)[""],
        "GenkanRefusesCallers" => {
            of.sum("genkan_calls_refused_total", &[("code", "unauthenticated")]) / step
        }
        "GenkanMemoryScarce" => 95.0,
        "GenkanMemoryCreeps" => of.sum(MEMORY, &[]) * 60.0 / f64::from(LENGTH),
        other => panic!("what {other} must give is not written here"),
    }
}

/// Names and expressions of the alerts, as Prometheus understands them.
fn alerts(text: &str) -> Vec<(String, String)> {
    let rules = text.split("- alert: ").skip(1).map(|rule| {
        let (name, rest) = rule.split_once('\n').unwrap();
        let (_, expression) = rest.split_once("expr:").unwrap();
        let ends = ["\n        for:", "\n        labels:"];
        let end = ends.iter().filter_map(|end| expression.find(end)).min();
        let expression = expression[..end.unwrap()].trim().trim_start_matches('|');
        (name.to_owned(), expression.trim().to_owned())
    });
    rules.collect()
}

fn is_close(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-6 * one.abs().max(1.0)
}

#[test]
fn every_expression_of_dashboards_and_alerts_gives_what_it_should() {
    #[cfg(unix)]
    let redis = genkan_testkit::RedisServer::start();
    #[cfg(unix)]
    let redis = redis.as_ref().map(genkan_testkit::RedisServer::url);
    #[cfg(not(unix))]
    let redis: Option<String> = None;
    let (server, instances) = recorded(redis.as_deref().unwrap_or(NOWHERE));
    let [well, ill] = &instances;
    let key = server.admin_key();
    let Some(prometheus) = Prometheus::start(&history(&[well, ill]), server.address(), &key) else {
        return;
    };
    let mut asked = 0;
    for (file, dashboard) in dashboards() {
        for panel in panels(&dashboard) {
            let title = word(panel, "title");
            for (position, target) in panel["targets"].as_array().unwrap().iter().enumerate() {
                for of in &instances {
                    let expression = as_grafana_sends(word(target, "expr"), of.instance);
                    let (got, must) = (
                        prometheus.at(END, &expression),
                        expected(of, title, position),
                    );
                    let about = format!("{file}, {title}, {}: {expression}", of.instance);
                    assert!(!must.is_empty(), "{about}: nothing is expected");
                    assert!(
                        got.keys().eq(must.keys()),
                        "{about}: {got:?} is not {must:?}"
                    );
                    for (labels, value) in &must {
                        assert!(
                            is_close(got[labels], *value),
                            "{about}: {got:?} is not {must:?}"
                        );
                    }
                    asked += 1;
                }
            }
        }
    }
    assert!(asked >= 2 * 30, "{asked}");
    let alerts = alerts(&text("deploy/prometheus/alerts.yml"));
    for (name, expression) in &alerts {
        let got = prometheus.fires(END, expression, ill.instance);
        let must = breach(ill, name);
        assert!(
            got.len() == 1 && is_close(got[0], must),
            "{name}: {got:?} is not {must}"
        );
        if name == "GenkanServerErrors" {
            let of_a_spare = prometheus.fires(END, expression, well.instance);
            assert!(of_a_spare.is_empty(), "{of_a_spare:?}");
        }
    }
    // And now: it scrapes the server itself with the key, and evaluates every rule.
    let here = format!("job=\"genkan\", instance=\"{}\"", server.address());
    prometheus.comes_to_know(&format!("up{{{here}}}"));
    prometheus.comes_to_know(&format!("count(system_memory_usage_percent{{{here}}})"));
    let health = prometheus.health_of_rules();
    assert_eq!(health.len(), alerts.len(), "{health:?}");
    assert!(health.values().all(|word| word == "ok"), "{health:?}");
}

#[test]
fn every_dashboard_is_whole_and_asks_the_provisioned_prometheus() {
    let mut titles = Vec::new();
    let mut uids = Vec::new();
    for (file, dashboard) in dashboards() {
        uids.push(word(&dashboard, "uid").to_owned());
        assert!(dashboard["schemaVersion"].as_u64() >= Some(39), "{file}");
        let all = dashboard["panels"].as_array().unwrap();
        for (position, panel) in all.iter().enumerate() {
            assert_eq!(panel["id"], position + 1, "{file}: ids are counted");
            let place = &panel["gridPos"];
            let right = place["x"].as_u64().unwrap() + place["w"].as_u64().unwrap();
            assert!(right <= 24, "{file}: {} is too wide", panel["title"]);
        }
        for panel in panels(&dashboard) {
            titles.push(word(panel, "title").to_owned());
            assert!(word(panel, "description").ends_with('.'), "{panel}");
            assert!(!word(&panel["fieldConfig"]["defaults"], "unit").is_empty());
            let targets = panel["targets"].as_array().unwrap();
            assert!(!targets.is_empty(), "{panel}");
            for asks in targets.iter().chain([panel]) {
                let source = json!({ "type": "prometheus", "uid": "prometheus" });
                assert_eq!(asks["datasource"], source, "{file}: {asks}");
            }
        }
    }
    for title in PROMISED {
        assert!(
            titles.iter().any(|other| other == title),
            "{title}: {titles:?}"
        );
    }
    let count = uids.len();
    uids.sort();
    uids.dedup();
    assert_eq!(uids.len(), count, "{uids:?}");
    let source = text("deploy/grafana/provisioning/datasources/prometheus.yml");
    for line in [
        "    uid: prometheus\n",
        "    type: prometheus\n",
        "      timeInterval: 15s\n",
    ] {
        assert!(source.contains(line), "{line} in {source}");
    }
}
