//! The limits that a server states, so that nothing is sent that it would cut without a word.

use std::{sync::Arc, time::Duration};

use genkan_core::{Code, Error, Result};
use genkan_http::Repeat;
use http::Method;
use moka::future::Cache;
use serde::Deserialize;
use serde_json::Value;

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
    /// The longest description of a channel, in characters.
    #[serde(rename = "max_stream_description_length", default = "description")]
    pub description: usize,
    /// How far the server's API has come: a number that rises with each of its changes.
    #[serde(rename = "zulip_feature_level", default)]
    pub feature_level: u32,
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

const fn description() -> usize {
    1_024
}

const fn file() -> u64 {
    25
}

impl Limits {
    /// Refuses content that Zulip would refuse, or cut without a word.
    pub fn check_content(&self, content: &str) -> Result<()> {
        not_empty("content", content)?;
        within("content", content, self.message)
    }

    /// Refuses a topic that Zulip would replace or cut.
    pub fn check_topic(&self, topic: &str) -> Result<()> {
        not_empty("topic", topic)?;
        within("topic", topic, self.topic)
    }

    /// Refuses a description that no channel can have. It may be empty.
    pub fn check_description(&self, description: &str) -> Result<()> {
        within("description", description, self.description)
    }

    /// Refuses a name that no channel can have.
    pub fn check_channel(&self, name: &str) -> Result<()> {
        not_empty("name", name)?;
        within("name", name, self.channel)
    }
}

fn not_empty(what: &str, text: &str) -> Result<()> {
    match text.trim().is_empty() {
        true => Err(Error::new(
            Code::InvalidArguments,
            format!("the {what} is empty"),
        )),
        false => Ok(()),
    }
}

fn within(what: &str, text: &str, most: usize) -> Result<()> {
    let length = text.chars().count();
    if length <= most {
        return Ok(());
    }
    let message = format!("the {what} has {length} characters; Zulip takes {most}");
    Err(Error::new(Code::TooLarge, message).hint("Send less, or send several messages."))
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
        let told = self.present(identity, &["realm"]).await?;
        Limits::deserialize(told).map_err(Error::internal)
    }

    /// What the server tells of some kinds of things, such as `user_topic`, to whoever begins to
    /// listen: the only way to read some of them.
    pub async fn present(&self, identity: &Identity, kinds: &[&str]) -> Result<Value> {
        let form = Form::new()
            .json("event_types", &kinds)
            .json("fetch_event_types", &kinds);
        // To ask twice does no harm.
        let request = self.filled(Method::POST, &["register"], &form)?;
        let answer = self
            .ask(identity, request.repeat(Repeat::Idempotent))
            .await?;
        told(answer).await
    }
}
