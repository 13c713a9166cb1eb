//! Settings in the store, which all instances on it have in common.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use genkan_core::{Secret, clock::SystemClock, lifecycle::Lifecycle, random::SystemRandom};
use genkan_identity::{MasterKey, Purpose};
use genkan_store::{Store, StoredSetting};
use genkan_testkit::{
    TestDb,
    proxy::{Mode, Proxy},
};
use serde_json::{Value, json};

use crate::{
    binary::{Binary, Ended, Server, call, genkan, http, modern},
    reload::{list_as, metric, until},
};

const HOSTS: &str = "server.allowed_hosts";
const REJECTED: &str = "genkan_settings_rejected ";

/// The master key of every instance.
fn master() -> String {
    "0f".repeat(32)
}

/// An instance with a data folder of its own on this database.
fn instance(database: &TestDb) -> Binary {
    let file = database.folder().join("genkan.db");
    let url = database.url();
    let url = url.unwrap_or_else(|| format!("sqlite:{}", file.display()));
    genkan()
        .variable("GENKAN_STORE__URL", &url)
        .variable("GENKAN_STORE__AUTO_MIGRATE", "true")
        .variable("GENKAN_SECRETS__MASTER_KEY", &master())
}

fn set(binary: &Binary, key: &str, value: &str) -> Ended {
    binary.run(["config", "set", key, value, "--json"])
}

fn unset(binary: &Binary, key: &str) -> Ended {
    binary.run(["config", "unset", key, "--json"])
}

/// What `config show` says of a key.
fn shown(binary: &Binary, key: &str) -> Value {
    let all = binary.run(["config", "show", "--json"]).ok().json();
    let mut entries = all["settings"].as_array().unwrap().iter();
    let entry = entries.find(|entry| entry["key"] == key);
    entry.unwrap().clone()
}

fn allows(server: &Server, key: &str, host: &str) -> bool {
    list_as(server, key, host) == 200
}

/// Puts a row into the store that this version would not put there.
async fn put(database: &TestDb, key: &'static str, value: &'static str) {
    let master = MasterKey::parse(&Secret::new(master())).unwrap();
    let options = database.options(master.subkey(Purpose::Audit));
    let lifecycle = Lifecycle::new();
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let store = Store::open(options, clock, random, &lifecycle)
        .await
        .unwrap();
    let write = store.system_write(move |tx| {
        let (key, value) = (key.to_owned(), value.to_owned());
        Box::pin(async move { tx.stored_setting_set(&StoredSetting { key, value }).await })
    });
    write.await.unwrap();
    drop(store);
    lifecycle.stop(Duration::from_secs(10)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_instance_stores_holds_on_every_one_and_after_a_restart() {
    TestDb::each(|database| async move {
        let (first, second) = (instance(&database), instance(&database));
        let server = first.serve();
        let (key, other) = (server.admin_key(), second.serve());
        for server in [&server, &other] {
            assert!(!allows(server, &key, "a.example"));
        }
        let told = set(&first, HOSTS, "a.example,b.example").ok().json();
        let expected = json!({
            "key": HOSTS, "stored": "a.example,b.example", "origin": "stored", "applies": "at once",
        });
        assert_eq!(told, expected);
        for server in [&server, &other] {
            until("the host is allowed", || allows(server, &key, "a.example"));
        }
        let entry = shown(&second, HOSTS);
        assert_eq!(entry["value"], json!(["a.example", "b.example"]));
        assert_eq!(entry["origin"], "stored");

        drop(server);
        let server = first.serve();
        assert!(allows(&server, &key, "b.example"), "from the start on");

        let told = unset(&second, HOSTS).ok().json();
        assert_eq!(
            (&told["stored"], &told["origin"]),
            (&Value::Null, &json!("default"))
        );
        for server in [&server, &other] {
            until("the host is refused", || !allows(server, &key, "a.example"));
        }
        let again = unset(&second, HOSTS);
        assert!(again.err.contains("\"no_such_item\""), "{again:?}");

        // Both changes are on record, and so is the one that changed nothing.
        let tool = "admin_setting_unset";
        let report = ["audit", "report", "--tool", tool, "--json"];
        let mut codes = Vec::new();
        until("both are on record", || {
            let told = first.run(report).ok().json();
            let records = told["records"].as_array().unwrap().iter();
            codes = records.map(|record| record["code"].clone()).collect();
            codes.len() == 2
        });
        assert_eq!(codes, [json!("no_such_item"), Value::Null]);
    })
    .await;
}

/// A limit may be among what is stored.
#[tokio::test(flavor = "multi_thread")]
async fn no_house_is_opened_without_what_is_stored() {
    let Some(database) = TestDb::postgres().await else {
        return;
    };
    let proxy = Proxy::before(&database.url().unwrap()).await;
    let binary = instance(&database).variable("GENKAN_STORE__URL", &proxy.url);
    tokio::task::block_in_place(|| {
        binary.run(["key", "list"]).ok();
        proxy.set(Mode::AwayOnce);
        let ended = binary.run(["key", "list"]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        let told = "the database answered too late to be asked for stored settings";
        assert!(ended.err.contains(told), "{ended:?}");
        binary.run(["key", "list"]).ok();
    });
}

#[test]
fn a_stored_setting_holds_within_two_seconds_and_drops_no_call() {
    let binary = genkan();
    let server = binary.serve();
    let (over, calls) = (AtomicBool::new(false), AtomicU32::new(0));
    let key = server.admin_key();
    let mut took = thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let answer = server.mcp(&key, "tools/list", json!({}));
                assert_eq!(answer.status, 200, "{answer:?}");
                calls.fetch_add(1, Ordering::Relaxed);
                thread::sleep(Duration::from_millis(5));
            }
        });
        // The middle one of five: a moment in which the machine was busy elsewhere says nothing.
        let took = [0, 1, 2, 3, 4].map(|number| {
            let host = format!("host{number}.example");
            let begun = Instant::now();
            set(&binary, HOSTS, &host).ok();
            until("the host is allowed", || allows(&server, &key, &host));
            begun.elapsed()
        });
        over.store(true, Ordering::Relaxed);
        took
    });
    took.sort_unstable();
    assert!(took[2] <= Duration::from_secs(2), "{took:?}");
    assert!(calls.load(Ordering::Relaxed) > 5, "{calls:?}");
}

