//! `zulip_get_users`: who is in the organisation.

use super::{
    acting::{Chat, Who},
    lists::User,
};
use crate::typed::{About, TypedTool};
use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Lists users.
pub(super) struct GetUsers(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Only names and addresses with this in them
    #[serde(default)]
    #[schemars(with = "String")]
    query: Option<String>,
    /// Without bots
    #[serde(default)]
    people_only: bool,
    /// With those who are deactivated
    #[serde(default)]
    include_inactive: bool,
    /// How many
    #[serde(default = "hundred")]
    #[schemars(range(min = 1, max = 1000))]
    limit: usize,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

const fn hundred() -> usize {
    100
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    users: Vec<User>,
    total: usize,
}

#[async_trait]
impl TypedTool for GetUsers {
    const ABOUT: About = About {
        name: "zulip_get_users",
        title: "List chat users",
        description: "Lists the users of the organisation by name, bots among them.",
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
        if !(1..=1_000).contains(&arguments.limit) {
            let message = "`limit` is from 1 to 1000";
            return Err(Error::new(Code::InvalidArguments, message).into());
        }
        let query = arguments.query.unwrap_or_default().to_lowercase();
        let is_meant = |user: &&User| {
            (user.active || arguments.include_inactive)
                && !(user.bot && arguments.people_only)
                && [&user.name, &user.email]
                    .iter()
                    .any(|text| text.to_lowercase().contains(&query))
        };
        let known = acting.users().await?;
        let meant = || known.all.iter().filter(is_meant);
        let users = meant().take(arguments.limit).cloned().collect();
        let total = meant().count();
        Ok(Answer { users, total })
    }
}
