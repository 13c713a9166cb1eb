//! `zulip_construct_narrow`: a search in the words of Zulip.

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    acting::{Chat, Who},
    filter::Filter,
    narrow::Term,
};
use crate::typed::{About, TypedTool};

/// Translates a search.
pub(super) struct ConstructNarrow(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
pub(super) struct Arguments {
    #[serde(flatten)]
    filter: Filter,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    narrow: Vec<Term>,
}

#[async_trait]
impl TypedTool for ConstructNarrow {
    const ABOUT: About = About {
        name: "zulip_construct_narrow",
        title: "Translate a chat search",
        description: "Gives the narrow, as Zulip calls it, of a search, with names looked up: for other programs that ask Zulip.",
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
        let narrow = arguments.filter.narrow(&acting).await?.terms();
        Ok(Answer { narrow })
    }
}
