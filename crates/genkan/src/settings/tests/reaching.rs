//! What is set reaches whom it bounds, where only a long time or a crowd would show it.

use std::{fs, time::Duration};

use genkan_core::Secret;
use genkan_server::Quirks;
use genkan_store::Location;

use super::{Limits, Scene};

#[test]
fn every_key_of_http_reaches_the_client() {
    let file = "[http]\nconnect_seconds = 1\nread_seconds = 2\ntotal_seconds = 3\nbody_bytes = 4\n\
                connections_per_host = 5\nattempts = 6\nallow_networks = [\"10.0.0.0/8\"]\n\
                proxy = \"http://proxy.example:3128\"\nno_proxy = [\"a.example\"]\n";
    let options = Scene::new()
        .file(file)
        .load()
        .unwrap()
        .http
        .options()
        .unwrap();
    let limits = [
        options.connect_limit,
        options.read_limit,
        options.total_limit,
    ];
    assert_eq!(limits.map(|limit| limit.as_secs()), [1, 2, 3]);
    assert_eq!(
        (
            options.body_limit,
            options.connections_per_host,
            options.attempts
        ),
        (4, 5, 6)
    );
    assert!(options.guard.permits([10, 1, 2, 3].into()));
    assert!(options.proxy.is_some());
}

#[test]
fn the_file_of_http_reaches_the_client_as_it_is() {
    let scene = Scene::new();
    let roots = scene.path("roots.pem");
    fs::write(&roots, "what lies there").unwrap();
    let scene = scene.variable("GENKAN_HTTP__CA_FILE", roots.to_str().unwrap());
    let options = scene.load().unwrap().http.options().unwrap();
    assert_eq!(options.extra_roots, b"what lies there");
}

/// What the engine and the doors were told, by the key that says it.
fn told_of_limits(scene: &Scene) -> Vec<(&'static str, u128)> {
    let settings = scene.load().unwrap();
    let (engine, doors) = (settings.for_engine(), settings.for_doors());
    let count = |number: usize| number as u128;
    let seconds = |time: Duration| u128::from(time.as_secs());
    assert_eq!(engine.answer_timeout, doors.answer_timeout);
    vec![
        ("calls_per_minute", engine.calls_per_minute.into()),
        ("concurrent_calls", count(engine.concurrent_calls)),
        ("waiting_calls", count(engine.waiting_calls)),
        ("waiting_ms", engine.waiting_time.as_millis()),
        ("heavy_calls", count(engine.heavy_calls)),
        ("heavy_waiting_ms", engine.heavy_waiting.as_millis()),
        ("call_seconds", seconds(engine.call_timeout)),
        ("result_bytes", count(engine.result_bytes)),
        ("answer_seconds", seconds(engine.answer_timeout)),
        ("lease_seconds", seconds(engine.lease)),
        ("body_bytes", count(doors.body_bytes)),
        ("body_seconds", seconds(doors.body_timeout)),
        ("head_seconds", seconds(doors.head_timeout)),
        ("write_seconds", seconds(doors.write_timeout)),
        ("json_depth", count(doors.json_depth)),
        ("connections", count(doors.connections)),
        ("sessions", count(doors.sessions)),
        (
            "sessions_per_principal",
            count(doors.sessions_per_principal),
        ),
        ("session_idle_seconds", seconds(doors.session_idle)),
        ("replay_bytes", count(doors.replay_bytes)),
        (
            "replay_bytes_per_session",
            count(doors.replay_bytes_per_session),
        ),
        ("calls_in_flight", count(doors.calls_in_flight)),
        ("listens_per_principal", count(doors.listens_per_principal)),
    ]
}

#[test]
fn every_key_of_limits_reaches_whom_it_bounds_and_nobody_else() {
    // Each has a number of its own, so that two that were exchanged would be seen.
    let keys = Limits::keys().into_iter().zip(31..);
    let numbers: Vec<(String, u128)> = keys
        .map(|(key, number)| (key.path.replace("limits.", ""), number))
        .collect();
    let lines = numbers
        .iter()
        .map(|(name, number)| format!("{name} = {number}\n"));
    let file = format!("[limits]\n{}", lines.collect::<String>());
    let told = told_of_limits(&Scene::new().file(&file));
    for (name, number) in &numbers {
        let of_key: Vec<_> = told.iter().filter(|(told, _)| told == name).collect();
        match name.as_str() {
            // It is asked for at every look at the memory: `commands/serve/memory.rs`.
            "memory_mb" => assert!(of_key.is_empty()),
            name => assert_eq!(of_key, [&(name, *number)], "a new key needs a row"),
        }
    }
}

#[test]
fn every_quirk_is_switched_by_its_own_key_and_no_other() {
    type Switch = fn(&mut Quirks) -> &mut bool;
    let rows: [(&str, Switch); 6] = [
        ("version_header", |quirks| &mut quirks.version_header),
        ("discover_headers", |quirks| &mut quirks.discover_headers),
        ("accept", |quirks| &mut quirks.accept),
        ("session_version", |quirks| &mut quirks.session_version),
        ("unasked_version", |quirks| &mut quirks.unasked_version),
        ("session_id", |quirks| &mut quirks.session_id),
    ];
    assert_eq!(
        rows.len(),
        super::Quirks::keys().len(),
        "a new key needs a row"
    );
    for (name, switch) in rows {
        let mut expected = Quirks::default();
        let is_forgiven = switch(&mut expected);
        *is_forgiven = !*is_forgiven;
        let file = format!("[mcp.quirks]\n{name} = {is_forgiven}\n");
        let settings = Scene::new().file(&file).load().unwrap();
        assert_eq!(settings.for_doors().quirks, expected, "{name}");
    }
}

#[test]
fn how_long_redis_may_take_reaches_it() {
    let file = "[redis]\nurl = \"redis://meet:6379\"\ntimeout_ms = 7\n";
    let settings = Scene::new().file(file).load().unwrap();
    let options = settings.for_redis("house".to_owned(), "one".to_owned());
    assert_eq!(options.unwrap().patience, Duration::from_millis(7));
}

#[test]
fn every_key_of_tasks_reaches_the_engine() {
    let file = "[tasks]\npatience_seconds = 2\nkeep_seconds = 3\nper_principal = 4\n";
    let limits = Scene::new().file(file).load().unwrap().for_engine();
    assert_eq!(limits.patience, Duration::from_secs(2));
    assert_eq!(limits.task_kept, Duration::from_secs(3));
    assert_eq!(limits.open_tasks, 4);
}

#[test]
fn how_long_searches_are_remembered_reaches_the_store() {
    let file = "[knowledge]\nsearch_days = 5\nsearch_words = false\n";
    let settings = Scene::new().file(file).load().unwrap();
    let location = Location::Sqlite("genkan.db".into());
    let usage = settings.for_store(location, Secret::new([0; 32])).usage;
    assert_eq!((usage.days, usage.words), (5, false));
}
