//! Which messages a search is about: by words, place, sender and kind, and by time.
//!
//! Tools flatten these into their arguments. What they do not know is refused by their schemas, which
//! are closed, since serde cannot do so beside flattened fields.

use genkan_core::{CallContext, Code, Error, Result};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    acting::Acting,
    named::Named,
    narrow::Narrow,
    when::{self, Moment},
};

// Conditions that all hold. No description, since it would become that of the arguments.
#[derive(Deserialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Filter {
    /// Words that are in them
    #[serde(default)]
    #[schemars(with = "String")]
    query: Option<String>,
    /// By name or id
    #[serde(default)]
    #[schemars(with = "Named")]
    channel: Option<Named>,
    /// Exactly this one
    #[serde(default)]
    #[schemars(with = "String")]
    topic: Option<String>,
    /// By name, e-mail address or id
    #[serde(default)]
    #[schemars(with = "Named")]
    sender: Option<Named>,
    /// Or without, if false
    #[serde(default)]
    #[schemars(with = "bool")]
    has_attachment: Option<bool>,
    /// Likewise
    #[serde(default)]
    #[schemars(with = "bool")]
    has_link: Option<bool>,
    /// Likewise
    #[serde(default)]
    #[schemars(with = "bool")]
    has_image: Option<bool>,
    /// Direct messages
    #[serde(default)]
    #[schemars(with = "bool")]
    is_private: Option<bool>,
    /// Starred by oneself
    #[serde(default)]
    #[schemars(with = "bool")]
    is_starred: Option<bool>,
    /// That mention oneself
    #[serde(default)]
    #[schemars(with = "bool")]
    is_mentioned: Option<bool>,
}

impl Filter {
    /// The same in Zulip's words, with names looked up.
    pub(super) async fn narrow(&self, acting: &Acting) -> Result<Narrow> {
        let mut narrow = Narrow::default();
        if let Some(channel) = &self.channel {
            narrow = narrow.channel(acting.channel(channel).await?.id);
        }
        if let Some(topic) = &self.topic {
            narrow = narrow.topic(topic);
        }
        if let Some(sender) = &self.sender {
            narrow = narrow.sender(acting.user(sender).await?.id);
        }
        let words = self.query.as_deref();
        if let Some(words) = words.filter(|words| !words.trim().is_empty()) {
            narrow = narrow.search(words);
        }
        Ok(narrow
            .flag("has", "attachment", self.has_attachment)
            .flag("has", "link", self.has_link)
            .flag("has", "image", self.has_image)
            .flag("is", "dm", self.is_private)
            .flag("is", "starred", self.is_starred)
            .flag("is", "mentioned", self.is_mentioned))
    }
}

// Likewise: from when on, and until when.
#[derive(Deserialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Window {
    /// Not older
    #[serde(default)]
    #[schemars(with = "u32")]
    last_hours: Option<u32>,
    /// Not older
    #[serde(default)]
    #[schemars(with = "u32")]
    last_days: Option<u32>,
    /// 2026-11-01T08:30:00Z, or seconds since 1970
    #[serde(default)]
    #[schemars(with = "Moment")]
    after_time: Option<Moment>,
    /// Likewise
    #[serde(default)]
    #[schemars(with = "Moment")]
    before_time: Option<Moment>,
}

impl Window {
    /// Both ends, in seconds since 1970.
    pub(super) fn seconds(&self, ctx: &CallContext) -> Result<(Option<i64>, Option<i64>)> {
        let ago = |seconds: u64| when::seconds_ago(ctx, seconds);
        let at = |moment: &Option<Moment>, argument| {
            moment.as_ref().map(|at| at.seconds(argument)).transpose()
        };
        let after = [
            self.last_hours.map(|hours| ago(u64::from(hours) * 3_600)),
            self.last_days.map(|days| ago(u64::from(days) * 86_400)),
            at(&self.after_time, "after_time")?,
        ];
        let after = after.into_iter().flatten().max();
        let before = at(&self.before_time, "before_time")?;
        match after.zip(before) {
            Some((after, before)) if after >= before => {
                let message = "the time ends before it begins";
                Err(Error::new(Code::InvalidArguments, message)
                    .hint("Give a `before_time` that is later than the begin."))
            }
            _ => Ok((after, before)),
        }
    }
}
