//! Store, engine and doors as the product has them, and one principal who needs no key.

use std::{net::SocketAddr, sync::Arc};

use axum::{body::Body, middleware};
use genkan_core::{
    Clock, Random, Secret, clock::SystemClock, lifecycle::Lifecycle, random::SystemRandom,
};
use genkan_engine::{Engine, EngineParts, Limits};
use genkan_identity::{Identity, MasterKey, Purpose, Sealer, bind_store, bootstrap};
use genkan_server::{Parts, Settings};
use genkan_store::Store;
use genkan_toolsets::builtin;
use http::{HeaderValue, Request, header::AUTHORIZATION};
use tokio::net::TcpListener;

use super::toolset::ConformanceToolset;
use crate::TestDb;

/// A running house. Its data is gone with it.
pub struct House {
    /// Where it listens.
    pub address: SocketAddr,
    /// Ends everything.
    pub lifecycle: Lifecycle,
    _database: TestDb,
}

/// Starts a house that offers the fixtures at this address, on a store of its own.
pub async fn start(bind: &str) -> anyhow::Result<House> {
    let database = TestDb::sqlite();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let lifecycle = Lifecycle::new();
    let master = MasterKey::parse(&Secret::new("0f".repeat(32)))?;
    let options = database.options(master.subkey(Purpose::Audit));
    let store = Store::open(options, clock.clone(), random.clone(), &lifecycle).await?;
    bind_store(&master, &store).await?;
    let identity = Identity::new(store.clone(), &master, clock.clone(), random.clone());
    let key = bootstrap(&store, &identity).await?;
    let key = key.ok_or_else(|| anyhow::anyhow!("the store is not new"))?;
    let parts = EngineParts {
        toolsets: builtin(genkan_toolsets::Parts {
            store: store.clone(),
            api_keys: identity.api_keys().clone(),
            zulip: None,
            knowledge: genkan_toolsets::knowledge::Options::default(),
            metrics: None,
            judge: None,
            others: vec![Arc::new(ConformanceToolset)],
        }),
        sealer: Sealer::new(&master.subkey(Purpose::RequestState)),
        store,
        identity,
        clock: clock.clone(),
        random: random.clone(),
        limits: Limits {
            calls_per_minute: 1_000_000,
            ..Limits::default()
        },
        redis: None,
        probe: None,
    };
    let parts = Parts {
        engine: Engine::new(parts, &lifecycle)?,
        settings: Settings::default().into(),
        clock,
        random,
        lifecycle: lifecycle.clone(),
        metrics: Arc::new(String::new),
        system: Arc::new(Default::default),
        ready: Vec::new(),
        version: env!("CARGO_PKG_VERSION"),
    };
    let listener = TcpListener::bind(bind).await?;
    let address = listener.local_addr()?;
    let router = with_key(genkan_server::router(parts), &key)?;
    let until = lifecycle.clone();
    lifecycle.start("conformance http", async move {
        // It has no errors of its own: a connection that fails ends alone.
        let _ = genkan_server::serve(listener, router, &until).await;
    });
    Ok(House {
        address,
        lifecycle,
        _database: database,
    })
}

/// Puts a layer before the doors that shows the key in the name of every caller.
fn with_key(router: axum::Router, key: &Secret<String>) -> anyhow::Result<axum::Router> {
    let mut credential = HeaderValue::from_str(&format!("Bearer {}", key.expose()))?;
    credential.set_sensitive(true);
    let show = move |mut request: Request<Body>| {
        request
            .headers_mut()
            .insert(AUTHORIZATION, credential.clone());
        std::future::ready(request)
    };
    Ok(router.layer(middleware::map_request(show)))
}
