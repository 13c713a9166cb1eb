//! Redis, where several instances meet: what changed, how often somebody called, what was answered, and
//! who does the work of the house.
//!
//! It only coordinates. Nothing that must survive lies in it, and nobody waits long for it: while it
//! is away each instance goes on by itself, and comes back by itself when it is there again.
//!
//! - `keeper.rs` keeps the one connection, over which everything goes.
//! - `relay.rs` carries the changes of the bus between instances.
//! - `rate.rs` counts calls.
//! - `kept.rs` keeps for a while what any instance may use again.
//! - `lease.rs` says which instance does what one does for all.

mod keeper;
mod kept;
mod lease;
mod rate;
mod relay;

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use genkan_core::{Bus, Code, Error, Result, Secret, lifecycle::Lifecycle};
use metrics::gauge;
use redis::{
    Client, Cmd, ErrorKind, FromRedisValue, IntoConnectionInfo, ProtocolVersion, RedisError,
    aio::MultiplexedConnection,
};
use tokio::{sync::Notify, time::timeout};
use tracing::warn;

pub use rate::Counted;

/// How long a check waits for an answer.
const CHECK_LIMIT: Duration = Duration::from_secs(1);

/// What Redis is used with.
#[derive(Clone, Debug)]
pub struct RedisOptions {
    /// `redis://…`, or `rediss://…` with TLS.
    pub url: Secret<String>,
    /// Keeps installations apart that share one Redis.
    pub namespace: String,
    /// The name of this process among the instances.
    pub instance: String,
    /// How long a call waits before this instance counts by itself.
    pub patience: Duration,
}

/// The way to Redis. Cheap to clone.
#[derive(Clone)]
pub struct Redis(Arc<Inner>);

struct Inner {
    client: Client,
    options: RedisOptions,
    /// Present while Redis answers.
    connection: Mutex<Option<MultiplexedConnection>>,
    /// It did not answer in time, and has not been heard of since.
    is_doubted: AtomicBool,
    /// Wakes the keeper, who finds out.
    doubts: Notify,
    /// It refused a command on this connection, which was told.
    has_refused: AtomicBool,
    /// Something could not be told to the others.
    is_unsent: AtomicBool,
    bus: Bus,
}

impl fmt::Debug for Redis {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Redis").finish_non_exhaustive()
    }
}

impl Redis {
    /// Starts to keep a connection. Redis need not be there.
    ///
    /// Errors: `config_invalid` if the address is none.
    pub fn start(options: RedisOptions, lifecycle: &Lifecycle) -> Result<Self> {
        gauge!("redis_connections_active").set(0);
        let redis = Self(Arc::new(Inner {
            client: client(&options.url)?,
            options,
            connection: Mutex::new(None),
            is_doubted: AtomicBool::new(false),
            has_refused: AtomicBool::new(false),
            doubts: Notify::new(),
            is_unsent: AtomicBool::new(false),
            bus: Bus::default(),
        }));
        let outgoing = relay::carry(&redis.0);
        let stop = lifecycle.soft_stop().clone();
        lifecycle.start(
            "store.redis",
            keeper::keep(Arc::clone(&redis.0), outgoing, stop),
        );
        Ok(redis)
    }

    /// The bus that reaches those who listen on every instance.
    pub fn bus(&self) -> &Bus {
        &self.0.bus
    }

    /// Whether Redis answers now.
    pub async fn check(&self) -> Result<()> {
        let Some(mut connection) = self.0.find_connection() else {
            return Err(away("it cannot be reached"));
        };
        keeper::ping(&mut connection, CHECK_LIMIT).await
    }

    /// Refuses what is no address of a Redis, without connecting.
    pub fn check_address(url: &Secret<String>) -> Result<()> {
        client(url).map(|_| ())
    }

    /// Connects once and asks for an answer, without starting anything.
    ///
    /// Errors: `config_invalid`, `redis_unavailable`.
    pub async fn reach(url: &Secret<String>) -> Result<()> {
        let client = client(url)?;
        let connecting = client.get_multiplexed_async_connection();
        let connection = timeout(CHECK_LIMIT, connecting).await;
        let mut connection = connection
            .map_err(|_| late())?
            .map_err(|error| broken(&error))?;
        keeper::ping(&mut connection, CHECK_LIMIT).await
    }
}

impl Inner {
    fn name(&self, rest: &str) -> String {
        format!("genkan:{}:{rest}", self.options.namespace)
    }

    fn find_connection(&self) -> Option<MultiplexedConnection> {
        let connection = self.connection.lock();
        connection.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The connection, unless it is in doubt: then nobody should wait for it.
    fn find_trusted(&self) -> Option<MultiplexedConnection> {
        match self.is_doubted.load(Ordering::Relaxed) {
            true => None,
            false => self.find_connection(),
        }
    }

    /// Asks once, for as long as a call may wait. `None` at once while Redis is away or in doubt, and
    /// in doubt it is from now on where it does not answer in time.
    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Option<T> {
        let mut connection = self.find_trusted()?;
        let asked = command.query_async::<T>(&mut connection);
        match timeout(self.options.patience, asked).await {
            Ok(Ok(answer)) => Some(answer),
            // It is there, and will not: it is full, say, or this login may not.
            Ok(Err(error))
                if matches!(error.kind(), ErrorKind::Server(_) | ErrorKind::Extension) =>
            {
                if !self.has_refused.swap(true, Ordering::Relaxed) {
                    warn!(%error, "Redis refuses a command; this instance goes on by itself where it does");
                }
                None
            }
            Ok(Err(_)) | Err(_) => {
                self.doubt();
                None
            }
        }
    }

    fn set_connection(&self, connection: Option<MultiplexedConnection>) {
        gauge!("redis_connections_active").set(f64::from(u8::from(connection.is_some())));
        self.is_doubted.store(false, Ordering::Relaxed);
        self.has_refused.store(false, Ordering::Relaxed);
        *self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = connection;
    }

    /// It did not answer somebody in time.
    fn doubt(&self) {
        self.is_doubted.store(true, Ordering::Relaxed);
        self.doubts.notify_one();
    }
}

/// A client that speaks RESP3, in which messages come over the same connection as answers.
fn client(url: &Secret<String>) -> Result<Client> {
    let open = || {
        let address = url.expose().as_str().into_connection_info()?;
        let settings = address.redis_settings().clone();
        let settings = settings.set_protocol(ProtocolVersion::RESP3);
        Client::open(address.set_redis_settings(settings))
    };
    // The parser's own message may quote the address with its password.
    open().map_err(|_: RedisError| {
        Error::new(Code::ConfigInvalid, "`redis.url` is no address of a Redis")
            .hint("Use redis://user:password@host:6379/0, or rediss:// with TLS.")
    })
}

fn away(why: &str) -> Error {
    Error::new(
        Code::RedisUnavailable,
        format!("Redis does not answer: {why}"),
    )
}

fn late() -> Error {
    away("nothing came in time")
}

fn broken(error: &RedisError) -> Error {
    away(&error.to_string())
}
