//! What `/metrics` says: every call of every tool moves its numbers by one, names that nobody
//! offers never become labels.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use genkan_testkit::{
    McpClient,
    binary::{Server, entry},
    zulip::Zulip,
};
use serde_json::json;
use tokio::task::JoinSet;

use crate::house::{House, admin, call_in, until};

const PROFILES: [&str; 5] = ["default", "admin", "knowledge", "test", "zulip-full"];
/// Far beyond what it takes until a gauge is set.
const LIMIT: Duration = Duration::from_secs(60);

/// The samples of one scrape: each line's name with its labels, and its number.
struct Scrape(BTreeMap<String, f64>);

impl Scrape {
    fn of(server: &Server) -> Self {
        let answer = server.get("/metrics", Some(&server.admin_key()));
        assert_eq!(answer.status, 200, "{answer:?}");
        let lines = answer.body.lines();
        let lines = lines.filter(|line| !line.starts_with('#') && !line.is_empty());
        let samples = lines.map(|line| {
            let (sample, number) = line.rsplit_once(' ').unwrap();
            (sample.to_owned(), number.parse().unwrap())
        });
        Self(samples.collect())
    }

    /// The sum of this metric's samples whose labels have this one.
    fn sum(&self, metric: &str, label: &str) -> f64 {
        let samples = self.0.iter().filter(|(sample, _)| {
            let rest = sample.strip_prefix(metric);
            rest.is_some_and(|rest| rest.starts_with('{') && rest.contains(label))
        });
        samples.map(|(_, number)| number).sum()
    }

    /// Calls and measured durations of a tool.
    fn tool(&self, name: &str) -> (f64, f64) {
        let label = format!("tool_name=\"{name}\"");
        (
            self.sum("mcp_tool_calls_total", &label),
            self.sum("mcp_tool_duration_seconds_count", &label),
        )
    }
}

