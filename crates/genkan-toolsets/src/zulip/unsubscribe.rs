//! `zulip_unsubscribe`: out of channels.

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    acting::{Chat, Who},
    client::Form,
    named::Named,
    subscribing,
};
use crate::typed::{About, TypedTool};

/// Unsubscribes from channels.
pub(super) struct Unsubscribe(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Which, by name or id
    #[schemars(length(min = 1, max = 100))]
    channels: Vec<Named>,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    unsubscribed: Vec<String>,
    not_subscribed: Vec<String>,
}

#[async_trait]
impl TypedTool for Unsubscribe {
    const ABOUT: About = About {
        name: "zulip_unsubscribe",
        title: "Unsubscribe from channels",
        description: "Takes oneself out of channels.",
        effect: Effect::Changes,
        idempotent: true,
        asks: false,
        permission: ("zulip", Action::Write),
    };
    const REACHES_OUT: bool = true;
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let acting = self.0.acting(ctx, arguments.identity)?;
        let names = subscribing::names(&acting, &arguments.channels).await?;
        let form = Form::new().json("subscriptions", &names);
        let told = acting
            .change(Method::DELETE, &["users", "me", "subscriptions"], form)
            .await?;
        Ok(Answer {
            unsubscribed: subscribing::list(&told["removed"]),
            not_subscribed: subscribing::list(&told["not_removed"]),
        })
    }
}
