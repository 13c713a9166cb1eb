//! `admin_key_list`: lists the API keys of the tenant.

use async_trait::async_trait;
use genkan_core::{CallContext, Stop, permission::Action, toolset::Effect};
use genkan_identity::ApiKeys;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::key::Key;
use crate::typed::{About, TypedTool};

/// The tool.
pub(super) struct KeyList(pub(super) ApiKeys);

/// Nothing.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {}

/// All keys.
#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    keys: Vec<Key>,
}

#[async_trait]
impl TypedTool for KeyList {
    const ABOUT: About = About {
        name: "admin_key_list",
        title: "List API keys",
        description: "Lists all API keys of the tenant, oldest first, without their secrets.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("keys", Action::Read),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, _arguments: Arguments) -> Result<Answer, Stop> {
        let keys = self.0.list(ctx).await?;
        Ok(Answer {
            keys: keys.into_iter().map(Key::from).collect(),
        })
    }
}
