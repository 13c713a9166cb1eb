//! `docs/reference/metrics.md`, from what the code itself says of its metrics when a house opens.
//!
//! `GENKAN_TEST_WRITE=1 cargo test -p genkan reference` writes it anew.

use std::{
    collections::BTreeMap,
    fmt::Write,
    path::Path,
    sync::{Arc, Mutex},
};

use genkan_core::lifecycle::Lifecycle;
use metrics::{
    Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
    with_local_recorder,
};

use crate::{
    data_folder::DataFolder,
    house::House,
    settings::{Environment, Settings, Sources, reference::same},
};

const HEAD: &str = "\
# Metrics

<!-- Written by `GENKAN_TEST_WRITE=1 cargo test -p genkan reference`; do not edit. -->

What `/metrics` serves, in the Prometheus text format, to whoever has the permission `metrics.read`;
[monitoring](../monitoring.md) says how to scrape it. A counter only grows until the process ends, a
histogram has the series `_bucket`, `_sum` and `_count`. Words set like `this` in a description are
labels. Names of tools that nobody offers never become labels.

| name | kind | what |
|---|---|---|
";

/// Kind, unit and description of each metric, by name.
type Described = BTreeMap<String, (&'static str, Option<Unit>, String)>;

/// Hears what is described, and measures nothing.
#[derive(Debug, Default)]
struct Listener(Arc<Mutex<Described>>);

impl Listener {
    fn note(&self, name: &KeyName, kind: &'static str, unit: Option<Unit>, what: &SharedString) {
        let described = (kind, unit, what.to_string());
        self.0
            .lock()
            .unwrap()
            .insert(name.as_str().to_owned(), described);
    }
}

impl Recorder for Listener {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, what: SharedString) {
        self.note(&name, "counter", unit, &what);
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, what: SharedString) {
        self.note(&name, "gauge", unit, &what);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, what: SharedString) {
        self.note(&name, "histogram", unit, &what);
    }

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

/// Opens a house with its doors, as `serve` does, and closes it again.
async fn open(folder: &Path) {
    let environment = Environment::default();
    let settings = Settings::load(Sources {
        environment: &environment,
        file: None,
        data_dir: folder,
        secret_files: folder,
        flags: Vec::new(),
    });
    let settings = settings.unwrap();
    let folder = DataFolder::locate(Some(folder), &environment).unwrap();
    let doors = Lifecycle::new();
    let house = Box::pin(House::open(&settings, &folder, &doors, None))
        .await
        .unwrap();
    drop(genkan_server::router(house.parts(&settings, &doors)));
    super::describe();
    doors.stop(std::time::Duration::from_secs(10)).await;
    house.close().await;
}

#[test]
fn the_metrics_reference_is_up_to_date() {
    let listener = Listener::default();
    let described = Arc::clone(&listener.0);
    let folder = tempfile::tempdir().unwrap();
    // On this thread alone, as the recorder is: other tests measure too.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    with_local_recorder(&listener, || runtime.block_on(open(folder.path())));
    let described = described.lock().unwrap();
    assert!(described.len() >= 19, "{described:?}");
    let mut page = HEAD.to_owned();
    for (name, (kind, unit, what)) in described.iter() {
        let is_named_so = *unit != Some(Unit::Seconds) || name.ends_with("_seconds");
        assert!(is_named_so, "{name} is in seconds and does not say so");
        let _ = writeln!(page, "| `{name}` | {kind} | {what} |");
    }
    same("docs/reference/metrics.md", &page);
}
