//! `zulip_check_messages_match_narrow`: which of some messages a search would find.

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    acting::{Chat, Who},
    client::Form,
    filter::Filter,
};
use crate::typed::{About, TypedTool};

/// Holds messages against a search.
pub(super) struct CheckMessagesMatchNarrow(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
pub(super) struct Arguments {
    /// Which
    #[schemars(length(min = 1, max = 100))]
    message_ids: Vec<u64>,
    #[serde(flatten)]
    filter: Filter,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    /// Those that match, in the order asked for
    matching: Vec<u64>,
}

#[async_trait]
impl TypedTool for CheckMessagesMatchNarrow {
    const ABOUT: About = About {
        name: "zulip_check_messages_match_narrow",
        title: "Match messages with a search",
        description: "Tells which of the given messages a search would find.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("zulip", Action::Read),
    };
    const IS_FURTHER: bool = true;
    const REACHES_OUT: bool = true;
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let acting = self.0.acting(ctx, arguments.identity)?;
        let ids = arguments.message_ids;
        if !(1..=MOST).contains(&ids.len()) {
            let message = "`message_ids` holds from 1 to 100";
            return Err(Error::new(Code::InvalidArguments, message).into());
        }
        let narrow = arguments.filter.narrow(&acting).await?;
        let query = Form::new().json("msg_ids", &ids).json("narrow", &narrow);
        let told = acting.get(&["messages", "matches_narrow"], query).await?;
        let is_told = |id: &u64| told["messages"].get(id.to_string()).is_some();
        let matching = ids.into_iter().filter(is_told).collect();
        Ok(Answer { matching })
    }
}

/// The most messages of one call: their ids go into an address.
const MOST: usize = 100;
