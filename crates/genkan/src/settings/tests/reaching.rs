//! What is set reaches whom it bounds, where only a long time or a crowd would show it.

use std::time::Duration;

use genkan_core::Secret;
use genkan_store::Location;

use super::Scene;

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
