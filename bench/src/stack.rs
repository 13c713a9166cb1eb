//! The whole of Genkan in this process: the same parts as the binary wires, plus tools to measure.
//!
//! For what the binary cannot be asked: counts of instructions without a socket. Nothing is left out:
//! keys, roles, schemas, limits, records, audit chain, metrics and log are on, unless somebody wants
//! to know what watching costs. Only what chance would vary is replaced: the clock stands still,
//! randomness is a counter, and records wait for company until they are asked for.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use axum::Router;
use genkan_core::{
    Clock, Random, Secret, Timestamp, Toolset, clock::SystemClock, lifecycle::Lifecycle,
};
use genkan_engine::{Engine, EngineParts, Limits};
use genkan_identity::{Identity, MasterKey, Purpose, Sealer, bind_store, bootstrap};
use genkan_server::{Parts, Settings, SystemReadings};
use genkan_store::{Location, Options, Store};
use genkan_testkit::TestToolset;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing::subscriber::NoSubscriber;

use crate::made::MadeToolset;

/// The buckets of the binary.
const SECONDS: [f64; 16] = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
    15.0, 60.0,
];

/// How long records alone wait: longer than anything is measured.
const GATHER: Duration = Duration::from_secs(600);

/// What a stack has.
#[derive(Clone, Copy, Debug)]
pub struct Furnishing {
    /// How many made-up tools it has beside those of the product.
    pub made_tools: usize,
    /// Whether it measures itself and writes a log.
    pub is_observed: bool,
}

/// An open house with its doors.
pub struct Stack {
    /// Everything that HTTP would reach.
    pub router: Router,
    /// The store.
    pub store: Store,
    /// Ends every task.
    pub lifecycle: Lifecycle,
    /// The key of an admin.
    pub key: Secret<String>,
    recorder: Option<PrometheusHandle>,
}

impl Stack {
    /// Opens a store in the folder. Once per process, since log and metrics belong to the process.
    pub async fn open(folder: &Path, furnishing: Furnishing) -> Result<Self> {
        let recorder = match furnishing.is_observed {
            true => Some(observe()?),
            false => {
                // Without any, every event would be formatted for another crate that logs.
                tracing::subscriber::set_global_default(NoSubscriber::new())?;
                None
            }
        };
        let clock: Arc<dyn Clock> = Arc::new(Stopped::now());
        let random: Arc<dyn Random> = Arc::new(Counter::default());
        let lifecycle = Lifecycle::new();
        let master = MasterKey::parse(&Secret::new("0f".repeat(32)))?;
        let location = Location::Sqlite(folder.join("genkan.db"));
        let mut options = Options::new(location, master.subkey(Purpose::Audit));
        options.gather = GATHER;
        let store = Store::open(options, clock.clone(), random.clone(), &lifecycle).await?;
        bind_store(&master, &store).await?;
        let identity = Identity::new(store.clone(), &master, clock.clone(), random.clone());
        let key = first_key(folder, &store, &identity).await?;
        let parts = EngineParts {
            store: store.clone(),
            sealer: Sealer::new(&master.subkey(Purpose::RequestState)),
            toolsets: toolsets(&store, &identity, furnishing.made_tools),
            identity,
            clock: clock.clone(),
            random: random.clone(),
            limits: Limits {
                calls_per_minute: u32::MAX,
                ..Limits::default()
            },
            redis: None,
            probe: None,
        };
        let engine = Engine::new(parts, &lifecycle)?;
        let rendered = recorder.clone();
        let router = genkan_server::router(Parts {
            engine,
            settings: Settings::default().into(),
            clock,
            random,
            lifecycle: lifecycle.clone(),
            metrics: Arc::new(move || {
                rendered
                    .as_ref()
                    .map(PrometheusHandle::render)
                    .unwrap_or_default()
            }),
            system: Arc::new(SystemReadings::default),
            ready: Vec::new(),
            version: env!("CARGO_PKG_VERSION"),
        });
        Ok(Self {
            router,
            store,
            lifecycle,
            key,
            recorder,
        })
    }

    /// Folds samples away, as the binary does every few seconds.
    pub fn fold_samples(&self) {
        if let Some(recorder) = &self.recorder {
            recorder.run_upkeep();
        }
    }
}

/// A clock that was stopped: with one that goes, the second in which a call falls would decide what
/// is looked up again.
struct Stopped(Timestamp, Instant);

impl Stopped {
    fn now() -> Self {
        Self(SystemClock.now(), SystemClock.monotonic())
    }
}

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        self.0
    }

    fn monotonic(&self) -> Instant {
        self.1
    }
}

/// Different bytes each time, and the same in every run.
#[derive(Default)]
struct Counter(AtomicU64);

impl Random for Counter {
    fn fill(&self, buffer: &mut [u8]) {
        for part in buffer.chunks_mut(8) {
            let number = self
                .0
                .fetch_add(1, Ordering::Relaxed)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15);
            part.copy_from_slice(&number.to_le_bytes()[..part.len()]);
        }
    }
}

/// Those of the product, the tools of the tests, and the made-up ones.
fn toolsets(store: &Store, identity: &Identity, made_tools: usize) -> Vec<Arc<dyn Toolset>> {
    let mut others: Vec<Arc<dyn Toolset>> = vec![Arc::new(TestToolset)];
    if made_tools > 0 {
        others.push(Arc::new(MadeToolset { tools: made_tools }));
    }
    let (store, api_keys) = (store.clone(), identity.api_keys().clone());
    genkan_toolsets::builtin(genkan_toolsets::Parts {
        store,
        api_keys,
        zulip: None,
        // Every search is to be one.
        knowledge: genkan_toolsets::knowledge::Options {
            cache: false,
            ..Default::default()
        },
        metrics: None,
        judge: None,
        others,
    })
}

/// The first key is told once; the folder remembers it for the next start.
async fn first_key(folder: &Path, store: &Store, identity: &Identity) -> Result<Secret<String>> {
    let file = folder.join("admin.key");
    if let Some(key) = bootstrap(store, identity).await? {
        std::fs::write(&file, key.expose())?;
    }
    let text = std::fs::read_to_string(&file).context("the folder has no key of an admin")?;
    Ok(Secret::new(text.trim().to_owned()))
}

/// As the binary does it by default: all metrics, and text from `info` up on standard error.
fn observe() -> Result<PrometheusHandle> {
    let filter = tracing_subscriber::EnvFilter::builder().parse("info")?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    log.with_ansi(false)
        .try_init()
        .map_err(|error| anyhow::anyhow!("cannot start the log: {error}"))?;
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)
        .and_then(PrometheusBuilder::install_recorder)
        .context("cannot record metrics")
}
