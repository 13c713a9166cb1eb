//! `knowledge_update_scope`: another name, namespace, description or other parents.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Code, Error, Result, Stop, Timestamp, permission::Action, toolset::Effect,
};
use genkan_store::{
    Store, TenantTx,
    knowledge::{NewScope, Scope},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    change, existing,
    name::{NamespaceName, ScopeName},
    parents, text,
    write::write,
};
use crate::typed::{About, TypedTool};

/// Renames, moves or describes a scope, or changes what it inherits from.
pub(super) struct UpdateScope(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// namespace:scope
    scope: String,
    /// namespace:scope
    #[serde(default)]
    #[schemars(with = "String")]
    new_scope: Option<String>,
    /// 2-64 characters
    #[serde(default)]
    #[schemars(with = "String")]
    description: Option<String>,
    /// Replaces all parents
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    parents: Option<Vec<String>>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    scope: String,
    description: String,
    parents: Vec<String>,
}

struct Change {
    name: ScopeName,
    new_name: Option<(NamespaceName, ScopeName)>,
    description: Option<String>,
    parents: Option<Vec<ScopeName>>,
}

#[async_trait]
impl TypedTool for UpdateScope {
    const ABOUT: About = About {
        name: "knowledge_update_scope",
        title: "Update a knowledge scope",
        description: "Renames, moves or describes a scope, or replaces what it inherits from. Its entries and \
                      everything that refers to it follow at once.",
        effect: Effect::Changes,
        idempotent: true,
        asks: false,
        permission: ("knowledge", Action::Write),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let change = read(arguments)?;
        let answer = write(&self.0, ctx, change, |tx, change, now| {
            Box::pin(update(tx, change, now))
        })
        .await?;
        Ok(answer)
    }
}

fn read(arguments: Arguments) -> Result<Change> {
    let given = [
        arguments.new_scope.is_some(),
        arguments.description.is_some(),
        arguments.parents.is_some(),
    ];
    change::some(&given, "`new_scope`, `description`, `parents`")?;
    let name = ScopeName::parse("scope", &arguments.scope)?;
    let new_name = match arguments.new_scope {
        None => None,
        Some(text) => {
            let name = ScopeName::parse("new_scope", &text)?;
            Some((NamespaceName::parse("new_scope", &name.namespace)?, name))
        }
    };
    let parents = arguments
        .parents
        .map(|parents| parents::parse(&parents))
        .transpose()?;
    if name.is_default()
        && new_name
            .as_ref()
            .is_some_and(|(_, new_name)| *new_name != name)
    {
        return Err(Error::new(
            Code::Protected,
            format!("`scope`: the default scope `{name}` cannot be renamed"),
        ));
    }
    if name.is_default() && parents.as_ref().is_some_and(|parents| !parents.is_empty()) {
        let message =
            format!("`parents`: the default scope `{name}` inherits from `global:default` alone");
        return Err(Error::new(Code::Protected, message));
    }
    let description = arguments
        .description
        .map(|text| text::description("description", &text))
        .transpose()?;
    Ok(Change {
        name,
        new_name,
        description,
        parents,
    })
}

async fn update(tx: &mut TenantTx, change: Arc<Change>, now: Timestamp) -> Result<Answer> {
    let mut scope = existing::scope(tx, "scope", &change.name).await?;
    if let Some((namespace, new_name)) = &change.new_name {
        rename(tx, &mut scope, namespace, new_name).await?;
    }
    if let Some(description) = &change.description {
        scope.description.clone_from(description);
    }
    let changed = NewScope {
        id: &scope.id,
        namespace_id: &scope.namespace_id,
        name: &scope.name,
        description: &scope.description,
    };
    tx.knowledge_update_scope(changed, now).await?;
    if let Some(parents) = &change.parents {
        let name = change
            .new_name
            .as_ref()
            .map_or(&change.name, |(_, name)| name);
        parents::set(tx, &scope.id, name, parents).await?;
    }
    let parents = parents::names(tx, &scope.id).await?;
    Ok(Answer {
        scope: scope.full_name(),
        description: scope.description,
        parents,
    })
}

async fn rename(
    tx: &mut TenantTx,
    scope: &mut Scope,
    namespace: &NamespaceName,
    name: &ScopeName,
) -> Result<()> {
    let target = existing::namespace(tx, "new_scope", namespace).await?;
    let other = tx
        .knowledge_find_scope(&name.namespace, &name.scope)
        .await?;
    if other.is_some_and(|other| other.id != scope.id) {
        return Err(Error::new(
            Code::AlreadyExists,
            format!("`new_scope`: the scope `{name}` exists already"),
        ));
    }
    scope.namespace_id = target.id;
    scope.namespace = target.name;
    scope.name.clone_from(&name.scope);
    Ok(())
}
