//! `admin_key_create`: makes an API key with a role.

use std::time::Duration;

use async_trait::async_trait;
use genkan_core::{CallContext, Role, Stop, permission::Action, toolset::Effect};
use genkan_identity::ApiKeys;
use schemars::JsonSchema;
use serde::Deserialize;

use super::key::FreshKey;
use crate::typed::{About, TypedTool};

/// The tool.
pub(super) struct KeyCreate(pub(super) ApiKeys);

/// What to make.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// What the key is for; unique among working keys.
    #[schemars(length(min = 1, max = 64))]
    name: String,
    /// What the key allows.
    #[schemars(extend("enum" = Role::ALL.map(Role::as_str)))]
    role: String,
    /// After how many seconds the key stops working; never, if absent.
    #[schemars(range(min = 1, max = 3_153_600_000_u64))]
    expires_seconds: Option<u64>,
}

#[async_trait]
impl TypedTool for KeyCreate {
    const ABOUT: About = About {
        name: "admin_key_create",
        title: "Create an API key",
        description: "Creates an API key with a role. The key is shown once.",
        effect: Effect::Adds,
        idempotent: false,
        asks: false,
        permission: ("keys", Action::Manage),
    };
    type Arguments = Arguments;
    type Answer = FreshKey;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<FreshKey, Stop> {
        let role = Role::parse(&arguments.role)?;
        let expires_in = arguments.expires_seconds.map(Duration::from_secs);
        Ok(self
            .0
            .create(ctx, &arguments.name, role, expires_in)
            .await?
            .into())
    }
}
