//! The scenario (`tests/clients/scenario.json`), played by real clients in every revision over every
//! transport that they have, against the test server with the fixtures of the conformance suite.
//!
//! A tap stands between client and server: each message of the server must fit the official schema
//! of its revision, and progress must come before the answer. Without the variables by which the
//! gate names the clients, the tests say so and pass.

mod inspector;
mod rust_sdk;
mod scripts;
mod stage;

use std::ffi::OsString;

use serde_json::{Value, json};

use self::{
    inspector::Inspector,
    rust_sdk::RustSdk,
    scripts::{PythonSdk, TypeScriptSdk},
    stage::{Stage, Way},
};

/// A client that plays the scenario.
pub(crate) trait Player: Clone + Send + 'static {
    const NAME: &'static str;

    /// Whether it has this transport in this revision.
    fn plays(&self, way: Way) -> bool;

    /// Whether it can do a step there.
    fn can(&self, way: Way, step: &str) -> bool;

    /// Whether it is known to lose what is missing here, though it went over the wire.
    fn forgets(&self, _way: Way, _step: &str, _found: &Value, _expected: &Value) -> bool {
        false
    }

    /// Plays it: `revision`, and what came of each step that it can do.
    fn play(&self, stage: &Stage, steps: &Value) -> Value;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_python_sdk_plays_the_scenario_over_http() {
    if let Some(player) = PythonSdk::find() {
        play(player, &["http", "sse"]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_python_sdk_plays_the_scenario_over_stdio() {
    if let Some(player) = PythonSdk::find() {
        play(player, &["stdio"]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_typescript_sdk_plays_the_scenario_over_http() {
    if let Some(player) = TypeScriptSdk::find() {
        play(player, &["http", "sse"]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_typescript_sdk_plays_the_scenario_over_stdio() {
    if let Some(player) = TypeScriptSdk::find() {
        play(player, &["stdio"]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rust_sdk_plays_the_scenario_over_http() {
    play(RustSdk, &["http"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rust_sdk_plays_the_scenario_over_stdio() {
    play(RustSdk, &["stdio"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_inspector_plays_the_scenario_over_http_and_stdio() {
    if let Some(player) = Inspector::find() {
        play(player, &["http", "sse", "stdio"]).await;
    }
}

/// A program that the gate installed. Absent, the test says so.
pub(crate) fn tool_variable(name: &str) -> Option<OsString> {
    let value = std::env::var_os(name);
    if value.is_none() {
        eprintln!("skipped: {name} is not set");
    }
    value
}

/// Plays all ways over these transports and prints the matrix.
async fn play<P: Player>(player: P, transports: &[&str]) {
    let steps: Value = serde_json::from_str(include_str!("../../clients/scenario.json")).unwrap();
    let mut rows = Vec::new();
    for transport in transports {
        let ways = stage::WAYS.into_iter();
        for way in ways.filter(|way| way.transport == *transport && player.plays(*way)) {
            rows.push(play_way(player.clone(), way, &steps).await);
        }
    }
    eprintln!("{}", rows.join("\n"));
}

/// One way: a row of the matrix.
async fn play_way<P: Player>(player: P, way: Way, steps: &Value) -> String {
    let stage = Stage::set(way).await;
    let (playing, given) = (player.clone(), steps.clone());
    let (stage, outcomes) = tokio::task::spawn_blocking(move || {
        let outcomes = playing.play(&stage, &given);
        (stage, outcomes)
    })
    .await
    .unwrap();
    assert_eq!(outcomes["revision"], way.revision, "{outcomes}");
    let mut row = format!("{:<15} {:<6} {}", P::NAME, way.transport, way.revision);
    for step in steps.as_array().unwrap() {
        let name = step["step"].as_str().unwrap();
        let is_known = step["since"]
            .as_str()
            .is_none_or(|since| way.revision >= since);
        if !is_known || !player.can(way, name) {
            row += &format!(" {}", "-".repeat(name.len()));
            continue;
        }
        if name == "progress" {
            let steps = step["expect"].as_array().unwrap().len();
            assert_eq!(
                stage.progress_of(steps),
                step["expect"],
                "on the wire of {way:?}"
            );
        }
        let found = &outcomes[name];
        let is_right =
            *found == step["expect"] || player.forgets(way, name, found, &step["expect"]);
        assert!(is_right, "{} {way:?} {name}: {found}", P::NAME);
        row += &format!(" {name}");
    }
    let (judged, faults) = stage.verdict();
    assert_eq!(faults, [""; 0], "{} {way:?}", P::NAME);
    assert!(judged >= 5, "{judged} messages were seen");
    if player.can(way, "cancel") {
        tokio::task::spawn_blocking(move || stage.assert_cancelled())
            .await
            .unwrap();
    }
    format!("{row}  {judged:>3} messages fit the schema")
}

/// The way as the scripts take it.
pub(crate) fn described(stage: &Stage, steps: &Value, can: impl Fn(&str) -> bool) -> Value {
    let way = stage.way();
    let known = |step: &&Value| {
        let since = step["since"].as_str();
        since.is_none_or(|since| way.revision >= since) && can(step["step"].as_str().unwrap())
    };
    let steps: Vec<&Value> = steps.as_array().unwrap().iter().filter(known).collect();
    json!({
        "transport": way.transport,
        "revision": way.revision,
        "url": stage.url(),
        "key": stage.key(),
        "command": stage.command(),
        "steps": steps,
    })
}
