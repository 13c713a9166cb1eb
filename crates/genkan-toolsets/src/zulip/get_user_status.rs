//! `zulip_get_user_status`: what somebody says of themself.

use super::{
    acting::{Chat, Who},
    client::Form,
    named::Named,
};
use crate::typed::{About, TypedTool};
use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Shows a status.
pub(super) struct GetUserStatus(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// By name, e-mail address or id
    user: Named,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    name: String,
    id: u64,
    /// Empty if there is none
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    emoji_name: Option<String>,
}

#[async_trait]
impl TypedTool for GetUserStatus {
    const ABOUT: About = About {
        name: "zulip_get_user_status",
        title: "Show the status of a user",
        description: "Shows the status that a user has set: a text, an emoji, or neither.",
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
        let user = acting.user(&arguments.user).await?;
        let id = user.id.to_string();
        let limits = acting.zulip.limits(&acting.identity).await?;
        let told = if limits.feature_level >= ASKED_ONE_BY_ONE {
            let path = ["users", &id, "status"];
            acting.get(&path, Form::new()).await?["status"].take()
        } else {
            let identity = &acting.identity;
            let mut told = acting.zulip.present(identity, &["user_status"]).await?;
            told["user_status"][&id].take()
        };
        let text = |name: &str| Some(told[name].as_str()?.to_owned()).filter(|it| !it.is_empty());
        Ok(Answer {
            name: user.name,
            id: user.id,
            text: text("status_text").unwrap_or_default(),
            emoji_name: text("emoji_name"),
        })
    }
}

/// Since this level of the API a status can be asked for alone.
const ASKED_ONE_BY_ONE: u32 = 262;
