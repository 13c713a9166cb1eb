//! `zulip_mute_user`: somebody whom one does not want to hear.

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    acting::{Chat, Who},
    client::Form,
    named::Named,
};
use crate::typed::{About, TypedTool};

/// Mutes a user.
pub(super) struct MuteUser(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// By name, e-mail address or id
    user: Named,
    /// Or heard again, if false
    #[serde(default = "yes")]
    muted: bool,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

const fn yes() -> bool {
    true
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    id: u64,
    name: String,
}

#[async_trait]
impl TypedTool for MuteUser {
    const ABOUT: About = About {
        name: "zulip_mute_user",
        title: "Mute a chat user",
        description: "Hides what a user writes from oneself, or shows it again.",
        effect: Effect::Changes,
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
        let user = acting.user(&arguments.user).await?;
        let method = if arguments.muted {
            Method::POST
        } else {
            Method::DELETE
        };
        let path = ["users", "me", "muted_users", &user.id.to_string()];
        acting.change(method, &path, Form::new()).await?;
        let (id, name) = (user.id, user.name);
        Ok(Answer { id, name })
    }
}