/// The names of all tools of a profile, from all pages of its list.
async fn tools(client: &McpClient, profile: &str) -> Vec<String> {
    let (mut names, mut params) = (Vec::new(), json!({}));
    loop {
        let path = format!("/mcp/{profile}");
        let list = client.request(&path, "tools/list", params).await;
        let result = &list.body["result"];
        let page = result["tools"].as_array().unwrap();
        names.extend(
            page.iter()
                .map(|tool| tool["name"].as_str().unwrap().to_owned()),
        );
        match result["nextCursor"].as_str() {
            Some(cursor) => params = json!({ "cursor": cursor }),
            None => return names,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_of_every_tool_is_counted_and_timed_once() {
    House::each(async |house| {
        let zulip = Zulip::start().await;
        let user = zulip.user("hamlet");
        let house = house
            .with("GENKAN_HTTP__ALLOW_NETWORKS", "127.0.0.0/8")
            .with("ZULIP_SITE", &zulip.site)
            .with("ZULIP_EMAIL", &user.email)
            .with("ZULIP_API_KEY", &user.key);
        let server = house.binary.serve();
        let client = admin(&server);
        let mut seen = BTreeSet::new();
        let mut scrape = Scrape::of(&server);
        for profile in PROFILES {
            for tool in tools(&client, profile).await {
                if !seen.insert(tool.clone()) {
                    continue;
                }
                let (calls, durations) = scrape.tool(&tool);
                // Whatever comes of it: most tools refuse to be called without arguments.
                call_in(&client, profile, &tool, json!({})).await;
                scrape = Scrape::of(&server);
                let after = scrape.tool(&tool);
                assert_eq!(after, (calls + 1.0, durations + 1.0), "{profile}: {tool}");
            }
        }
        for (toolset, least) in [
            ("admin_", 5),
            ("knowledge_", 12),
            ("test_", 5),
            ("zulip_", 45),
        ] {
            let of_toolset = seen.iter().filter(|tool| tool.starts_with(toolset));
            assert!(of_toolset.count() >= least, "{toolset}: {seen:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn success_and_failure_are_told_apart() {
    House::each(async |house| {
        let server = house.binary.serve();
        let client = admin(&server);
        let rows = [
            ("test_echo", json!({ "text": "x" }), "success"),
            ("test_echo", json!({}), "failure"),
            ("test_fail", json!({ "how": "error" }), "failure"),
            ("test_fail", json!({ "how": "panic" }), "failure"),
            ("test_confirm_twice", json!({ "item": "x" }), "success"),
        ];
        for (tool, arguments, status) in rows {
            let sample =
                format!("mcp_tool_calls_total{{tool_name=\"{tool}\",status=\"{status}\"}}");
            let before = Scrape::of(&server).0[&sample];
            client.call(tool, arguments.clone()).await;
            let after = Scrape::of(&server).0[&sample];
            assert_eq!(after, before + 1.0, "{tool} {arguments}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_nobody_offers_never_becomes_a_label() {
    let house = House::sqlite();
    let server = house.binary.serve();
    let client = admin(&server);
    for name in [
        "no_such_tool",
        "test_echo\"} 1\nfake_metric{x=\"",
        "../../etc",
    ] {
        let params = json!({ "name": name, "arguments": {} });
        let mut message = genkan_testkit::binary::modern(1, "tools/call", params);
        // A name with a line break cannot be sent as a header; the body alone is refused as well.
        message["params"]["name"] = name.into();
        let is_plain = name
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'"');
        if is_plain {
            let answer = client.call(name, json!({})).await;
            assert_eq!(answer.code().as_deref(), Some("unknown_tool"), "{name}");
        } else {
            let request = client
                .prepare("/mcp", "tools/call", json!({}))
                .json(&message);
            assert!(request.send().await.unwrap().status().is_client_error());
        }
    }
    // A tool of another profile is as unknown as any other, and is not counted as itself.
    let before = Scrape::of(&server).tool("admin_key_list");
    let hidden = call_in(&client, "knowledge", "admin_key_list", json!({})).await;
    assert_eq!(hidden.code().as_deref(), Some("unknown_tool"));
    let after = Scrape::of(&server);
    assert_eq!(after.tool("admin_key_list"), before);
    for word in ["no_such_tool", "fake_metric", "etc"] {
        assert!(
            !after.0.keys().any(|sample| sample.contains(word)),
            "{word}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_and_the_machine_are_measured() {
    House::each(async |house| {
        let server = house.binary.serve();
        admin(&server)
            .call("knowledge_write_knowledge", entry("spring tide"))
            .await
            .structured();
        let scrape = Scrape::of(&server);
        for gauge in [
            "database_connections_active",
            "database_connections_idle",
            "genkan_store_queue_length",
        ] {
            assert!(scrape.0.contains_key(gauge), "{}: {gauge}", house.database);
        }
        for metric in [
            "genkan_store_commit_seconds_count",
            "genkan_store_group_size_count",
        ] {
            assert!(scrape.0[metric] >= 1.0, "{}: {metric}", house.database);
        }
        assert!(scrape.sum("http_requests_total", "endpoint=\"/mcp\"") >= 1.0);
        if cfg!(target_os = "linux") {
            assert!(scrape.0.contains_key("system_memory_usage_percent"));
        }
    })
    .await;
}

/// Processors and memory are held against the machine in the tests of the product, and a Redis that
/// comes and goes where two instances meet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_are_shown_while_they_are_used_and_no_chats_where_there_are_none() {
    House::each(async |house| {
        let server = house.binary.serve();
        let gauge = |name: &str| Scrape::of(&server).0.get(name).copied();
        let in_use = || gauge("database_connections_active").unwrap();
        let mut writers = JoinSet::new();
        for _ in 0..4 {
            let client = admin(&server);
            writers.spawn(async move {
                loop {
                    let written = client.call("knowledge_write_knowledge", entry("neap tide"));
                    written.await.structured();
                }
            });
        }
        until(LIMIT, "a connection is in use", || async {
            (in_use() >= 1.0).then_some(())
        })
        .await;
        writers.shutdown().await;
        until(LIMIT, "none is in use", || async {
            (in_use() == 0.0).then_some(())
        })
        .await;
        assert_eq!(gauge("chat_sessions_active"), Some(0.0));
        assert_eq!(gauge("redis_connections_active"), None, "there is no Redis");
    })
    .await;
}
