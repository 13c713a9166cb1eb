//! `knowledge_update_namespace`: another name or description. All its scopes follow.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Code, Error, Result, Stop, Timestamp, permission::Action, toolset::Effect,
};
use genkan_store::{Store, TenantTx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{change, existing, name::NamespaceName, text, write::write};
use crate::typed::{About, TypedTool};

/// Renames or describes a namespace.
pub(super) struct UpdateNamespace(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    name: String,
    /// 2-64 of a-z, 0-9 and -
    #[serde(default)]
    #[schemars(with = "String")]
    new_name: Option<String>,
    /// 2-64 characters
    #[serde(default)]
    #[schemars(with = "String")]
    description: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    name: String,
    description: String,
}

struct Change {
    name: NamespaceName,
    new_name: Option<NamespaceName>,
    description: Option<String>,
}

#[async_trait]
impl TypedTool for UpdateNamespace {
    const ABOUT: About = About {
        name: "knowledge_update_namespace",
        title: "Update a knowledge namespace",
        description: "Renames or describes a namespace. Everything that refers to it follows at once.",
        effect: Effect::Changes,
        idempotent: true,
        asks: false,
        permission: ("knowledge", Action::Write),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        change::some(
            &[
                arguments.new_name.is_some(),
                arguments.description.is_some(),
            ],
            "`new_name`, `description`",
        )?;
        let change = Change {
            name: NamespaceName::parse("name", &arguments.name)?,
            new_name: arguments
                .new_name
                .map(|name| NamespaceName::parse("new_name", &name))
                .transpose()?,
            description: arguments
                .description
                .map(|text| text::description("description", &text))
                .transpose()?,
        };
        if change.name.is_global()
            && change
                .new_name
                .as_ref()
                .is_some_and(|name| !name.is_global())
        {
            return Err(Error::new(
                Code::Protected,
                "`name`: the namespace `global` cannot be renamed",
            )
            .into());
        }
        let answer = write(&self.0, ctx, change, |tx, change, now| {
            Box::pin(update(tx, change, now))
        })
        .await?;
        Ok(answer)
    }
}

async fn update(tx: &mut TenantTx, change: Arc<Change>, now: Timestamp) -> Result<Answer> {
    let mut namespace = existing::namespace(tx, "name", &change.name).await?;
    if let Some(new_name) = &change.new_name {
        let other = tx.knowledge_find_namespace(new_name.as_str()).await?;
        if other.is_some_and(|other| other.id != namespace.id) {
            let message = format!("`new_name`: the namespace `{new_name}` exists already");
            return Err(Error::new(Code::AlreadyExists, message));
        }
        namespace.name = new_name.to_string();
    }
    if let Some(description) = &change.description {
        namespace.description.clone_from(description);
    }
    tx.knowledge_update_namespace(&namespace, now).await?;
    Ok(Answer {
        name: namespace.name,
        description: namespace.description,
    })
}
