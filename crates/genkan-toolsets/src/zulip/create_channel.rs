//! `zulip_create_channel`: a new channel.

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    acting::{Chat, Who},
    client::Form,
    named::Named,
};
use crate::typed::{About, TypedTool};

/// Makes a channel.
pub(super) struct CreateChannel(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Up to 60 characters
    name: String,
    /// What it is for
    #[serde(default)]
    description: String,
    /// Whether only those in it see it
    #[serde(default)]
    private: bool,
    /// Who is put into it beside oneself, by name or id
    #[serde(default)]
    users: Vec<Named>,
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
impl TypedTool for CreateChannel {
    const ABOUT: About = About {
        name: "zulip_create_channel",
        title: "Create a chat channel",
        description: "Makes a channel and subscribes oneself and the given people. A channel of that name must not be there yet.",
        effect: Effect::Adds,
        idempotent: false,
        asks: false,
        permission: ("zulip", Action::Write),
    };
    const IS_FURTHER: bool = true;
    const REACHES_OUT: bool = true;
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let acting = self.0.acting(ctx, arguments.identity)?;
        let name = arguments.name.trim().to_owned();
        let limits = acting.zulip.limits(&acting.identity).await?;
        limits.check_channel(&name)?;
        limits.check_description(&arguments.description)?;
        let known = acting.newer_channels().await?;
        let wanted = name.to_lowercase();
        if known
            .all
            .iter()
            .any(|known| known.name.to_lowercase() == wanted)
        {
            let message = "a channel of this name is there already";
            return Err(Error::new(Code::AlreadyExists, message).into());
        }
        let mut form = Form::new()
            .json(
                "subscriptions",
                &[json!({ "name": name, "description": arguments.description })],
            )
            .json("invite_only", &arguments.private);
        if !arguments.users.is_empty() {
            let own = acting.zulip.own_user(&acting.identity).await?;
            let mut people = vec![own["user_id"].as_u64().unwrap_or_default()];
            for named in &arguments.users {
                people.push(acting.user(named).await?.id);
            }
            form = form.json("principals", &people);
        }
        let made = acting
            .change(Method::POST, &["users", "me", "subscriptions"], form)
            .await;
        acting.forget_channels();
        made?;
        let query = Form::new().text("stream", name.clone());
        let told = acting.get(&["get_stream_id"], query).await?;
        let id = told["stream_id"].as_u64();
        let id = id.ok_or_else(|| Error::new(Code::OutcomeUnknown, "Zulip told no id"))?;
        Ok(Answer { id, name })
    }
}
