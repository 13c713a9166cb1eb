//! What the binary gives to the doors.

use std::{future::Future, pin::Pin, sync::Arc};

use genkan_core::{Clock, Error, Random, Result, lifecycle::Lifecycle};
use genkan_engine::Engine;
use serde::Serialize;

use crate::LiveSettings;

/// Everything the doors are made of.
#[derive(Clone)]
pub struct Parts {
    /// The one way to do anything.
    pub engine: Arc<Engine>,
    /// What the operator set.
    pub settings: LiveSettings,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where unguessable session ids come from.
    pub random: Arc<dyn Random>,
    /// Where tasks are started and ended.
    pub lifecycle: Lifecycle,
    /// Renders all metrics in the Prometheus text format.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
    /// Reads the state of the machine for `/health`.
    pub system: Arc<dyn Fn() -> SystemReadings + Send + Sync>,
    /// What `/ready` checks.
    pub ready: Vec<Check>,
    /// The version of Genkan.
    pub version: &'static str,
}

/// The state of the machine. What cannot be read is `None`, never a guess.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct SystemReadings {
    /// How busy all processors together are, 0–100.
    pub cpu_percent: Option<f64>,
    /// How much of the memory is in use, 0–100.
    pub memory_percent: Option<f64>,
    /// How many MiB of memory a program could still get.
    pub memory_available_mb: Option<f64>,
    /// How full the file system of the data folder is, 0–100.
    pub disk_percent: Option<f64>,
    /// How many GiB are free on the file system of the data folder.
    pub disk_free_gb: Option<f64>,
}

/// One thing that must work before this instance should get requests.
#[derive(Clone)]
pub struct Check {
    pub(crate) name: &'static str,
    pub(crate) probe: Probe,
}

type Probe = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<Finding>> + Send>> + Send + Sync>;

/// What a check found, where it did not fail.
#[derive(Debug)]
pub enum Finding {
    /// It works.
    Healthy,
    /// It does not work, and requests are answered without it.
    Degraded(Error),
    /// It is not part of this installation.
    NotConfigured,
}

impl Check {
    /// A check of this name, such as `database`. It is given two seconds.
    pub fn new<F>(name: &'static str, probe: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Finding>> + Send + 'static,
    {
        Self {
            name,
            probe: Arc::new(move || Box::pin(probe())),
        }
    }
}
