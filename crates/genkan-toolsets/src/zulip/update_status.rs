//! `zulip_update_status`: what one says of oneself.

use super::{
    acting::{Chat, Who},
    client::Form,
};
use crate::typed::{About, TypedTool};
use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Sets the own status.
pub(super) struct UpdateStatus(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Up to 60 characters; empty takes it away
    #[serde(default)]
    #[schemars(with = "String")]
    text: Option<String>,
    /// Such as car; empty takes it away
    #[serde(default)]
    #[schemars(with = "String")]
    emoji_name: Option<String>,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    updated: bool,
}

/// The longest text, in characters. The server does not state it.
const MOST: usize = 60;

#[async_trait]
impl TypedTool for UpdateStatus {
    const ABOUT: About = About {
        name: "zulip_update_status",
        title: "Set the own status",
        description: "Sets the text or the emoji of the own status; what is not given stays as it is.",
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
        let mut form = Form::new();
        if arguments.text.is_none() && arguments.emoji_name.is_none() {
            let message = "nothing to change: give `text` or `emoji_name`";
            return Err(Error::new(Code::InvalidArguments, message).into());
        }
        if let Some(text) = arguments.text {
            if text.chars().count() > MOST {
                let message = "a status has at most 60 characters";
                return Err(Error::new(Code::TooLarge, message).into());
            }
            form = form.text("status_text", text);
        }
        if let Some(emoji) = arguments.emoji_name {
            form = form.text("emoji_name", emoji);
        }
        let path = ["users", "me", "status"];
        acting.change(Method::POST, &path, form).await?;
        Ok(Answer { updated: true })
    }
}
