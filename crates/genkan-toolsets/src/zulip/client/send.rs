//! Sending a message: lengths checked before, looked for when the answer is lost, never sent twice.

use genkan_core::{Code, Error, Result};
use http::Method;
use serde_json::{Value, json};

use super::{Form, Identity, Zulip};

/// How many of the newest messages are looked through for one whose answer was lost.
const LOOKED_THROUGH: u32 = 50;

/// A found message may be as much older than the request as the clocks may differ, in seconds.
const CLOCKS_DIFFER: i64 = 120;

/// To whom a message goes.
#[derive(Clone, Debug)]
pub enum Recipient {
    /// A channel, by name or by id as Zulip takes both, and a topic in it.
    Channel {
        /// The channel.
        channel: Value,
        /// The topic.
        topic: String,
    },
    /// People, by id.
    Direct(Vec<u64>),
}

/// A message to send.
#[derive(Clone, Debug)]
pub struct Message {
    /// To whom.
    pub recipient: Recipient,
    /// The Markdown, which passes as it is.
    pub content: String,
}

impl Zulip {
    /// Sends a message and returns its id.
    ///
    /// When the answer is lost, the message is looked for: if it is there, it was sent. If it is not,
    /// the code is `outcome_unknown`.
    pub async fn send(&self, identity: &Identity, message: &Message) -> Result<u64> {
        self.check(identity, message).await?;
        let began = self.clock.now().as_millis() / 1_000;
        let sent = self.change(identity, Method::POST, &["messages"], form(message));
        match sent.await {
            Ok(told) => {
                let id = told["id"].as_u64();
                let id = id.ok_or_else(|| Error::new(Code::OutcomeUnknown, "Zulip told no id"))?;
                self.claims.claim(id);
                Ok(id)
            }
            Err(error) if error.code() == Code::OutcomeUnknown => {
                match self.find_sent(identity, message, began).await {
                    Ok(Some(id)) => Ok(id),
                    _ => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Refuses what Zulip would refuse, or cut without a word.
    async fn check(&self, identity: &Identity, message: &Message) -> Result<()> {
        let limits = self.limits(identity).await?;
        limits.check_content(&message.content)?;
        match &message.recipient {
            Recipient::Channel { topic, .. } => limits.check_topic(topic),
            Recipient::Direct(_) => Ok(()),
        }
    }

    /// The newest own message with this content and recipient, of now, that no other call sent.
    async fn find_sent(
        &self,
        identity: &Identity,
        message: &Message,
        began: i64,
    ) -> Result<Option<u64>> {
        let mut narrow = vec![json!({ "operator": "sender", "operand": identity.email })];
        match &message.recipient {
            Recipient::Channel { channel, topic } => {
                // Servers of every version know `stream`.
                narrow.push(json!({ "operator": "stream", "operand": channel }));
                narrow.push(json!({ "operator": "topic", "operand": topic }));
            }
            Recipient::Direct(people) => {
                narrow.push(json!({ "operator": "dm", "operand": people }));
            }
        }
        let query = Form::new()
            .text("anchor", "newest")
            .json("num_before", &LOOKED_THROUGH)
            .json("num_after", &0)
            .json("apply_markdown", &false)
            .json("narrow", &narrow);
        let told = self.get(identity, &["messages"], query).await?;
        let found = told["messages"].as_array().map(Vec::as_slice);
        // Zulip takes white space at the end away, and empty lines at the begin.
        let kept = message.content.trim_end().trim_start_matches('\n');
        let same = found.unwrap_or_default().iter().filter(|found| {
            found["content"].as_str() == Some(kept)
                && found["timestamp"]
                    .as_i64()
                    .is_some_and(|sent| sent >= began - CLOCKS_DIFFER)
        });
        let ids = same.filter_map(|found| found["id"].as_u64());
        Ok(ids.rev().find(|id| self.claims.claim(*id)))
    }
}

fn form(message: &Message) -> Form {
    let form = Form::new().text("content", message.content.clone());
    match &message.recipient {
        Recipient::Channel { channel, topic } => form
            .text("type", "stream")
            .json("to", channel)
            .text("topic", topic.clone()),
        Recipient::Direct(people) => form.text("type", "private").json("to", people),
    }
}
