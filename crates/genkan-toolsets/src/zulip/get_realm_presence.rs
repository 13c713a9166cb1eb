//! `zulip_get_realm_presence`: who of the organisation is there.

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    acting::{Chat, Who},
    client::Form,
    presence::{self, Presence},
    when,
};
use crate::typed::{About, TypedTool};

/// Lists who is there.
pub(super) struct GetRealmPresence(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// With those who are offline
    #[serde(default)]
    include_offline: bool,
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
    /// Active ones first
    users: Vec<Seen>,
    total: usize,
}

/// Somebody.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Seen {
    name: String,
    id: u64,
    presence: Presence,
    /// RFC 3339, UTC
    last_seen: String,
}

#[async_trait]
impl TypedTool for GetRealmPresence {
    const ABOUT: About = About {
        name: "zulip_get_realm_presence",
        title: "List who is there",
        description: "Lists who of the organisation is active or idle, and when they were last seen.",
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
        if !(1..=1_000).contains(&arguments.limit) {
            let message = "`limit` is from 1 to 1000";
            return Err(Error::new(Code::InvalidArguments, message).into());
        }
        let told = acting.get(&["realm", "presence"], Form::new()).await?;
        let known = acting.users().await?;
        let seen = known.all.iter().filter_map(|user| {
            let (presence, at) = presence::read(ctx, &told["presences"][&user.email]);
            let is_meant = arguments.include_offline || presence != Presence::Offline;
            is_meant.then_some(Seen {
                name: user.name.clone(),
                id: user.id,
                presence,
                last_seen: when::shown(at?),
            })
        });
        let mut users: Vec<Seen> = seen.collect();
        users.sort_by(|a, b| (a.presence, &a.name, a.id).cmp(&(b.presence, &b.name, b.id)));
        let total = users.len();
        users.truncate(arguments.limit);
        Ok(Answer { users, total })
    }
}