#[test]
fn file_and_environment_win_over_what_is_stored() {
    let binary = genkan();
    let told = set(&binary, "limits.heavy_calls", "5").ok().json();
    assert_eq!(told["applies"], "at the next start");
    let entry = shown(&binary, "limits.heavy_calls");
    assert_eq!(
        (&entry["value"], &entry["origin"]),
        (&json!(5), &json!("stored"))
    );

    fs::write(binary.data("genkan.toml"), "[limits]\nheavy_calls = 6\n").unwrap();
    let entry = shown(&binary, "limits.heavy_calls");
    assert_eq!(
        (&entry["value"], &entry["stored"]),
        (&json!(6), &json!("5"))
    );
    let told = binary
        .run(["config", "set", "limits.heavy_calls", "7"])
        .ok();
    assert!(told.out.contains("genkan.toml:2 wins over it"), "{told:?}");

    let binary = binary.variable("GENKAN_LIMITS__HEAVY_CALLS", "8");
    let entry = shown(&binary, "limits.heavy_calls");
    let expected = (&json!(8), &json!("GENKAN_LIMITS__HEAVY_CALLS"), &json!("7"));
    assert_eq!(
        (&entry["value"], &entry["origin"], &entry["stored"]),
        expected
    );
    let text = binary.run(["config", "show"]).ok().out;
    assert!(
        text.contains("GENKAN_LIMITS__HEAVY_CALLS (stored: 7)"),
        "{text}"
    );
    let valid = binary.run(["validate-config", "--json"]).ok().json();
    assert_eq!(valid["stored"], 1);
}

