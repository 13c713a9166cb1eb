//! The metrics recorder: Prometheus text, rendered when `/metrics` asks for it.

mod basic;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use genkan_core::{Error, Result, lifecycle::Lifecycle};
use genkan_server::SystemReadings;
use metrics::{describe_gauge, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::time::sleep;

use self::basic::Basic;
use crate::{
    platform::machine::{Machine, Reading},
    settings::Measured,
};

/// Seconds, from a hit in memory (100 µs) to a model that thinks (1 min).
const SECONDS: [f64; 16] = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
    15.0, 60.0,
];
/// Things that share something, such as calls that share a commit.
const COUNTS: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];
/// How often the machine is read, and old samples are folded away.
const EVERY: Duration = Duration::from_secs(5);
/// When it is read for the second time: how busy the processors are takes two readings to know.
const SOON: Duration = Duration::from_secs(1);

/// Renders the metrics of this process.
#[derive(Clone, Debug)]
pub(crate) struct Recorder(PrometheusHandle);

impl Recorder {
    /// Installs the recorder, before anything is measured. Once per process.
    pub(crate) fn install(measured: Measured) -> Result<Self> {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)
            .and_then(|builder| {
                builder.set_buckets_for_metric(Matcher::Suffix("_size".into()), &COUNTS)
            })
            .map_err(Error::internal)?
            .build_recorder();
        let handle = recorder.handle();
        match measured {
            // Nobody listens, and what is told costs next to nothing.
            Measured::Off => {}
            Measured::Basic => {
                metrics::set_global_recorder(Basic(recorder)).map_err(Error::internal)?;
            }
            Measured::Full => metrics::set_global_recorder(recorder).map_err(Error::internal)?,
        }
        describe_gauge!("system_cpu_usage_percent", "How busy the processors are");
        describe_gauge!(
            "system_memory_usage_percent",
            "How much of the memory is in use"
        );
        describe_gauge!(
            "chat_sessions_active",
            "Chats in which somebody talks to a model; 0, since this version has no chat"
        );
        gauge!("chat_sessions_active").set(0);
        Ok(Self(handle))
    }

    /// The Prometheus text format; empty when nothing is measured.
    pub(crate) fn render(&self) -> String {
        self.0.render()
    }
}

/// The latest readings of the machine.
#[derive(Clone, Debug, Default)]
pub(crate) struct Readings(Arc<Mutex<Reading>>);

impl Readings {
    /// For `/health`.
    pub(crate) fn latest(&self) -> SystemReadings {
        let reading = *self
            .0
            .lock()
            .expect("BUG: nothing panics while it holds the readings");
        SystemReadings {
            cpu_percent: reading.cpu_percent,
            memory_percent: reading.memory_percent,
            memory_available_mb: reading.memory_available_mb,
            disk_percent: reading.disk_percent,
            disk_free_gb: reading.disk_free_gb,
        }
    }

    fn take(&self, machine: &mut Machine, folder: &Path) {
        let reading = machine.read(folder);
        if let Some(percent) = reading.cpu_percent {
            gauge!("system_cpu_usage_percent").set(percent);
        }
        if let Some(percent) = reading.memory_percent {
            gauge!("system_memory_usage_percent").set(percent);
        }
        *self
            .0
            .lock()
            .expect("BUG: nothing panics while it holds the readings") = reading;
    }
}

/// Reads the machine from time to time, and keeps the recorder small.
pub(crate) fn start(recorder: Recorder, folder: PathBuf, lifecycle: &Lifecycle) -> Readings {
    let readings = Readings::default();
    let mut machine = Machine::default();
    readings.take(&mut machine, &folder);
    let (told, soft_stop) = (readings.clone(), lifecycle.soft_stop().clone());
    lifecycle.start("metrics", async move {
        let mut pause = SOON;
        while soft_stop.run_until_cancelled(sleep(pause)).await.is_some() {
            told.take(&mut machine, &folder);
            recorder.0.run_upkeep();
            pause = EVERY;
        }
    });
    readings
}

#[cfg(test)]
mod reference;
