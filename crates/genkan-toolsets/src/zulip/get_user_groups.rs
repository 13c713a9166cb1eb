//! `zulip_get_user_groups`: groups of users, and who is in one.

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    acting::{Chat, Who},
    client::Form,
    groups,
    lists::{self, User},
    named::Named,
};
use crate::typed::{About, TypedTool};

/// Lists groups.
pub(super) struct GetUserGroups(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Only this one, by name or id, with its people
    #[serde(default)]
    #[schemars(with = "Named")]
    group: Option<Named>,
    /// With Zulip's own, such as all administrators
    #[serde(default)]
    include_system: bool,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    groups: Vec<Group>,
    /// Who is in the group, also through groups within it
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<User>")]
    people: Option<Vec<User>>,
}

/// A group.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Group {
    id: u64,
    name: String,
    description: String,
    /// Without groups within it
    members: usize,
    system: bool,
}

impl From<groups::Group> for Group {
    fn from(group: groups::Group) -> Self {
        Self {
            id: group.id,
            name: group.name,
            description: group.description,
            members: group.members.len(),
            system: group.is_system_group,
        }
    }
}

#[async_trait]
impl TypedTool for GetUserGroups {
    const ABOUT: About = About {
        name: "zulip_get_user_groups",
        title: "List groups of chat users",
        description: "Lists the groups of users, or one of them with its people.",
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
        let Some(named) = &arguments.group else {
            let all = acting.groups().await?.into_iter();
            let meant = all.filter(|group| arguments.include_system || !group.is_system_group);
            let groups = meant.map(Group::from).collect();
            let people = None;
            return Ok(Answer { groups, people });
        };
        let group = acting.group(named).await?;
        let path = ["user_groups", &group.id.to_string(), "members"];
        let told = acting.get(&path, Form::new()).await?;
        let ids: Vec<u64> = lists::read(&told["members"])?;
        let known = acting.users().await?;
        let is_in = |user: &&User| ids.contains(&user.id);
        let people = known.all.iter().filter(is_in).cloned().collect();
        let groups = vec![group.into()];
        let people = Some(people);
        Ok(Answer { groups, people })
    }
}
