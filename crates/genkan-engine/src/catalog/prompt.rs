//! One prompt of the catalog: its code, its definition, and what is prepared from it once.

use std::sync::Arc;

use genkan_core::{
    Error, Prompt, PromptDefinition, Result, Revision, Toolset, digest::Digest,
    prompt::PromptArgument,
};
use serde_json::{Value, json};

use super::page::Listed;
use crate::measure::Meters;

/// A prompt with everything a call needs of it.
pub(crate) struct PromptEntry {
    pub(crate) toolset: String,
    pub(crate) prompt: Arc<dyn Prompt>,
    pub(crate) definition: PromptDefinition,
    /// Over the whole definition: what a `requestState` is bound to.
    pub(crate) digest: Digest,
    pub(crate) meters: Meters,
}

impl PromptEntry {
    pub(crate) fn new(toolset: &dyn Toolset, prompt: Arc<dyn Prompt>) -> Result<Self> {
        let definition = prompt.definition();
        let name = definition.name.as_str();
        let prefix = toolset.prefix();
        if !name.starts_with(&prefix) {
            return Err(Error::internal(format!(
                "prompt `{name}` does not begin with `{prefix}`"
            )));
        }
        let digest = Digest::of_json(&json!({
            "prompt": wire_form(&definition, Revision::V2026_07_28),
        }));
        let meters = Meters::of_prompt(name);
        Ok(Self {
            toolset: toolset.name().to_owned(),
            prompt,
            definition,
            digest,
            meters,
        })
    }
}

impl Listed for PromptEntry {
    const MEMBER: &'static str = "prompts";

    fn key(&self) -> &str {
        self.definition.name.as_str()
    }

    fn wire_form(&self, revision: Revision) -> Value {
        wire_form(&self.definition, revision)
    }
}

/// Titles exist since 2025-06-18.
fn wire_form(definition: &PromptDefinition, revision: Revision) -> Value {
    let mut prompt = Value::Object(definition.more.clone());
    prompt["name"] = json!(definition.name);
    if let Some(title) = title(definition.title.as_deref(), revision) {
        prompt["title"] = title;
    }
    if let Some(description) = &definition.description {
        prompt["description"] = json!(description);
    }
    let arguments = definition.arguments.iter();
    prompt["arguments"] = arguments.map(|one| argument(one, revision)).collect();
    prompt
}

fn argument(argument: &PromptArgument, revision: Revision) -> Value {
    let mut shown = json!({ "name": argument.name, "required": argument.required });
    if let Some(title) = title(argument.title.as_deref(), revision) {
        shown["title"] = title;
    }
    if let Some(description) = &argument.description {
        shown["description"] = json!(description);
    }
    shown
}

fn title(title: Option<&str>, revision: Revision) -> Option<Value> {
    title
        .filter(|_| revision >= Revision::V2025_06_18)
        .map(Value::from)
}
