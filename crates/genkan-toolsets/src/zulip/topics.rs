//! The topics of a channel.

use genkan_core::{Code, Error, Result};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    acting::Acting,
    client::Form,
    lists::{self, Channel},
    narrow::Narrow,
    walk::{Order, Walk},
};

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

/// A message of a topic, by which Zulip knows it; `None` if there is no such topic.
pub(super) async fn find(acting: &Acting, channel: u64, topic: &str) -> Result<Option<u64>> {
    let narrow = Narrow::default().channel(channel).topic(topic);
    let mut walk = Walk::new(acting, &narrow, Order::Newest, None);
    let page = walk.page(1).await?;
    Ok(page.and_then(|page| Some(page.first()?.id)))
}

/// A message of a topic, which must be there.
pub(super) async fn get(acting: &Acting, channel: &Channel, topic: &str) -> Result<u64> {
    find(acting, channel.id, topic).await?.ok_or_else(|| {
        let message = "there is no such topic in this channel";
        Error::new(Code::NoSuchItem, message).hint("List the topics with zulip_get_channel_topics.")
    })
}

/// Where the messages of a topic go.
#[derive(Default)]
pub(super) struct Move {
    /// The new name.
    pub(super) topic: Option<String>,
    /// The new channel.
    pub(super) channel: Option<u64>,
    /// Whether a message in each place tells of it.
    pub(super) is_told: bool,
}

/// Moves all messages of the topic that this message is in.
pub(super) async fn move_all(acting: &Acting, message: u64, to: Move) -> Result<()> {
    let mut form = Form::new()
        .text("propagate_mode", "change_all")
        .json("send_notification_to_old_thread", &to.is_told)
        .json("send_notification_to_new_thread", &to.is_told);
    if let Some(topic) = to.topic {
        form = form.text("topic", topic);
    }
    if let Some(channel) = to.channel {
        form = form.json("stream_id", &channel);
    }
    let path = ["messages", &message.to_string()];
    acting.change(Method::PATCH, &path, form).await?;
    Ok(())
}
