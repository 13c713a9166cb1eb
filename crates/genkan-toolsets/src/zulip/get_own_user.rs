//! `zulip_get_own_user`: in whose name calls go out.

use super::{
    acting::{Chat, Who},
    lists::User,
};
use crate::typed::{About, TypedTool};
use async_trait::async_trait;
use genkan_core::{CallContext, Error, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Tells who acts.
pub(super) struct GetOwnUser(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    user: User,
}

#[async_trait]
impl TypedTool for GetOwnUser {
    const ABOUT: About = About {
        name: "zulip_get_own_user",
        title: "Show the own chat user",
        description: "Shows the user, or the bot, in whose name calls go out.",
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
        let told = acting.zulip.own_user(&acting.identity).await?;
        let user = User::deserialize(&told).map_err(Error::internal)?;
        Ok(Answer { user })
    }
}
