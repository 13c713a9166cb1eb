//! A prompt of several organisations: the arguments say of which.

use async_trait::async_trait;
use genkan_core::{
    CallContext, Prompt, PromptDefinition, Result, Stop,
    completion::{Argument, Completion},
    prompt::{Messages, PromptArgument},
};
use serde_json::{Map, Value};

use super::{Choice, REALM};

/// The prompt, as each organisation has it.
pub(super) struct InRealm(pub(super) Choice<dyn Prompt>);

#[async_trait]
impl Prompt for InRealm {
    fn definition(&self) -> PromptDefinition {
        let (_, prompt) = self.0.0.first().expect("BUG: a choice is made of one");
        let mut definition = prompt.definition();
        let description = format!("Which organisation: {}", self.0.names().join(", "));
        let realm = PromptArgument {
            name: REALM.to_owned(),
            title: None,
            description: Some(description),
            required: true,
        };
        definition.arguments.insert(0, realm);
        definition
    }

    async fn get(
        &self,
        ctx: &CallContext,
        mut arguments: Map<String, Value>,
    ) -> Result<Messages, Stop> {
        let prompt = self.0.take(&mut arguments)?;
        prompt.get(ctx, arguments).await
    }

    async fn complete(&self, ctx: &CallContext, argument: &Argument) -> Result<Completion> {
        if argument.name == REALM {
            return Ok(self.0.complete(argument));
        }
        match self.0.named_before(argument) {
            Some(prompt) => prompt.complete(ctx, argument).await,
            None => Ok(Completion::default()),
        }
    }
}
