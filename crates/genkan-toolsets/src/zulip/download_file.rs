//! `zulip_download_file`: a file that a message points at.

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::acting::{Chat, Who};
use crate::typed::{About, TypedTool};

/// Fetches a file.
pub(super) struct DownloadFile(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Such as /user_uploads/2/ab/notes.txt, from a message
    url: String,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    size_bytes: usize,
    /// If it is text (UTF-8)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    text: Option<String>,
    /// Else
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    base64: Option<String>,
}

#[async_trait]
impl TypedTool for DownloadFile {
    const ABOUT: About = About {
        name: "zulip_download_file",
        title: "Download a file of the chat",
        description: "Fetches a file that a message points at, up to 5 MiB, as text or in Base64.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("zulip", Action::Read),
    };
    const REACHES_OUT: bool = true;
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let acting = self.0.acting(ctx, arguments.identity)?;
        let body = acting
            .zulip
            .download(&acting.identity, &arguments.url, MOST)
            .await?;
        let content = body.collect().await.map_err(genkan_core::Error::from)?;
        let text = std::str::from_utf8(&content).ok().map(str::to_owned);
        Ok(Answer {
            size_bytes: content.len(),
            base64: text.is_none().then(|| STANDARD.encode(&content)),
            text,
        })
    }
}

/// The largest file, in bytes.
const MOST: u64 = 5 << 20;
