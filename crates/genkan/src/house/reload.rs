//! Settings that change under an open house, on disk or in the store: what can apply at once does, what
//! cannot waits for the next start, and what is wrong changes nothing. Keys of the chat are tried when all
//! else applies; those that do not open it are not taken up.

use std::{sync::Arc, time::Duration};

use genkan_core::{Live, Result, lifecycle::Lifecycle};
use genkan_engine::Engine;
use genkan_server::LiveSettings;
use genkan_store::{Store, StoredSetting};
use genkan_toolsets::zulip::Realm;
use metrics::{counter, describe_counter, describe_gauge, gauge};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::{House, ready::SettingsOnDisk};
use crate::{
    data_folder::DataFolder,
    platform::{
        service::{Service, State},
        signals::Hangups,
    },
    settings::{Applies, Override, Settings, Watch, Zulip},
    surroundings::Surroundings,
    telemetry::log::Log,
};

/// How often the files are looked at. An edit counts once it rests for so long.
const EVERY: Duration = Duration::from_millis(400);
/// How often the store is looked into, and how long it may take to answer.
const EVERY_STORED: Duration = Duration::from_secs(1);
/// How often changed settings were read, by what became of them.
const RELOADS: &str = "genkan_settings_reloads_total";
/// Whether the files or the store hold settings that were refused, be it only a key of the chat.
const REJECTED: &str = "genkan_settings_rejected";

/// Where settings come from, and who outside the house hears of new ones.
pub(crate) struct Reload {
    pub(crate) surroundings: Surroundings,
    pub(crate) folder: DataFolder,
    pub(crate) flags: Vec<Override>,
    pub(crate) log: Log,
    pub(crate) hangups: Hangups,
    pub(crate) watch: Watch,
    pub(crate) service: Arc<Service>,
}

/// Who in the house has to hear of new settings.
struct Following {
    from: Reload,
    /// The settings in force.
    settings: Live<Settings>,
    /// What was last seen in the store.
    stored: Vec<StoredSetting>,
    store: Store,
    engine: Arc<Engine>,
    doors: LiveSettings,
    /// The organisations of the chat.
    realms: Vec<KeysInUse>,
    on_disk: SettingsOnDisk,
}

/// An organisation of the chat, and the keys that it is asked with.
struct KeysInUse {
    realm: Realm,
    keys: Option<Zulip>,
}

impl KeysInUse {
    fn new(realm: Realm, settings: &Settings) -> Self {
        let keys = settings.keys_of(&realm.name).cloned();
        Self { realm, keys }
    }

    /// Takes other keys, if they open it. Another site waits for the next start.
    async fn swap(&mut self, settings: &Settings) -> Result<()> {
        let Some((old, new)) = self.keys.as_ref().zip(settings.keys_of(&self.realm.name)) else {
            return Ok(());
        };
        if new.site != old.site || new.has_keys_of(old) {
            return Ok(());
        }
        let name = &self.realm.name;
        let mut organisations = settings.organisations().into_iter();
        let found = organisations.find(|(other, _)| other == name);
        if let Some(access) = found.and_then(|(_, standing)| standing.access()) {
            self.realm.chat.swap(access).await?;
            info!("Zulip's `{name}` is asked with other keys from now on");
            self.keys = Some(new.clone());
        }
        Ok(())
    }
}

impl Reload {
    /// Starts looking, and listening to SIGHUP, for an open house and its doors.
    pub(crate) fn start(
        self,
        house: &House,
        settings: Live<Settings>,
        doors: LiveSettings,
        lifecycle: &Lifecycle,
    ) {
        let following = Following {
            from: self,
            engine: Arc::clone(house.engine()),
            doors,
            realms: house
                .realms
                .iter()
                .map(|realm| KeysInUse::new(realm.clone(), &settings.get()))
                .collect(),
            on_disk: house.on_disk.clone(),
            stored: settings.get().stored.clone(),
            store: house.cellar.store.clone(),
            settings,
        };
        following.start(lifecycle);
    }
}

