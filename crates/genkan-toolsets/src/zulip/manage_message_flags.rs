//! `zulip_manage_message_flags`: messages marked as read or starred, or no longer.

use super::{
    acting::{Chat, Who},
    flags::{self, Flag, Operation},
};
use crate::typed::{About, TypedTool};
use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Sets flags.
pub(super) struct ManageMessageFlags(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Which
    #[schemars(length(min = 1, max = 1000))]
    message_ids: Vec<u64>,
    flag: Flag,
    operation: Operation,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    messages: usize,
}

#[async_trait]
impl TypedTool for ManageMessageFlags {
    const ABOUT: About = About {
        name: "zulip_manage_message_flags",
        title: "Flag chat messages",
        description: "Marks messages as read, starred or collapsed for oneself, or takes the mark away.",
        effect: Effect::Changes,
        idempotent: true,
        asks: false,
        permission: ("zulip", Action::Write),
    };
    const IS_FURTHER: bool = true;
    const REACHES_OUT: bool = true;
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let acting = self.0.acting(ctx, arguments.identity)?;
        let ids = &arguments.message_ids;
        if !(1..=flags::MOST).contains(&ids.len()) {
            let message = "`message_ids` holds from 1 to 1000";
            return Err(Error::new(Code::InvalidArguments, message).into());
        }
        flags::set(&acting, ids, arguments.flag, arguments.operation).await?;
        let messages = ids.len();
        Ok(Answer { messages })
    }
}
