//! `knowledge_delete_scope`: away with a scope and its entries.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use genkan_store::{Store, TenantTx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{existing, name::ScopeName, write::write};
use crate::typed::{About, TypedTool};

/// Deletes a scope.
pub(super) struct DeleteScope(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// namespace:scope
    scope: String,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    entries: u64,
}

#[async_trait]
impl TypedTool for DeleteScope {
    const ABOUT: About = About {
        name: "knowledge_delete_scope",
        title: "Delete a knowledge scope",
        description: "Deletes a scope with its entries, for good. Returns how many entries there were. Scopes \
                      that inherited from it no longer do.",
        effect: Effect::Changes,
        idempotent: false,
        asks: false,
        permission: ("knowledge", Action::Write),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let name = ScopeName::parse("scope", &arguments.scope)?;
        if name.is_default() {
            let error = Error::new(
                Code::Protected,
                format!("`scope`: the default scope `{name}` cannot be deleted"),
            );
            return Err(error
                .hint("Delete its entries one by one, or the whole namespace.")
                .into());
        }
        let answer = write(&self.0, ctx, name, |tx, name, _| Box::pin(delete(tx, name))).await?;
        Ok(answer)
    }
}

async fn delete(tx: &mut TenantTx, name: Arc<ScopeName>) -> Result<Answer> {
    let scope = existing::scope(tx, "scope", &name).await?;
    Ok(Answer {
        entries: tx.knowledge_delete_scope(&scope.id).await?,
    })
}
