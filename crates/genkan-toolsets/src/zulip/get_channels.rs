//! `zulip_get_channels`: the channels that there are.

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    acting::{Chat, Who},
    client::Form,
    lists::{self, Channel},
};
use crate::typed::{About, TypedTool};

/// Lists channels.
pub(super) struct GetChannels(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Only those that this identity is in
    #[serde(default)]
    subscribed: bool,
    /// Only names with this in them
    #[serde(default)]
    #[schemars(with = "String")]
    query: Option<String>,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    channels: Vec<Channel>,
}

#[async_trait]
impl TypedTool for GetChannels {
    const ABOUT: About = About {
        name: "zulip_get_channels",
        title: "List chat channels",
        description: "Lists the channels that this identity may see, by name.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("zulip", Action::Read),
    };
    const REACHES_OUT: bool = true;
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let acting = self.0.acting(ctx, arguments.identity)?;
        let mut channels = match arguments.subscribed {
            false => acting.channels().await?.all.clone(),
            true => {
                let query = Form::new().json("include_subscribers", &Value::Bool(false));
                let told = acting.get(&["users", "me", "subscriptions"], query).await?;
                lists::read(&told["subscriptions"])?
            }
        };
        if let Some(query) = arguments.query.map(|query| query.to_lowercase()) {
            channels.retain(|channel| channel.name.to_lowercase().contains(&query));
        }
        Ok(Answer { channels })
    }
}
