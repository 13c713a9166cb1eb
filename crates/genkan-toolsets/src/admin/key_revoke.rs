//! `admin_key_revoke`: ends an API key at once.

use async_trait::async_trait;
use genkan_core::{CallContext, Stop, permission::Action, toolset::Effect};
use genkan_identity::ApiKeys;
use schemars::JsonSchema;
use serde::Deserialize;

use super::key::Key;
use crate::typed::{About, TypedTool};

/// The tool.
pub(super) struct KeyRevoke(pub(super) ApiKeys);

/// Which one.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// The id of the key.
    id: String,
}

#[async_trait]
impl TypedTool for KeyRevoke {
    const ABOUT: About = About {
        name: "admin_key_revoke",
        title: "Revoke an API key",
        description: "Revokes an API key. It fails within a second in every process.",
        effect: Effect::Changes,
        idempotent: true,
        asks: false,
        permission: ("keys", Action::Manage),
    };
    type Arguments = Arguments;
    type Answer = Key;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Key, Stop> {
        Ok(self.0.revoke(ctx, &arguments.id).await?.into())
    }
}