impl Following {
    fn start(mut self, lifecycle: &Lifecycle) {
        describe_counter!(
            RELOADS,
            "Changed settings that were read, by `result` (applied, rejected)"
        );
        describe_gauge!(
            REJECTED,
            "Whether the settings on disk or in the store were refused"
        );
        let started = Arc::clone(&self.settings.get());
        self.note(!started.stored_refused.is_empty());
        let stop = lifecycle.soft_stop().clone();
        let mut ticks = tokio::time::interval(EVERY);
        let mut stored_ticks = tokio::time::interval(EVERY_STORED);
        stored_ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        lifecycle.start("settings", async move {
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = self.from.hangups.next() => {
                        self.look_into_store().await;
                        self.read(&started, &stop).await;
                    }
                    _ = stored_ticks.tick() => {
                        if self.look_into_store().await {
                            self.read(&started, &stop).await;
                        }
                    }
                    _ = ticks.tick() => {
                        let settings = Arc::clone(&self.settings.get());
                        let look = self.from.surroundings.look(&self.from.folder, &settings);
                        if self.from.watch.is_new(look) {
                            self.read(&started, &stop).await;
                        }
                    }
                }
            }
        });
    }

    /// Whether something else is stored than was seen before. A store that does not answer says nothing.
    async fn look_into_store(&mut self) -> bool {
        let seen = async { self.store.system_read().await?.stored_setting_list().await };
        let seen = tokio::time::timeout(EVERY_STORED, seen).await;
        match seen {
            Ok(Ok(seen)) if seen != self.stored => {
                self.stored = seen;
                true
            }
            Ok(Ok(_) | Err(_)) | Err(_) => false,
        }
    }

    /// Notes whether settings were refused.
    fn note(&self, are_refused: bool) {
        self.on_disk.note(are_refused);
        gauge!(REJECTED).set(if are_refused { 1.0 } else { 0.0 });
    }

    /// Reads the settings again. The files are small and local, so that nobody waits long; only other
    /// keys of the chat are tried first, when all else is done.
    async fn read(&mut self, started: &Settings, stop: &CancellationToken) {
        let from = &self.from;
        from.service.tell(State::Reloading);
        let flags = from.flags.clone();
        let read = from
            .surroundings
            .changed_settings(&from.folder, flags, &self.stored);
        let mut result = read.and_then(|new| self.apply(started, new));
        let mut in_force = "the changed settings are wrong, and those before stay in force";
        if result.is_ok() {
            in_force = "the changed settings are in force, but for keys of Zulip, which did not open it; \
                        those before stay in use";
            let swapping = stop.run_until_cancelled(self.swap_keys());
            result = swapping.await.unwrap_or(Ok(()));
        }
        let word = match &result {
            Ok(()) => "applied",
            Err(error) => {
                error!(
                    code = error.code().as_str(),
                    hint = error.hint_text(),
                    "{in_force}: {}",
                    error.message()
                );
                "rejected"
            }
        };
        let is_left_aside = !self.settings.get().stored_refused.is_empty();
        self.note(result.is_err() || is_left_aside);
        counter!(RELOADS, "result" => word).increment(1);
        self.from.service.tell(State::Ready);
    }

    /// Takes other keys of the chat, where they open it. The error is that of the last which do not.
    async fn swap_keys(&mut self) -> Result<()> {
        let settings = Arc::clone(&self.settings.get());
        let mut result = Ok(());
        for realm in &mut self.realms {
            if let Err(error) = realm.swap(&settings).await {
                result = Err(error);
            }
        }
        result
    }

    fn apply(&self, started: &Settings, new: Settings) -> Result<()> {
        let of = |changed: Vec<_>, wanted| {
            let wanted = changed.into_iter().filter(move |(_, at)| *at == wanted);
            wanted.map(|(path, _)| path).collect::<Vec<_>>().join(", ")
        };
        let at_once = of(self.settings.get().changed(&new), Applies::AtOnce);
        let later = of(started.changed(&new), Applies::AtRestart);
        self.from.log.set_level(&new)?;
        self.engine.set_limits(new.for_engine());
        self.doors.set(genkan_server::Settings {
            // Told to clients and in `server.json` already.
            public_url: started.for_doors().public_url,
            ..new.for_doors()
        });
        new.tell_stored();
        self.settings.set(new);
        match at_once.is_empty() {
            true => info!("the settings were read again; none changed that applies at once"),
            false => info!("the settings were read again; changed: {at_once}"),
        }
        if !later.is_empty() {
            warn!("changed settings that apply at the next start: {later}");
        }
        Ok(())
    }
}
