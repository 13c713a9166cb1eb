//! Settings that change under a running server: what can apply at once does, what cannot waits for
//! the next start, and what is wrong changes nothing.

use std::{sync::Arc, time::Duration};

use genkan_core::{Live, Result, lifecycle::Lifecycle};
use genkan_engine::Engine;
use genkan_server::LiveSettings;
use genkan_toolsets::zulip::Chat;
use metrics::{counter, describe_counter, describe_gauge, gauge};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::{
    commands::validate_config,
    data_folder::DataFolder,
    platform::{
        service::{Service, State},
        signals::Hangups,
    },
    settings::{Applies, Look, Override, Settings, Watch, Zulip},
    surroundings::Surroundings,
    telemetry::log::Log,
};

/// How often the files are looked at. An edit counts once it rests for so long.
const EVERY: Duration = Duration::from_millis(400);
/// How often changed settings were read, by what became of them.
const RELOADS: &str = "genkan_settings_reloads_total";
/// Whether the files hold settings that were refused.
const REJECTED: &str = "genkan_settings_rejected";

/// Who has to hear of new settings.
pub(super) struct Reload {
    pub(super) surroundings: Surroundings,
    pub(super) folder: DataFolder,
    pub(super) flags: Vec<Override>,
    /// The settings in force.
    pub(super) settings: Live<Settings>,
    pub(super) log: Log,
    pub(super) engine: Arc<Engine>,
    pub(super) doors: LiveSettings,
    pub(super) chat: Option<Chat>,
    /// The keys of the chat that are in use.
    pub(super) keys: Zulip,
    pub(super) hangups: Hangups,
    pub(super) watch: Watch,
    pub(super) service: Arc<Service>,
}

/// What the files of settings look like now.
pub(super) fn look(surroundings: &Surroundings, folder: &DataFolder) -> Look {
    Look::at(surroundings.settings_files(folder))
}

impl Reload {
    /// Starts looking, and listening to SIGHUP.
    pub(super) fn start(mut self, lifecycle: &Lifecycle) {
        describe_counter!(
            RELOADS,
            "Changed settings that were read, by `result` (applied, rejected)"
        );
        describe_gauge!(REJECTED, "Whether the settings on disk were refused");
        gauge!(REJECTED).set(0.0);
        let stop = lifecycle.soft_stop().clone();
        let started = Arc::clone(&self.settings.get());
        let mut ticks = tokio::time::interval(EVERY);
        lifecycle.start("settings", async move {
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = self.hangups.next() => self.read(&started, &stop).await,
                    _ = ticks.tick() => {
                        let look = self.look();
                        if self.watch.is_new(look) {
                            self.read(&started, &stop).await;
                        }
                    }
                }
            }
        });
    }

    fn look(&self) -> Look {
        look(&self.surroundings, &self.folder)
    }

    /// Reads the settings again. The files are small and local, so that nobody waits long; only other
    /// keys of the chat are tried first, when all else is done.
    async fn read(&mut self, started: &Settings, stop: &CancellationToken) {
        self.service.tell(State::Reloading);
        let flags = self.flags.clone();
        let read = validate_config::check(&self.surroundings, &self.folder, flags);
        let mut result = read.and_then(|new| self.apply(started, new));
        if result.is_ok() {
            let swapping = stop.run_until_cancelled(self.swap_keys(started));
            result = swapping.await.unwrap_or(Ok(()));
        }
        let word = match &result {
            Ok(()) => "applied",
            Err(error) => {
                error!(
                    code = error.code().as_str(),
                    hint = error.hint_text(),
                    "the changed settings are wrong, and those before stay in force: {}",
                    error.message()
                );
                "rejected"
            }
        };
        gauge!(REJECTED).set(if result.is_ok() { 0.0 } else { 1.0 });
        counter!(RELOADS, "result" => word).increment(1);
        self.service.tell(State::Ready);
    }

    /// Takes other keys of the chat, if they open it.
    async fn swap_keys(&mut self, started: &Settings) -> Result<()> {
        let zulip = self.settings.get().zulip.clone();
        // Another site waits for the next start.
        if zulip.site != started.zulip.site || zulip.has_keys_of(&self.keys) {
            return Ok(());
        }
        if let Some((chat, access)) = self.chat.as_ref().zip(zulip.standing().access()) {
            chat.swap(access).await?;
            self.keys = zulip;
            info!("Zulip is asked with other keys from now on");
        }
        Ok(())
    }

    fn apply(&self, started: &Settings, new: Settings) -> Result<()> {
        let of = |changed: Vec<_>, wanted| {
            let wanted = changed.into_iter().filter(move |(_, at)| *at == wanted);
            wanted.map(|(path, _)| path).collect::<Vec<_>>().join(", ")
        };
        let at_once = of(self.settings.get().changed(&new), Applies::AtOnce);
        let later = of(started.changed(&new), Applies::AtRestart);
        self.log.set_level(&new)?;
        self.engine.set_limits(new.for_engine());
        self.doors.set(genkan_server::Settings {
            // Told to clients and in `server.json` already.
            public_url: started.for_doors().public_url,
            ..new.for_doors()
        });
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
