//! `zulip_update_channel`: another name, description or privacy of a channel.

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    acting::{Chat, Who},
    client::Form,
    named::Named,
};
use crate::typed::{About, TypedTool};

/// Changes a channel.
pub(super) struct UpdateChannel(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// By name or id
    channel: Named,
    /// The new name
    #[serde(default)]
    #[schemars(with = "String")]
    name: Option<String>,
    /// The new description
    #[serde(default)]
    #[schemars(with = "String")]
    description: Option<String>,
    /// Whether only those in it see it
    #[serde(default)]
    #[schemars(with = "bool")]
    private: Option<bool>,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    id: u64,
    name: String,
}

#[async_trait]
impl TypedTool for UpdateChannel {
    const ABOUT: About = About {
        name: "zulip_update_channel",
        title: "Change a chat channel",
        description: "Gives a channel another name, description or privacy. Whoever acts must be allowed to administer it.",
        effect: Effect::Changes,
        idempotent: true,
        asks: false,
        permission: ("zulip", Action::Write),
    };
    const IS_FURTHER: bool = true;
    const REACHES_OUT: bool = true;
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let acting = self.0.acting(ctx, arguments.identity)?;
        let (name, description) = (arguments.name, arguments.description);
        if name.is_none() && description.is_none() && arguments.private.is_none() {
            let message = "nothing to change: give `name`, `description` or `private`";
            return Err(Error::new(Code::InvalidArguments, message).into());
        }
        let limits = acting.zulip.limits(&acting.identity).await?;
        let channel = acting.channel(&arguments.channel).await?;
        let mut form = Form::new();
        if let Some(name) = name.as_deref().map(str::trim) {
            limits.check_channel(name)?;
            form = form.text("new_name", name);
        }
        if let Some(description) = description {
            limits.check_description(&description)?;
            form = form.text("description", description);
        }
        if let Some(private) = arguments.private {
            form = form.json("is_private", &private);
        }
        let changed = acting
            .change(Method::PATCH, &["streams", &channel.id.to_string()], form)
            .await;
        acting.forget_channels();
        changed?;
        let id = channel.id;
        let name = name.map_or(channel.name, |name| name.trim().to_owned());
        Ok(Answer { id, name })
    }
}
