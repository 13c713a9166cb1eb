//! What must work before requests should come: the store, the way to the other instances, and this
//! instance's place among them.

use genkan_core::{Result, id::WriterId};
use genkan_server::{Check, Finding};
use genkan_store::{Instances, Meeting, Redis};

use super::{Cellar, House};
use crate::{data_folder::DataFolder, settings::Settings};

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
        [database, redis].into_iter().chain(instances).collect()
    }
}
