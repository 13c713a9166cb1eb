//! Channels and users as an identity sees them, kept for a while, asked for once however many wait.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use genkan_core::{Error, Result};
use moka::future::Cache;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{acting::Acting, client::Form};

/// How long channels are believed.
const CHANNELS: Duration = Duration::from_secs(600);
/// How long users are believed.
const USERS: Duration = Duration::from_secs(900);
/// A list as fresh as this is not asked for again for a name that is not in it.
const FRESH: Duration = Duration::from_secs(10);

/// A channel, as answers show it.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Channel {
    #[serde(alias = "stream_id")]
    pub(super) id: u64,
    pub(super) name: String,
    #[serde(default)]
    pub(super) description: String,
    #[serde(alias = "invite_only", default)]
    pub(super) private: bool,
}

/// A user, as answers show it.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct User {
    #[serde(alias = "user_id")]
    pub(super) id: u64,
    #[serde(alias = "full_name")]
    pub(super) name: String,
    pub(super) email: String,
    #[serde(alias = "is_bot", default)]
    pub(super) bot: bool,
    #[serde(alias = "is_active", default = "yes")]
    pub(super) active: bool,
}

const fn yes() -> bool {
    true
}

/// A list and when it was asked for.
pub(super) struct Kept<T> {
    pub(super) all: Vec<T>,
    asked: Instant,
}

impl<T> Kept<T> {
    /// Whether asking again would only cost.
    pub(super) fn is_fresh(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.asked) < FRESH
    }
}

/// The lists by whose they are.
pub(super) struct Lists {
    channels: Cache<String, Arc<Kept<Channel>>>,
    users: Cache<String, Arc<Kept<User>>>,
}

impl Default for Lists {
    fn default() -> Self {
        Self {
            channels: Cache::builder()
                .max_capacity(100)
                .time_to_live(CHANNELS)
                .build(),
            users: Cache::builder()
                .max_capacity(100)
                .time_to_live(USERS)
                .build(),
        }
    }
}

impl Acting {
    /// The channels that this identity may see, by name.
    pub(super) async fn channels(&self) -> Result<Arc<Kept<Channel>>> {
        let email = self.identity.email.clone();
        let kept = &self.lists.channels;
        let asked = kept.try_get_with(email, self.ask_channels()).await;
        asked.map_err(|error: Arc<Error>| error.again())
    }

    /// The users of the organisation, by name.
    pub(super) async fn users(&self) -> Result<Arc<Kept<User>>> {
        let email = self.identity.email.clone();
        let kept = &self.lists.users;
        let asked = kept.try_get_with(email, self.ask_users()).await;
        asked.map_err(|error: Arc<Error>| error.again())
    }

    /// Forgets the channels, since a call changed them.
    pub(super) fn forget_channels(&self) {
        self.lists.channels.invalidate_all();
    }

    /// The channels anew, unless they were asked for just now.
    pub(super) async fn newer_channels(&self) -> Result<Arc<Kept<Channel>>> {
        let known = self.channels().await?;
        if known.is_fresh(self.zulip.now()) {
            return Ok(known);
        }
        self.lists.channels.invalidate(&self.identity.email).await;
        self.channels().await
    }

    /// The users anew, unless they were asked for just now.
    pub(super) async fn newer_users(&self) -> Result<Arc<Kept<User>>> {
        let known = self.users().await?;
        if known.is_fresh(self.zulip.now()) {
            return Ok(known);
        }
        self.lists.users.invalidate(&self.identity.email).await;
        self.users().await
    }

    async fn ask_channels(&self) -> Result<Arc<Kept<Channel>>> {
        let told = self.get(&["streams"], Form::new()).await?;
        let mut all: Vec<Channel> = read(&told["streams"])?;
        all.sort_by(|a, b| a.name.cmp(&b.name));
        let asked = self.zulip.now();
        Ok(Arc::new(Kept { all, asked }))
    }

    async fn ask_users(&self) -> Result<Arc<Kept<User>>> {
        let told = self.get(&["users"], Form::new()).await?;
        let mut all: Vec<User> = read(&told["members"])?;
        all.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        let asked = self.zulip.now();
        Ok(Arc::new(Kept { all, asked }))
    }
}

/// A list in Zulip's form.
pub(super) fn read<T: for<'a> Deserialize<'a>>(told: &Value) -> Result<Vec<T>> {
    Vec::deserialize(told).map_err(Error::internal)
}
