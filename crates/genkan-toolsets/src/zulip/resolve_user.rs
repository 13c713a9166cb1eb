//! `zulip_resolve_user`: who is meant by a name.

use super::{
    acting::{Chat, Who},
    lists::User,
    named::{Meant, Named},
};
use crate::typed::{About, TypedTool};
use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Finds a user.
pub(super) struct ResolveUser(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// A name or a part of it, an e-mail address or an id
    name: Named,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    /// Absent if nobody or several are meant
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "User")]
    user: Option<User>,
    /// Who else may be meant
    candidates: Vec<User>,
}

#[async_trait]
impl TypedTool for ResolveUser {
    const ABOUT: About = About {
        name: "zulip_resolve_user",
        title: "Find a user by name",
        description: "Finds who is meant by a name, also a part of it or one misspelt. If several may be meant, they are candidates, and none is chosen.",
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
        let (user, mut candidates) = match acting.meant(&arguments.name).await? {
            Meant::One(user) => (Some(user), Vec::new()),
            Meant::Several(several) => (None, several),
        };
        candidates.truncate(MOST);
        Ok(Answer { user, candidates })
    }
}

/// How many candidates are told.
const MOST: usize = 20;
