//! `zulip_manage_user_group`: a group of users, made, changed or ended.

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    acting::{Acting, Chat, Who},
    action,
    client::Form,
    named::Named,
};
use crate::typed::{About, TypedTool};

/// Changes groups.
pub(super) struct ManageUserGroup(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    action: Act,
    /// To update or delete, by name or id
    #[serde(default)]
    #[schemars(with = "Named")]
    group: Option<Named>,
    #[serde(default)]
    #[schemars(with = "String")]
    name: Option<String>,
    #[serde(default)]
    #[schemars(with = "String")]
    description: Option<String>,
    /// Who comes in, by name or id
    #[serde(default)]
    #[schemars(length(max = 100))]
    add: Vec<Named>,
    /// Who goes
    #[serde(default)]
    #[schemars(length(max = 100))]
    remove: Vec<Named>,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Act {
    Create,
    Update,
    Delete,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    id: u64,
    name: String,
}

#[async_trait]
impl TypedTool for ManageUserGroup {
    const ABOUT: About = About {
        name: "zulip_manage_user_group",
        title: "Change a group of chat users",
        description: "Creates a group of users, changes its name, description and people, or ends it. Whoever acts must be allowed to.",
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
        arguments.check()?;
        let acting = self.0.acting(ctx, arguments.identity)?;
        let add = ids(&acting, &arguments.add).await?;
        let remove = ids(&acting, &arguments.remove).await?;
        if arguments.action == Act::Create {
            let form = arguments.form().json("members", &add);
            let path = ["user_groups", "create"];
            acting.change(Method::POST, &path, form).await?;
        }
        let named = arguments.named();
        let group = acting.group(&named).await?;
        let (id, mut name) = (group.id, group.name);
        match arguments.action {
            Act::Create => {}
            Act::Update => {
                let path = ["user_groups", &id.to_string()];
                if arguments.name.is_some() || arguments.description.is_some() {
                    let form = arguments.form();
                    acting.change(Method::PATCH, &path, form).await?;
                }
                if !add.is_empty() || !remove.is_empty() {
                    let form = Form::new().json("add", &add).json("delete", &remove);
                    let path = [path[0], path[1], "members"];
                    acting.change(Method::POST, &path, form).await?;
                }
                name = arguments.name.unwrap_or(name);
            }
            Act::Delete => end(&acting, &id.to_string()).await?,
        }
        Ok(Answer { id, name })
    }
}

impl Arguments {
    fn check(&self) -> Result<()> {
        let given = [
            ("group", self.group.is_some()),
            ("name", self.name.is_some()),
            ("description", self.description.is_some()),
            ("add", !self.add.is_empty()),
            ("remove", !self.remove.is_empty()),
        ];
        let refuse = |message| Err(Error::new(Code::InvalidArguments, message));
        match self.action {
            Act::Create => action::check("create", &given, &["name"], &["description", "add"])?,
            Act::Update => {
                let possible = ["name", "description", "add", "remove"];
                action::check("update", &given, &["group"], &possible)?;
                if given[1..].iter().all(|(_, is_given)| !is_given) {
                    return refuse("nothing to change: give what is to be other");
                }
            }
            Act::Delete => action::check("delete", &given, &["group"], &[])?,
        }
        match &self.name {
            Some(name) if name.trim() != name => refuse("the name has white space around it"),
            Some(name) if name.is_empty() => refuse("the name is empty"),
            _ => Ok(()),
        }
    }

    /// The group that is meant, or was made just now.
    fn named(&self) -> Named {
        let made = self.name.clone().unwrap_or_default();
        self.group.clone().unwrap_or(Named::Name(made))
    }

    /// Name and description, as far as they are given; a new group needs both.
    fn form(&self) -> Form {
        let mut form = Form::new();
        if let Some(name) = &self.name {
            form = form.text("name", name.clone());
        }
        match &self.description {
            Some(description) => form.text("description", description.clone()),
            None if self.action == Act::Create => form.text("description", ""),
            None => form,
        }
    }
}

async fn ids(acting: &Acting, people: &[Named]) -> Result<Vec<u64>> {
    let mut ids = Vec::new();
    for named in people {
        ids.push(acting.user(named).await?.id);
    }
    Ok(ids)
}

/// Since this level of the API groups are not deleted, but deactivated.
const DEACTIVATED: u32 = 290;

async fn end(acting: &Acting, id: &str) -> Result<()> {
    let limits = acting.zulip.limits(&acting.identity).await?;
    if limits.feature_level >= DEACTIVATED {
        let path = ["user_groups", id, "deactivate"];
        acting.change(Method::POST, &path, Form::new()).await?;
    } else {
        let path = ["user_groups", id];
        acting.change(Method::DELETE, &path, Form::new()).await?;
    }
    Ok(())
}
