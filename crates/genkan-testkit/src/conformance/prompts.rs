//! The prompts of the suite.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Permission, Prompt, PromptDefinition, Result, Stop,
    completion::{Argument, Completion},
    id::PromptName,
    outcome::Content,
    permission::Action,
    prompt::{Message, Messages, PromptArgument, Speaker},
};
use serde_json::{Map, Value, json};

use super::{
    content::image,
    fixture::{block, text},
    rounds::word,
};

/// What a prompt writes.
type Write = fn(&CallContext, &Map<String, Value>) -> Result<Vec<Content>, Stop>;

/// A prompt of the suite.
struct PromptFixture {
    name: &'static str,
    arguments: &'static [&'static str],
    asks: bool,
    write: Write,
}

/// The prompts of this file.
pub(super) fn all() -> Vec<Arc<dyn Prompt>> {
    let prompt = |name, arguments, asks, write: Write| -> Arc<dyn Prompt> {
        Arc::new(PromptFixture {
            name,
            arguments,
            asks,
            write,
        })
    };
    vec![
        prompt("test_simple_prompt", &[], false, |_, _| {
            Ok(vec![said("This is a simple prompt for testing.")])
        }),
        prompt(
            "test_prompt_with_arguments",
            &["arg1", "arg2"],
            false,
            |_, arguments| {
                let (one, two) = (text(arguments, "arg1"), text(arguments, "arg2"));
                let text = format!("Prompt with arguments: arg1='{one}', arg2='{two}'");
                Ok(vec![Content::Text(text.into())])
            },
        ),
        prompt(
            "test_prompt_with_embedded_resource",
            &["resourceUri"],
            false,
            |_, arguments| {
                let request = said("Please process the embedded resource above.");
                Ok(vec![
                    block(&embedded(text(arguments, "resourceUri")))?,
                    request,
                ])
            },
        ),
        prompt("test_prompt_with_image", &[], false, |_, _| {
            let request = said("Please analyze the image above.");
            Ok(vec![block(&image())?, request])
        }),
        prompt("test_input_required_result_prompt", &[], true, |ctx, _| {
            let question = "What context should the prompt use?";
            let content = word(ctx, "user_context", question, "context")?;
            let text = format!("Use this context: {}", text(&content, "context"));
            Ok(vec![Content::Text(text.into())])
        }),
    ]
}

fn said(text: &'static str) -> Content {
    Content::Text(text.into())
}

fn embedded(uri: &str) -> Value {
    let text = "Embedded resource content for testing.";
    json!({
        "type": "resource",
        "resource": { "uri": uri, "mimeType": "text/plain", "text": text },
    })
}

#[async_trait]
impl Prompt for PromptFixture {
    fn definition(&self) -> PromptDefinition {
        let argument = |name: &&str| PromptArgument {
            name: (*name).to_owned(),
            description: Some("A text of the suite.".to_owned()),
            required: true,
            ..PromptArgument::default()
        };
        PromptDefinition {
            name: PromptName::parse(self.name).expect("BUG: the names of fixtures fit the rule"),
            title: None,
            description: Some("A prompt of the suite.".to_owned()),
            arguments: self.arguments.iter().map(argument).collect(),
            asks: self.asks,
            permission: Permission::new("conformance", Action::Read),
            more: Map::new(),
        }
    }

    async fn get(
        &self,
        ctx: &CallContext,
        arguments: Map<String, Value>,
    ) -> Result<Messages, Stop> {
        let message = |content| Message {
            speaker: Speaker::User,
            content,
        };
        let contents = (self.write)(ctx, &arguments)?;
        Ok(Messages {
            messages: contents.into_iter().map(message).collect(),
            ..Messages::default()
        })
    }

    async fn complete(&self, _ctx: &CallContext, argument: &Argument) -> Result<Completion> {
        let known = ["paris", "park", "party", "test", "testing"];
        Ok(Completion::among(known, &argument.value))
    }
}
