//! `knowledge_create_scope`: a new scope, with what it inherits from.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Code, Error, Result, Stop, Timestamp, permission::Action, toolset::Effect,
};
use genkan_store::{Store, TenantTx, knowledge::NewScope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    existing,
    name::{NamespaceName, ScopeName},
    parents, text,
    write::{fresh_id, write},
};
use crate::typed::{About, TypedTool};

/// Creates a scope.
pub(super) struct CreateScope(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// namespace:scope
    scope: String,
    /// 2-64 characters
    description: String,
    /// Scopes to inherit from, besides the defaults
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

struct New {
    id: String,
    name: ScopeName,
    namespace: NamespaceName,
    description: String,
    parents: Vec<ScopeName>,
}

#[async_trait]
impl TypedTool for CreateScope {
    const ABOUT: About = About {
        name: "knowledge_create_scope",
        title: "Create a knowledge scope",
        description: "Creates a scope in an existing namespace. A scope finds its own entries, those of its \
                      parents, of its namespace's `default` and of `global:default`.",
        effect: Effect::Adds,
        idempotent: false,
        asks: false,
        permission: ("knowledge", Action::Write),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let name = ScopeName::parse("scope", &arguments.scope)?;
        let new = New {
            id: fresh_id(ctx),
            namespace: NamespaceName::parse("scope", &name.namespace)?,
            name,
            description: text::description("description", &arguments.description)?,
            parents: parents::parse(&arguments.parents.unwrap_or_default())?,
        };
        let answer = write(&self.0, ctx, new, |tx, new, now| {
            Box::pin(create(tx, new, now))
        })
        .await?;
        Ok(answer)
    }
}

async fn create(tx: &mut TenantTx, new: Arc<New>, now: Timestamp) -> Result<Answer> {
    let New {
        id,
        name,
        namespace,
        description,
        parents,
    } = &*new;
    let namespace = existing::namespace(tx, "scope", namespace).await?;
    if tx
        .knowledge_find_scope(&name.namespace, &name.scope)
        .await?
        .is_some()
    {
        return Err(Error::new(
            Code::AlreadyExists,
            format!("`scope`: the scope `{name}` exists already"),
        ));
    }
    let scope = NewScope {
        id,
        namespace_id: &namespace.id,
        name: &name.scope,
        description,
    };
    tx.knowledge_create_scope(scope, now).await?;
    parents::set(tx, id, name, parents).await?;
    let parents = parents::names(tx, id).await?;
    Ok(Answer {
        scope: name.to_string(),
        description: description.clone(),
        parents,
    })
}
