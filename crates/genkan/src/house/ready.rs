//! What must work before requests should come: the store, the way to the other instances, and this
//! instance's place among them. What is only to be known, too: whether all settings on disk and in the store are
//! in force.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use genkan_core::{Code, Error, Result, id::WriterId};
use genkan_server::{Check, Finding};
use genkan_store::{Instances, Meeting, Redis};

use super::{Cellar, House};
use crate::{data_folder::DataFolder, settings::Settings};

/// Whether settings on disk or in the store were refused, so that those before are in force. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct SettingsOnDisk {
    are_refused: Arc<AtomicBool>,
}

impl SettingsOnDisk {
    /// Notes what became of them.
    pub(crate) fn note(&self, are_refused: bool) {
        self.are_refused.store(are_refused, Ordering::Relaxed);
    }

    /// What `/ready` says of them. Anybody may ask, so no file, line or value.
    fn check(&self) -> Check {
        let on_disk = self.clone();
        Check::new("settings", move || {
            let are_refused = on_disk.are_refused.load(Ordering::Relaxed);
            async move {
                if !are_refused {
                    return Ok(Finding::Healthy);
                }
                let message = "settings on disk or in the store are wrong; in their place those before stay in force";
                let hint = "`genkan validate-config` names file, line and key; where it finds nothing, \
                            `genkan doctor` names the key of Zulip that does not open it.";
                let error = Error::new(Code::ConfigInvalid, message).hint(hint);
                Ok(Finding::Degraded(error))
            }
        })
    }
}

impl Cellar {
    /// The way to Redis, if there is to be one.
    pub(super) fn redis(&self, settings: &Settings) -> Result<Option<Redis>> {
        let instance = WriterId::generate(&*self.clock, &*self.random);
        let options = settings.for_redis(self.master.id(), instance.as_str().to_owned());
        let redis = options.map(|options| Redis::start(options, &self.lifecycle));
        redis.transpose()
    }
}

impl House {
    /// Serves the store from now on, beside other instances or alone: `/ready` tells whether it may.
    pub(crate) async fn join(&mut self, settings: &Settings, folder: &DataFolder) -> Result<()> {
        let location = settings.store.location(&folder.database())?;
        let meeting = match self.redis {
            Some(_) => Meeting::AtRedis,
            None => Meeting::Nowhere,
        };
        self.instances = Instances::join(&location, meeting, &self.cellar.lifecycle).await;
        Ok(())
    }

    /// What must work before requests should come.
    pub(super) fn ready(&self) -> Vec<Check> {
        let store = self.cellar.store.clone();
        let database = Check::new("database", move || {
            let store = store.clone();
            async move { store.check().await.map(|()| Finding::Healthy) }
        });
        let redis = self.redis.clone();
        let redis = Check::new("redis", move || {
            let redis = redis.clone();
            async move {
                let Some(redis) = redis else {
                    return Ok(Finding::NotConfigured);
                };
                let checked = redis.check().await;
                Ok(checked.map_or_else(Finding::Degraded, |()| Finding::Healthy))
            }
        });
        let instances = self.instances.clone().map(|instances| {
            Check::new("instances", move || {
                let checked = instances.check();
                async move { checked.map(|()| Finding::Healthy) }
            })
        });
        let checks = [database, redis, self.on_disk.check()];
        checks.into_iter().chain(instances).collect()
    }
}
