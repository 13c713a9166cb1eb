//! `admin_tool_disable`, `admin_tool_enable`, `admin_tool_disabled`: tools switched off and on for
//! the whole tenant, whatever role or profile. They work within a second in every process.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use genkan_core::{
    CallContext, Change, Code, Error, Result, Stop, permission::Action, toolset::Effect,
};
use genkan_store::Store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::typed::{About, TypedTool};

/// What the three tools share.
#[derive(Clone)]
pub(super) struct Switch {
    pub(super) store: Store,
    /// The names of all tools of the house.
    pub(super) known: Arc<BTreeSet<String>>,
}

/// Which tool.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// The name of the tool.
    tool: String,
}

/// Nothing.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// What is off now.
#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    /// The names of the tools that are off.
    disabled: Vec<String>,
}

impl Switch {
    /// Refuses names of tools that do not exist, and of those that one needs to switch back.
    fn check(&self, tool: &str) -> Result<()> {
        if !self.known.contains(tool) {
            let message = format!("there is no tool `{}`", tool.escape_debug());
            return Err(Error::new(Code::NoSuchItem, message)
                .hint("`genkan tools list` shows their names."));
        }
        if tool.starts_with("admin_") {
            let message =
                format!("`{tool}` is part of administration, which cannot be switched off");
            return Err(Error::new(Code::Protected, message)
                .hint("Give callers a role that does not allow it."));
        }
        Ok(())
    }

    async fn set(&self, ctx: &CallContext, tool: String, on: bool) -> Result<Answer> {
        self.check(&tool)?;
        let now = ctx.clock.now();
        let write = self.store.write(ctx, move |tx| {
            let tool = tool.clone();
            Box::pin(async move {
                match on {
                    true => tx.tool_enable(&tool).await?,
                    false => tx.tool_disable(&tool, now).await?,
                }
                tx.tool_disabled_list().await
            })
        });
        let disabled = write.await?;
        ctx.announce(Change::Tools);
        Ok(Answer { disabled })
    }
}

/// What the three tools say of themselves: none asks, and a second time changes nothing.
const fn about(
    name: &'static str,
    title: &'static str,
    description: &'static str,
    effect: Effect,
    action: Action,
) -> About {
    About {
        name,
        title,
        description,
        effect,
        idempotent: true,
        asks: false,
        permission: ("settings", action),
    }
}

/// `admin_tool_disable`.
pub(super) struct ToolDisable(pub(super) Switch);

#[async_trait]
impl TypedTool for ToolDisable {
    const ABOUT: About = about(
        "admin_tool_disable",
        "Switch a tool off",
        "Switches a tool off for everyone in the tenant. It looks unknown until it is switched on again.",
        Effect::Changes,
        Action::Manage,
    );
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        Ok(self.0.set(ctx, arguments.tool, false).await?)
    }
}

/// `admin_tool_enable`.
pub(super) struct ToolEnable(pub(super) Switch);

#[async_trait]
impl TypedTool for ToolEnable {
    const ABOUT: About = about(
        "admin_tool_enable",
        "Switch a tool on",
        "Switches a tool on again for those whose role allows it.",
        Effect::Changes,
        Action::Manage,
    );
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        Ok(self.0.set(ctx, arguments.tool, true).await?)
    }
}

/// `admin_tool_disabled`.
pub(super) struct ToolDisabled(pub(super) Switch);

#[async_trait]
impl TypedTool for ToolDisabled {
    const ABOUT: About = about(
        "admin_tool_disabled",
        "List tools that are off",
        "Lists the tools that are switched off for the tenant.",
        Effect::ReadOnly,
        Action::Read,
    );
    type Arguments = Nothing;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, _arguments: Nothing) -> Result<Answer, Stop> {
        let mut tx = self.0.store.read(ctx.tenant()).await?;
        Ok(Answer {
            disabled: tx.tool_disabled_list().await?,
        })
    }
}
