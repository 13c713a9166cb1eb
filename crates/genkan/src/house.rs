//! The house as a whole: master key, store, callers, tools and the engine, opened in this order and
//! closed in reverse.
//!
//! Every process that does not go through a live server opens one, `serve` like a single command.

pub(crate) mod chat;
mod ready;
pub(crate) mod reload;
mod shared_cache;

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use genkan_core::{
    Clock, Code, Error, Random, Result, Secret, SharedCache,
    clock::SystemClock,
    lifecycle::{Lifecycle, Stopped},
    random::SystemRandom,
};
use genkan_engine::{Engine, EngineParts};
use genkan_identity::{Identity, MasterKey, Purpose, Sealer, bind_store, is_bound};
use genkan_server::{Parts, SystemReadings};
use genkan_store::{Instances, Location, Redis, Store};
use genkan_toolsets::{
    admin::{JudgeSetting, RenderMetrics},
    knowledge,
    zulip::Realm,
};

use self::{ready::SettingsOnDisk, shared_cache::SealedCache};
use crate::{
    data_folder::{DataFolder, unusable},
    embedding,
    platform::{files, lock::Lock},
    settings::Settings,
};

/// How long the store may take to write what is queued when it closes.
const LAST_WRITES: Duration = Duration::from_secs(10);

/// What toolset `admin` has from this process, where the process has it.
#[derive(Default)]
pub(crate) struct ForAdmins {
    /// Shows its metrics, if it measures.
    pub(crate) metrics: Option<RenderMetrics>,
    /// Judges settings that are to be stored.
    pub(crate) judge: Option<JudgeSetting>,
}

/// An open house.
pub(crate) struct House {
    engine: Arc<Engine>,
    cellar: Cellar,
    /// The team's chat, by organisation, as far as it is set up.
    pub(crate) realms: Vec<Realm>,
    redis: Option<Redis>,
    instances: Option<Instances>,
    on_disk: SettingsOnDisk,
    /// The file of the first admin's key, if it is still there.
    pub(crate) admin_key: Option<PathBuf>,
}

/// What lies beneath the engine: the store and its master key.
pub(crate) struct Cellar {
    /// The data.
    pub(crate) store: Store,
    master: MasterKey,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    /// Ends the tasks of the store, after those of the doors have ended.
    lifecycle: Lifecycle,
}

impl Cellar {
    /// Opens the store of a data folder.
    pub(crate) async fn open(settings: &Settings, folder: &DataFolder) -> Result<Self> {
        folder.prepare()?;
        let location = folder.store(settings)?;
        // First starts that meet must agree on one master key.
        let starting = lock(folder).await?;
        let (_, random) = system();
        let master = master_key(settings, folder, &location, &*random)?;
        drop(starting);
        let cellar = Self::over(settings, location, master).await?;
        match bind_store(&cellar.master, &cellar.store).await {
            Ok(()) => Ok(cellar),
            Err(error) => {
                cellar.close().await;
                Err(error)
            }
        }
    }

    /// Opens the store under a master key, which may yet turn out to be another one than it is bound to.
    async fn over(settings: &Settings, location: Location, master: MasterKey) -> Result<Self> {
        let (clock, random) = system();
        let lifecycle = Lifecycle::new();
        let options = settings.for_store(location, master.subkey(Purpose::Audit));
        let store =
            Store::open(options, Arc::clone(&clock), Arc::clone(&random), &lifecycle).await?;
        Ok(Self {
            store,
            master,
            clock,
            random,
            lifecycle,
        })
    }

    /// Opens a store that was started before, and makes nothing: no master key, no tenant. `None` if
    /// it was migrated but never started.
    pub(crate) async fn look(
        settings: &Settings,
        folder: &DataFolder,
        master: MasterKey,
    ) -> Result<Option<Self>> {
        let location = folder.store(settings)?;
        let cellar = Self::over(settings, location, master).await?;
        match is_bound(&cellar.master, &cellar.store).await {
            Ok(true) => Ok(Some(cellar)),
            not_bound => {
                cellar.close().await;
                not_bound.map(|_| None)
            }
        }
    }

    /// The clock of the house.
    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Closes the store: what is queued is written, checkpoints are made.
    pub(crate) async fn close(self) {
        if let Err(error) = self.store.flush().await {
            tracing::error!("the last records could not be written: {error:?}");
        }
        drop(self.store);
        if self.lifecycle.stop(LAST_WRITES).await != Stopped::Drained {
            tracing::error!("the store did not end in time");
        }
    }
}

impl House {
    /// Opens the house on a data folder. Tasks of the engine belong to the doors' lifecycle.
    pub(crate) async fn open(
        settings: &Settings,
        folder: &DataFolder,
        doors: &Lifecycle,
        admins: ForAdmins,
    ) -> Result<Self> {
        let cellar = Cellar::open(settings, folder).await?;
        if settings.is_stored_unread {
            cellar.close().await;
            return Err(unread());
        }
        Self::over(cellar, settings, folder, doors, admins).await
    }

    /// Furnishes the house over an open store.
    pub(crate) async fn over(
        cellar: Cellar,
        settings: &Settings,
        folder: &DataFolder,
        doors: &Lifecycle,
        admins: ForAdmins,
    ) -> Result<Self> {
        match Self::furnish(&cellar, settings, folder, doors, admins).await {
            Ok((engine, realms, redis)) => {
                let admin_key = Some(folder.admin_key()).filter(|path| path.exists());
                Ok(Self {
                    engine,
                    cellar,
                    realms,
                    redis,
                    instances: None,
                    on_disk: SettingsOnDisk::default(),
                    admin_key,
                })
            }
            Err(error) => {
                cellar.close().await;
                Err(error)
            }
        }
    }

