//! `zulip_get_user_presence`: whether somebody is there.

use super::{
    acting::{Chat, Who},
    client::Form,
    named::Named,
    presence::{self, Presence},
    when,
};
use crate::typed::{About, TypedTool};
use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Tells whether somebody is there.
pub(super) struct GetUserPresence(pub(super) Chat);

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
    presence: Presence,
    /// RFC 3339, UTC
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    last_seen: Option<String>,
}

#[async_trait]
impl TypedTool for GetUserPresence {
    const ABOUT: About = About {
        name: "zulip_get_user_presence",
        title: "Show whether a user is there",
        description: "Tells whether a user is active, idle or offline, and when they were last seen. Bots have no presence.",
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
        let path = ["users", &user.id.to_string(), "presence"];
        let told = acting.get(&path, Form::new()).await?;
        let (presence, seen) = presence::read(ctx, &told["presence"]);
        Ok(Answer {
            name: user.name,
            id: user.id,
            presence,
            last_seen: seen.map(when::shown),
        })
    }
}
