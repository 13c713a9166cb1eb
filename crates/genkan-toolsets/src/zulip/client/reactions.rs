//! Reactions: what is there already was added, what is gone was removed.

use genkan_core::Result;
use http::Method;

use super::{Form, Identity, Zulip, fault};

/// An emoji, by its name and, where that is not enough, its code and kind.
#[derive(Clone, Debug, Default)]
pub struct Emoji {
    /// Such as `thumbs_up`.
    pub name: String,
    /// The code points, or the id of one that the organisation made.
    pub code: Option<String>,
    /// `unicode_emoji`, `realm_emoji` or `zulip_extra_emoji`.
    pub kind: Option<String>,
}

impl Zulip {
    /// Adds a reaction; `false` if it was there.
    pub async fn add_reaction(
        &self,
        identity: &Identity,
        message: u64,
        emoji: &Emoji,
    ) -> Result<bool> {
        self.react(
            identity,
            Method::POST,
            message,
            emoji,
            "REACTION_ALREADY_EXISTS",
        )
        .await
    }

    /// Takes a reaction away; `false` if it was not there.
    pub async fn remove_reaction(
        &self,
        identity: &Identity,
        message: u64,
        emoji: &Emoji,
    ) -> Result<bool> {
        self.react(
            identity,
            Method::DELETE,
            message,
            emoji,
            "REACTION_DOES_NOT_EXIST",
        )
        .await
    }

    async fn react(
        &self,
        identity: &Identity,
        method: Method,
        message: u64,
        emoji: &Emoji,
        done_already: &str,
    ) -> Result<bool> {
        let path = ["messages", &message.to_string(), "reactions"];
        let mut form = Form::new().text("emoji_name", emoji.name.clone());
        for (name, value) in [("emoji_code", &emoji.code), ("reaction_type", &emoji.kind)] {
            if let Some(value) = value {
                form = form.text(name, value.clone());
            }
        }
        match self.change(identity, method, &path, form).await {
            Ok(_) => Ok(true),
            Err(error) if fault::is(&error, done_already) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
