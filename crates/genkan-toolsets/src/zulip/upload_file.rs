//! `zulip_upload_file`: a file that messages can point at.

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    acting::{Chat, Who},
    client::Upload,
};
use crate::typed::{About, TypedTool};

/// Sends a file.
pub(super) struct UploadFile(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Such as notes.txt
    name: String,
    /// Base64
    content: String,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    /// Within the site
    url: String,
    /// To put into a message
    markdown: String,
}

#[async_trait]
impl TypedTool for UploadFile {
    const ABOUT: About = About {
        name: "zulip_upload_file",
        title: "Upload a file to the chat",
        description: "Uploads a file, up to what the server takes. Put the returned Markdown into a message to show it.",
        effect: Effect::Adds,
        idempotent: false,
        asks: false,
        permission: ("zulip", Action::Write),
    };
    const REACHES_OUT: bool = true;
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let acting = self.0.acting(ctx, arguments.identity)?;
        let name = arguments.name;
        if name.trim().is_empty() || name.chars().count() > LONGEST {
            let message = "`name` has from 1 to 200 characters";
            return Err(Error::new(Code::InvalidArguments, message).into());
        }
        let content = STANDARD.decode(arguments.content.trim()).map_err(|_| {
            Error::new(Code::InvalidArguments, "`content` is no Base64")
                .hint("Encode the bytes of the file in Base64 with padding (RFC 4648 §4).")
        })?;
        let upload = Upload {
            name: name.clone(),
            size: content.len() as u64,
            content: stream::iter([Ok(Bytes::from(content))]).boxed(),
        };
        let url = acting.zulip.upload(&acting.identity, upload).await?;
        let label = name.replace(['[', ']'], "");
        let markdown = format!("[{label}]({url})");
        Ok(Answer { url, markdown })
    }
}

/// The longest name, in characters.
const LONGEST: usize = 200;