    async fn furnish(
        cellar: &Cellar,
        settings: &Settings,
        folder: &DataFolder,
        doors: &Lifecycle,
        admins: ForAdmins,
    ) -> Result<(Arc<Engine>, Vec<Realm>, Option<Redis>)> {
        let Cellar {
            store,
            master,
            clock,
            random,
            ..
        } = cellar;
        let identity = Identity::new(store.clone(), master, Arc::clone(clock), Arc::clone(random));
        first_start(store, &identity, folder).await?;
        let realms = chat::open(settings, clock, random, doors)?;
        let redis = cellar.redis(settings)?;
        let shared = redis.clone().map(|redis| {
            let cache = SealedCache {
                redis,
                sealer: Sealer::new(&master.subkey(Purpose::SharedCache)),
                random: Arc::clone(random),
            };
            Arc::new(cache) as Arc<dyn SharedCache>
        });
        let toolsets = genkan_toolsets::builtin(genkan_toolsets::Parts {
            store: store.clone(),
            api_keys: identity.api_keys().clone(),
            zulip: chat::offered(settings, &realms),
            knowledge: knowledge::Options {
                shared,
                ..embedding::knowledge(settings, store, clock, doors)?
            },
            metrics: admins.metrics,
            judge: admins.judge,
            others: settings.additions.toolsets(),
        });
        let parts = EngineParts {
            store: store.clone(),
            sealer: Sealer::new(&master.subkey(Purpose::RequestState)),
            identity,
            toolsets,
            clock: Arc::clone(clock),
            random: Arc::clone(random),
            limits: settings.for_engine(),
            redis: redis.clone(),
            probe: None,
        };
        Ok((Engine::new(parts, doors)?, realms, redis))
    }

    /// What doors into this house are made of. Only a server has metrics and readings to show.
    pub(crate) fn parts(&self, settings: &Settings, doors: &Lifecycle) -> Parts {
        Parts {
            engine: Arc::clone(&self.engine),
            settings: settings.for_doors().into(),
            clock: Arc::clone(&self.cellar.clock),
            random: Arc::clone(&self.cellar.random),
            lifecycle: doors.clone(),
            metrics: Arc::new(String::new),
            system: Arc::new(SystemReadings::default),
            ready: self.ready(),
            version: env!("CARGO_PKG_VERSION"),
        }
    }

    /// The one way to do anything.
    pub(crate) fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// Waits until a task of the store panicked: then nothing can be written any longer.
    pub(crate) async fn failed(&self) {
        self.cellar.lifecycle.failed().cancelled().await;
    }

    /// Closes the house. The doors are closed.
    pub(crate) async fn close(self) {
        drop(self.engine);
        self.cellar.close().await;
    }
}

/// The system's clock and randomness.
pub(crate) fn system() -> (Arc<dyn Clock>, Arc<dyn Random>) {
    (Arc::new(SystemClock), Arc::new(SystemRandom))
}

/// The master key: from settings, else from the data folder, where SQLite gets a fresh one.
fn master_key(
    settings: &Settings,
    folder: &DataFolder,
    location: &Location,
    random: &dyn Random,
) -> Result<MasterKey> {
    if let Some(key) = present_master_key(settings, folder)? {
        return Ok(key);
    }
    let path = folder.master_key();
    if let Location::Postgres(_) = location {
        let message = "`secrets.master_key` is not set, and the store is on PostgreSQL";
        let hint = "Make a key with `openssl rand -hex 32` and give the same one to every instance, \
                    as GENKAN_SECRETS__MASTER_KEY or /run/secrets/genkan_master_key.";
        return Err(Error::new(Code::ConfigInvalid, message).hint(hint));
    }
    let key = MasterKey::generate(random);
    files::write_private(&path, key.to_text().expose().as_bytes())
        .map_err(|error| unusable(&path, error))?;
    Ok(key)
}

/// The master key that there is: in settings, or in the data folder.
pub(crate) fn present_master_key(
    settings: &Settings,
    folder: &DataFolder,
) -> Result<Option<MasterKey>> {
    if let Some(key) = &settings.secrets.master_key {
        return MasterKey::parse(key).map(Some);
    }
    let path = folder.master_key();
    if !path.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(&path).map_err(|error| unusable(&path, error))?;
    MasterKey::parse(&Secret::new(text)).map(Some)
}

/// The store answers, and did not when the settings were read. A limit may be among what is stored.
fn unread() -> Error {
    let message = "the database answered too late to be asked for stored settings";
    Error::new(Code::StoreUnavailable, message).hint("Start again.")
}

/// On an empty store: a tenant, an admin, and the admin's key in a file of its own.
async fn first_start(store: &Store, identity: &Identity, folder: &DataFolder) -> Result<()> {
    // Who comes second finds the key file written.
    let _starting = lock(folder).await?;
    if let Some(key) = genkan_identity::bootstrap(store, identity).await? {
        let path = folder.admin_key();
        let text = format!("{}\n", key.expose());
        files::write_private(&path, text.as_bytes()).map_err(|error| unusable(&path, error))?;
        tracing::info!(
            "made tenant `default` and an admin; the key is in `{}`",
            path.display()
        );
    }
    Ok(())
}

/// Waits for other processes that start on the folder at this moment.
async fn lock(folder: &DataFolder) -> Result<Lock> {
    let path = folder.start_lock();
    let taken = tokio::task::spawn_blocking({
        let path = path.clone();
        move || Lock::take(&path)
    });
    taken
        .await
        .map_err(Error::internal)?
        .map_err(|error| unusable(&path, error))
}
