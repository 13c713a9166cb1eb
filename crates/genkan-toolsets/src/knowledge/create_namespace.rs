//! `knowledge_create_namespace`: a new namespace with its `default` scope.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Code, Error, Result, Stop, Timestamp, permission::Action, toolset::Effect,
};
use genkan_store::{
    Store, TenantTx,
    knowledge::{Namespace, NewScope},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    name::{DEFAULT, NamespaceName},
    text,
    write::{fresh_id, write},
};
use crate::typed::{About, TypedTool};

/// What a default scope is called where nobody wrote a description.
const DEFAULT_DESCRIPTION: &str = "Inherited by every scope of this namespace";

/// Creates a namespace.
pub(super) struct CreateNamespace(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// 2-64 of a-z, 0-9 and -
    name: String,
    /// 2-64 characters
    description: String,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    name: String,
    description: String,
    default_scope: String,
}

struct New {
    namespace: Namespace,
    default_id: String,
}

#[async_trait]
impl TypedTool for CreateNamespace {
    const ABOUT: About = About {
        name: "knowledge_create_namespace",
        title: "Create a knowledge namespace",
        description: "Creates a namespace, such as one per team or product, with a `default` scope that its \
                      other scopes inherit from.",
        effect: Effect::Adds,
        idempotent: false,
        asks: false,
        permission: ("knowledge", Action::Write),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let name = NamespaceName::parse("name", &arguments.name)?;
        let description = text::description("description", &arguments.description)?;
        let answer = Answer {
            name: name.to_string(),
            description: description.clone(),
            default_scope: format!("{name}:{DEFAULT}"),
        };
        let namespace = Namespace {
            id: fresh_id(ctx),
            name: name.to_string(),
            description,
        };
        let new = New {
            namespace,
            default_id: fresh_id(ctx),
        };
        write(&self.0, ctx, new, |tx, new, now| {
            Box::pin(create(tx, new, now))
        })
        .await?;
        Ok(answer)
    }
}

async fn create(tx: &mut TenantTx, new: Arc<New>, now: Timestamp) -> Result<()> {
    let New {
        namespace,
        default_id,
    } = &*new;
    if tx
        .knowledge_find_namespace(&namespace.name)
        .await?
        .is_some()
    {
        let message = format!("`name`: the namespace `{}` exists already", namespace.name);
        return Err(Error::new(Code::AlreadyExists, message));
    }
    tx.knowledge_create_namespace(namespace, now).await?;
    let default = NewScope {
        id: default_id,
        namespace_id: &namespace.id,
        name: DEFAULT,
        description: DEFAULT_DESCRIPTION,
    };
    tx.knowledge_create_scope(default, now).await
}
