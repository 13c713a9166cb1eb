//! What the client is told once.

use std::{io, net::IpAddr, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;

use crate::{Guard, Proxy};

/// Finds the addresses of a name: the system's resolver, unless a test has its own.
pub type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// The bounds of everything that leaves the house.
#[derive(Clone)]
pub struct Options {
    /// Where may be gone.
    pub guard: Guard,
    /// How names become addresses.
    pub lookup: Lookup,
    /// Through whom requests go, if not straight.
    pub proxy: Option<Proxy>,
    /// Certificates (PEM) that are trusted beside the public ones.
    pub extra_roots: Vec<u8>,
    /// What a connection may take to be ready, TLS included.
    pub connect_limit: Duration,
    /// How long an answer may be silent.
    pub read_limit: Duration,
    /// How long a request may take with everything: waiting, repeats, redirects and the body.
    pub total_limit: Duration,
    /// The longest answer, in bytes, unpacked.
    pub body_limit: u64,
    /// Connections, and requests under way, per origin.
    pub connections_per_host: usize,
    /// How long an unused connection is kept.
    pub idle_limit: Duration,
    /// Requests that may wait per origin.
    pub waiting_per_host: usize,
    /// How often what may be repeated is tried.
    pub attempts: u32,
    /// After how many failures in a row an origin is left alone.
    pub breaker_failures: u32,
    /// For how long.
    pub breaker_recovery: Duration,
    /// What the client calls itself.
    pub user_agent: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            guard: Guard::default(),
            lookup: Arc::new(|name| Box::pin(by_system(name))),
            proxy: None,
            extra_roots: Vec::new(),
            connect_limit: Duration::from_secs(10),
            read_limit: Duration::from_secs(30),
            total_limit: Duration::from_secs(60),
            body_limit: 16 << 20,
            connections_per_host: 16,
            idle_limit: Duration::from_secs(60),
            waiting_per_host: 10_000,
            attempts: 3,
            breaker_failures: 5,
            breaker_recovery: Duration::from_secs(30),
            user_agent: concat!("Genkan/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

async fn by_system(name: String) -> io::Result<Vec<IpAddr>> {
    let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
    Ok(found.map(|address| address.ip()).collect())
}
