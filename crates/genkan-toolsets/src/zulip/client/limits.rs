//! The limits that a server states, so that nothing is sent that it would cut without a word.

use std::{sync::Arc, time::Duration};

use genkan_core::{Error, Result};
use genkan_http::Repeat;
use http::Method;
use moka::future::Cache;
use serde::Deserialize;

use super::{Form, Identity, Zulip, told};

/// How long they are believed.
const BELIEVED: Duration = Duration::from_secs(3_600);

/// Limits by who asked for them.
pub(super) type LimitsCache = Cache<String, Limits>;

pub(super) fn cache() -> LimitsCache {
    Cache::builder()
        .max_capacity(1_000)
        .time_to_live(BELIEVED)
        .build()
}

/// What `POST /register` says of lengths. Servers that say nothing have had these for years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Limits {
    /// The longest message, in characters.
    #[serde(rename = "max_message_length", default = "message")]
    pub message: usize,
    /// The longest topic, in characters.
    #[serde(rename = "max_topic_length", default = "name")]
    pub topic: usize,
    /// The longest name of a channel, in characters.
    #[serde(rename = "max_stream_name_length", default = "name")]
    pub channel: usize,
    /// The largest file, in units of 1,048,576 bytes.
    #[serde(rename = "max_file_upload_size_mib", default = "file")]
    pub file_mib: u64,
}

const fn message() -> usize {
    10_000
}

const fn name() -> usize {
    60
}

const fn file() -> u64 {
    25
}

impl Zulip {
    /// The server's limits, asked for at most once an hour.
    pub async fn limits(&self, identity: &Identity) -> Result<Limits> {
        let asked = self
            .limits
            .try_get_with(identity.email.clone(), self.ask_limits(identity));
        asked.await.map_err(|error: Arc<Error>| error.again())
    }

    async fn ask_limits(&self, identity: &Identity) -> Result<Limits> {
        let form = Form::new()
            .json("event_types", &["realm"])
            .json("fetch_event_types", &["realm"]);
        // To ask twice does no harm.
        let request = self.filled(Method::POST, &["register"], &form)?;
        let answer = self
            .ask(identity, request.repeat(Repeat::Idempotent))
            .await?;
        Limits::deserialize(told(answer).await?).map_err(Error::internal)
    }
}
