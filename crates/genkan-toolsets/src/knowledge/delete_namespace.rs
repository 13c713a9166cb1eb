//! `knowledge_delete_namespace`: away with a namespace, its scopes and their entries.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use genkan_store::{Store, TenantTx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{existing, name::NamespaceName, write::write};
use crate::typed::{About, TypedTool};

/// Deletes a namespace.
pub(super) struct DeleteNamespace(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    name: String,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    scopes: u64,
    entries: u64,
}

#[async_trait]
impl TypedTool for DeleteNamespace {
    const ABOUT: About = About {
        name: "knowledge_delete_namespace",
        title: "Delete a knowledge namespace",
        description: "Deletes a namespace with all its scopes and entries, for good. Returns how many there \
                      were. Scopes elsewhere that inherited from it no longer do.",
        effect: Effect::Changes,
        idempotent: false,
        asks: false,
        permission: ("knowledge", Action::Write),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let name = NamespaceName::parse("name", &arguments.name)?;
        if name.is_global() {
            return Err(Error::new(
                Code::Protected,
                "`name`: the namespace `global` cannot be deleted",
            )
            .into());
        }
        let answer = write(&self.0, ctx, name, |tx, name, _| Box::pin(delete(tx, name))).await?;
        Ok(answer)
    }
}

async fn delete(tx: &mut TenantTx, name: Arc<NamespaceName>) -> Result<Answer> {
    let namespace = existing::namespace(tx, "name", &name).await?;
    let mut deleted = Answer {
        scopes: 0,
        entries: 0,
    };
    for scope in tx.knowledge_scopes_of(&namespace.id).await? {
        deleted.entries += tx.knowledge_delete_scope(&scope.id).await?;
        deleted.scopes += 1;
    }
    tx.knowledge_delete_namespace(&namespace.id).await?;
    Ok(deleted)
}
