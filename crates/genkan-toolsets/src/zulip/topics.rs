//! The topics of a channel.

use genkan_core::Result;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{acting::Acting, client::Form, lists};

/// A topic.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Topic {
    pub(super) name: String,
    #[serde(alias = "max_id")]
    pub(super) newest_message_id: u64,
}

/// Every topic of a channel, the one with the newest message first.
pub(super) async fn of(acting: &Acting, channel: u64) -> Result<Vec<Topic>> {
    let path = ["users", "me", &channel.to_string(), "topics"];
    let told = acting.get(&path, Form::new()).await?;
    lists::read(&told["topics"])
}
