//! `zulip_server_info`: which Zulip it is and what it allows.

use super::{
    acting::{Chat, Who},
    client::Form,
};
use crate::typed::{About, TypedTool};
use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Describes the server.
pub(super) struct ServerInfo(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    organisation: String,
    version: String,
    feature_level: u64,
    max_message_characters: usize,
    max_topic_characters: usize,
    max_channel_name_characters: usize,
    max_file_mib: u64,
}

#[async_trait]
impl TypedTool for ServerInfo {
    const ABOUT: About = About {
        name: "zulip_server_info",
        title: "Describe the chat server",
        description: "Tells which version of Zulip answers, for which organisation, and how long messages, topics, names and files may be.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("zulip", Action::Read),
    };
    const IS_FURTHER: bool = true;
    const REACHES_OUT: bool = true;
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let acting = self.0.acting(ctx, arguments.identity)?;
        let told = acting.get(&["server_settings"], Form::new()).await?;
        let limits = acting.zulip.limits(&acting.identity).await?;
        let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
        Ok(Answer {
            organisation: text("realm_name"),
            version: text("zulip_version"),
            feature_level: told["zulip_feature_level"].as_u64().unwrap_or_default(),
            max_message_characters: limits.message,
            max_topic_characters: limits.topic,
            max_channel_name_characters: limits.channel,
            max_file_mib: limits.file_mib,
        })
    }
}
