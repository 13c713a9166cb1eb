//! Prompts: messages for a model that a person picks by name (MCP 2026-07-28 prompts).

use async_trait::async_trait;
use serde_json::{Map, Value};

use crate::{
    CallContext, Permission, Result, Stop,
    completion::{Argument, Completion},
    id::PromptName,
    outcome::Content,
};

/// One prompt.
#[async_trait]
pub trait Prompt: Send + Sync {
    /// What the prompt is. Asked once, at start.
    fn definition(&self) -> PromptDefinition;

    /// Writes it. All arguments are strings, and those that are required are there.
    async fn get(&self, ctx: &CallContext, arguments: Map<String, Value>)
    -> Result<Messages, Stop>;

    /// Completes one of the arguments.
    async fn complete(&self, _ctx: &CallContext, _argument: &Argument) -> Result<Completion> {
        Ok(Completion::default())
    }
}

/// Everything the house must know of a prompt without writing it.
#[derive(Clone, Debug)]
pub struct PromptDefinition {
    /// The wire name.
    pub name: PromptName,
    /// A short title for people.
    pub title: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// What it is made from.
    pub arguments: Vec<PromptArgument>,
    /// Whether it may ask its caller something with [`CallContext::ask`].
    pub asks: bool,
    /// What a caller needs.
    pub permission: Permission,
    /// Further members of the wire form: `icons`, `_meta`.
    pub more: Map<String, Value>,
}

/// One argument of a prompt: a text.
#[derive(Clone, Debug, Default)]
pub struct PromptArgument {
    /// The name.
    pub name: String,
    /// The name for people.
    pub title: Option<String>,
    /// What belongs there.
    pub description: Option<String>,
    /// Whether it must be given.
    pub required: bool,
}

/// A prompt, written.
#[derive(Clone, Debug, Default)]
pub struct Messages {
    /// What it is, as it was written.
    pub description: Option<String>,
    /// The messages, in order.
    pub messages: Vec<Message>,
    /// Members of the result's `_meta`.
    pub meta: Option<Box<Map<String, Value>>>,
}

impl Messages {
    /// One text of the user.
    pub fn text(text: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self {
            messages: vec![Message {
                speaker: Speaker::User,
                content: Content::Text(text.into()),
            }],
            ..Self::default()
        }
    }
}

/// One message of a prompt.
#[derive(Clone, Debug)]
pub struct Message {
    /// Whose words they are.
    pub speaker: Speaker,
    /// The words, or another block.
    pub content: Content,
}

/// Whose words a message has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// The person's.
    User,
    /// The model's.
    Assistant,
}

impl Speaker {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}
