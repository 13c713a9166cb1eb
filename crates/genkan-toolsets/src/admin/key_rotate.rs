//! `admin_key_rotate`: replaces an API key by a successor.

use async_trait::async_trait;
use genkan_core::{CallContext, Stop, permission::Action, toolset::Effect};
use genkan_identity::ApiKeys;
use schemars::JsonSchema;
use serde::Deserialize;

use super::key::FreshKey;
use crate::typed::{About, TypedTool};

/// The tool.
pub(super) struct KeyRotate(pub(super) ApiKeys);

/// Which one.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// The id of the key.
    id: String,
}

#[async_trait]
impl TypedTool for KeyRotate {
    const ABOUT: About = About {
        name: "admin_key_rotate",
        title: "Rotate an API key",
        description: "Creates a successor with the same name, role and lifetime. The old key ends at once.",
        effect: Effect::Changes,
        idempotent: false,
        asks: false,
        permission: ("keys", Action::Manage),
    };
    type Arguments = Arguments;
    type Answer = FreshKey;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<FreshKey, Stop> {
        Ok(self.0.rotate(ctx, &arguments.id).await?.into())
    }
}
