//! `zulip_subscribe`: oneself or others put into channels.

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    acting::{Chat, Who},
    client::Form,
    named::Named,
    subscribing,
};
use crate::typed::{About, TypedTool};

/// Subscribes to channels.
pub(super) struct Subscribe(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Which, by name or id
    #[schemars(length(min = 1, max = 100))]
    channels: Vec<Named>,
    /// Who, if not oneself
    #[serde(default)]
    #[schemars(length(max = 100))]
    users: Vec<Named>,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    subscribed: Vec<String>,
    already_subscribed: Vec<String>,
    not_allowed: Vec<String>,
}

#[async_trait]
impl TypedTool for Subscribe {
    const ABOUT: About = About {
        name: "zulip_subscribe",
        title: "Subscribe to chat channels",
        description: "Puts oneself, or the given people, into channels that are there already.",
        effect: Effect::Adds,
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
        let names: Vec<_> = names.iter().map(|name| json!({ "name": name })).collect();
        let mut form = Form::new()
            .json("subscriptions", &names)
            .json("authorization_errors_fatal", &false);
        if !arguments.users.is_empty() {
            let mut people = Vec::new();
            for named in &arguments.users {
                people.push(acting.user(named).await?.id);
            }
            form = form.json("principals", &people);
        }
        let told = acting
            .change(Method::POST, &["users", "me", "subscriptions"], form)
            .await?;
        Ok(Answer {
            subscribed: subscribing::of_people(&told["subscribed"]),
            already_subscribed: subscribing::of_people(&told["already_subscribed"]),
            not_allowed: subscribing::list(&told["unauthorized"]),
        })
    }
}
