//! Reactions: what is there already was added, what is gone was removed.

use genkan_core::Result;
use http::Method;

use super::{Form, Identity, Zulip, fault};

impl Zulip {
    /// Adds a reaction; `false` if it was there.
    pub async fn add_reaction(
        &self,
        identity: &Identity,
        message: u64,
        emoji: &str,
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
        emoji: &str,
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
        emoji: &str,
        done_already: &str,
    ) -> Result<bool> {
        let path = ["messages", &message.to_string(), "reactions"];
        let form = Form::new().text("emoji_name", emoji);
        match self.change(identity, method, &path, form).await {
            Ok(_) => Ok(true),
            Err(error) if fault::is(&error, done_already) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
