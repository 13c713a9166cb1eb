//! A house with a few tiny tools, on a SQLite store in a folder of its own.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::Router;
use genkan_core::{
    Clock, Random, Secret, Timestamp, Toolset,
    call::{Credential, Door},
    id::ProfileName,
    lifecycle::Lifecycle,
    random::SystemRandom,
};
use genkan_engine::{Engine, EngineParts, Limits};
use genkan_identity::{Identity, MasterKey, Purpose, Sealer, bind_store, bootstrap};
use genkan_server::{Check, Finding, Parts, Settings, SystemReadings, router, stream};
use genkan_store::{Location, Options, Store};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    tools::{Ended, TestTools},
    wares::Wares,
    wire::{self, Reply},
};

/// Everything a test needs of one house.
pub(crate) struct House {
    pub(crate) router: Router,
    pub(crate) parts: Parts,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) admin: String,
    /// Told when the tool `test_hang` ends without an answer.
    pub(crate) ended: Arc<Ended>,
    _folder: TempDir,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(set: impl FnOnce(&mut Settings)) -> Self {
        Self::built(set, |_| {}).await
    }

    pub(crate) async fn built(
        set: impl FnOnce(&mut Settings),
        build: impl FnOnce(&mut Parts),
    ) -> Self {
        Self::offering(Vec::new(), set, build).await
    }

    /// One with further toolsets.
    pub(crate) async fn offering(
        more: Vec<Arc<dyn Toolset>>,
        set: impl FnOnce(&mut Settings),
        build: impl FnOnce(&mut Parts),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (lifecycle, clock) = (Lifecycle::new(), Arc::new(HandClock::default()));
        let random: Arc<dyn Random> = Arc::new(SystemRandom);
        let ended = Arc::new(Ended::default());
        let (engine, admin) = engine(&folder, &clock, &random, &lifecycle, &ended, more).await;
        let mut settings = Settings::default();
        set(&mut settings);
        let mut parts = Parts {
            engine,
            settings: settings.into(),
            clock: clock.clone(),
            random,
            lifecycle: lifecycle.clone(),
            metrics: Arc::new(|| "# metrics\n".to_owned()),
            system: Arc::new(|| SystemReadings {
                cpu_percent: Some(12.5),
                ..SystemReadings::default()
            }),
            ready: vec![
                Check::new("database", || async { Ok(Finding::Healthy) }),
                Check::new("redis", || async { Ok(Finding::NotConfigured) }),
            ],
            version: "1.2.3",
        };
        build(&mut parts);
        let router = router(parts.clone());
        Self {
            router,
            parts,
            lifecycle,
            clock,
            admin,
            ended,
            _folder: folder,
        }
    }

    /// A key of another principal with this role, made by a tool.
    pub(crate) async fn key(&self, name: &str, role: &str) -> String {
        let call = wire::call("test_key", json!({"name": name, "role": role}));
        let reply = self.modern(&call).await;
        reply.json["result"]["structuredContent"]["key"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Sends a modern request with right headers and the admin's key.
    pub(crate) async fn modern(&self, message: &Value) -> Reply {
        wire::modern(&self.admin, message).send(&self.router).await
    }

    /// What stands for this process on a stream.
    pub(crate) fn peer(&self) -> stream::Peer {
        stream::Peer {
            profile: ProfileName::default_profile(),
            door: Door::McpStdio,
            credential: Credential::ApiKey(Secret::new(self.admin.clone())),
            source: "local".into(),
        }
    }
}

async fn engine(
    folder: &TempDir,
    clock: &Arc<HandClock>,
    random: &Arc<dyn Random>,
    lifecycle: &Lifecycle,
    ended: &Arc<Ended>,
    more: Vec<Arc<dyn Toolset>>,
) -> (Arc<Engine>, String) {
    let clock: Arc<dyn Clock> = clock.clone();
    let master = MasterKey::parse(&Secret::new("ab".repeat(32))).unwrap();
    let location = Location::Sqlite(folder.path().join("genkan.db"));
    let options = Options::new(location, master.subkey(Purpose::Audit));
    let store = Store::open(options, clock.clone(), random.clone(), lifecycle)
        .await
        .unwrap();
    bind_store(&master, &store).await.unwrap();
    let identity = Identity::new(store.clone(), &master, clock.clone(), random.clone());
    let admin = bootstrap(&store, &identity)
        .await
        .unwrap()
        .unwrap()
        .expose()
        .clone();
    let tools = TestTools {
        api_keys: identity.api_keys().clone(),
        ended: Arc::clone(ended),
    };
    let mut toolsets: Vec<Arc<dyn Toolset>> = vec![Arc::new(tools), Arc::new(Wares)];
    toolsets.extend(more);
    let parts = EngineParts {
        store,
        sealer: Sealer::new(&master.subkey(Purpose::RequestState)),
        identity,
        toolsets,
        clock,
        random: random.clone(),
        limits: Limits {
            calls_per_minute: 1_000_000,
            ..Limits::default()
        },
        redis: None,
        probe: None,
    };
    (Engine::new(parts, lifecycle).unwrap(), admin)
}

/// A clock that goes on by itself and can be moved.
pub(crate) struct HandClock {
    begun: Instant,
    ahead: AtomicU64,
    /// By how much the wall clock is wrong.
    wrong_ms: AtomicI64,
}

impl Default for HandClock {
    fn default() -> Self {
        Self {
            begun: Instant::now(),
            ahead: AtomicU64::default(),
            wrong_ms: AtomicI64::default(),
        }
    }
}

impl HandClock {
    pub(crate) fn advance(&self, by: Duration) {
        self.ahead
            .fetch_add(u64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// Lets the wall clock jump, forward or back, while no time passes.
    pub(crate) fn jump(&self, by_ms: i64) {
        self.wrong_ms.fetch_add(by_ms, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        let since = self.monotonic().duration_since(self.begun);
        let wrong_ms = self.wrong_ms.load(Ordering::SeqCst);
        Timestamp::from_millis(1_790_000_000_000 + wrong_ms).plus(since)
    }

    fn monotonic(&self) -> Instant {
        Instant::now() + Duration::from_millis(self.ahead.load(Ordering::SeqCst))
    }
}

/// A test that must not hang.
pub(crate) async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work)
        .await
        .expect("it takes too long")
}