#[test]
fn what_would_not_hold_is_refused_and_not_kept() {
    let binary = genkan();
    let rows = [
        (
            "limits.boby_bytes",
            "5",
            "is not a setting",
            "`limits.body_bytes`",
        ),
        ("limits.body_bytes", "many", "found `many`", "whole number"),
        (
            "store.connections",
            "4",
            "it opens the store itself",
            "GENKAN_STORE__CONNECTIONS",
        ),
        (
            "redis.url",
            "redis://u:hush@meet",
            "it is a secret",
            "/run/secrets/genkan_redis_url",
        ),
        // Right for itself, and wrong beside the others.
        (
            "server.bind",
            "0.0.0.0:80",
            "not loopback, without TLS",
            "--behind-proxy",
        ),
        (
            "knowledge.semantic",
            "model",
            "`knowledge.model_folder` is not set",
            "off",
        ),
    ];
    for (key, value, message, hint) in rows {
        let ended = binary.run(["config", "set", key, value]);
        assert_eq!(ended.code, Some(2), "{key}: {ended:?}");
        let told = &ended.err;
        assert!(told.contains("error[config_invalid]"), "{key}: {told}");
        assert!(
            told.contains(message) && told.contains(hint),
            "{key}: {told}"
        );
        assert!(!told.contains("hush"), "{told}");
    }
    let valid = binary.run(["validate-config", "--json"]).ok().json();
    assert_eq!(valid["stored"], 0);

    // Whoever goes to the tool itself is refused too, and the secret is in no record.
    const TOOL: &str = "admin_setting_set";
    let words = ["tools", "call", "--profile", "admin", TOOL, "key=redis.url"];
    let ended = binary.run(words.iter().chain(&["value=redis://u:hush@meet"]));
    assert_ne!(ended.code, Some(0), "{ended:?}");
    let report = ["audit", "report", "--tool", TOOL, "--json"];
    let told = binary.run(report).ok().out;
    assert!(
        told.contains("redis.url") && !told.contains("hush"),
        "{told}"
    );
}

/// An admin of a tenant is not the one whose machine it is.
#[test]
fn only_the_local_user_changes_what_is_stored() {
    let binary = genkan();
    let server = binary.serve();
    let key = server.admin_key();
    for (tool, arguments) in [
        (
            "admin_setting_set",
            json!({ "key": HOSTS, "value": "a.example" }),
        ),
        ("admin_setting_unset", json!({ "key": HOSTS })),
    ] {
        let message = modern(1, "tools/call", call(tool, arguments));
        let answer = http::mcp(server.address(), "/mcp/admin", &key, &message);
        assert!(answer.body.contains("forbidden"), "{}", answer.body);
    }
    let valid = binary.run(["validate-config", "--json"]).ok().json();
    assert_eq!(valid["stored"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_row_is_told_changes_nothing_and_keeps_no_server_from_starting() {
    const NEWER: &str = "limits.of_a_newer_version";
    TestDb::each(|database| async move {
        let binary = instance(&database);
        let server = binary.serve();
        let key = server.admin_key();
        set(&binary, HOSTS, "a.example").ok();
        until("the host is allowed", || allows(&server, &key, "a.example"));

        put(&database, NEWER, "5").await;
        until("it is refused", || metric(&server, REJECTED) > 0.0);
        let ready = server.get("/ready", None);
        assert_eq!(ready.status, 200);
        assert!(
            ready.body.contains("\"settings\":\"degraded\""),
            "{ready:?}"
        );
        assert!(allows(&server, &key, "a.example"), "as before");
        for command in ["validate-config", "doctor"] {
            let told = binary.run([command]);
            let told = told.out + &told.err;
            assert!(
                told.contains("stored: `limits.of_a_newer_version` is not"),
                "{told}"
            );
        }
        let refused = set(&binary, "limits.sessions", "5");
        assert!(refused.err.contains(NEWER), "{refused:?}");
        // What is right beside it counts.
        put(&database, HOSTS, "b.example").await;
        until("the host is allowed", || allows(&server, &key, "b.example"));
        assert!(metric(&server, REJECTED) > 0.0);

        // What is right counts for a server that starts, and what is not is left aside.
        drop(server);
        let server = binary.serve();
        assert!(allows(&server, &key, "b.example"));
        assert!(metric(&server, REJECTED) > 0.0);
        unset(&binary, NEWER).ok();
        until("all is well", || metric(&server, REJECTED) < 1.0);

        // Where it is wrong only beside what an instance has itself, nothing of it counts there.
        put(&database, "knowledge.semantic", "model").await;
        until("it is refused", || metric(&server, REJECTED) > 0.0);
        assert!(allows(&server, &key, "b.example"), "as before");
        drop(server);
        let server = binary.serve();
        assert!(!allows(&server, &key, "b.example"));
        unset(&binary, "knowledge.semantic").ok();
        until("the host is allowed", || allows(&server, &key, "b.example"));
    })
    .await;
}
