//! The toolset `wares`: resources, prompts, and tools that log, announce changes and ask programs.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Change, Permission, Prompt, PromptDefinition, Resources, Result, Stop, Tool,
    ToolDefinition, ToolOutput, ToolResult, Toolset,
    call::LogLevel,
    completion::{Argument, Completion},
    context::Question,
    id::PromptName,
    outcome::Content,
    permission::Action,
    prompt::{Message, Messages, PromptArgument, Speaker},
    resource::{self, Contents, Page, Reading, Resource, Template},
    toolset::Effect,
};
use serde_json::{Map, Value, json};

use crate::tools::definition;

/// The toolset.
pub(crate) struct Wares;

impl Toolset for Wares {
    fn name(&self) -> &str {
        "wares"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        vec![
            Arc::new(Announce),
            Arc::new(Log),
            Arc::new(Mirrored),
            Arc::new(Wrong),
            Arc::new(AskPrograms),
        ]
    }

    fn prompts(&self) -> Vec<Arc<dyn Prompt>> {
        vec![Arc::new(Praise), Arc::new(Secret)]
    }

    fn resources(&self) -> Option<Arc<dyn Resources>> {
        Some(Arc::new(Shelf))
    }

    fn logs(&self) -> bool {
        true
    }
}

struct Shelf;

#[async_trait]
impl Resources for Shelf {
    fn permission(&self) -> Permission {
        Permission::new("wares", Action::Write)
    }

    fn templates(&self) -> Vec<Template> {
        vec![Template {
            uri_template: "wares:box/{number}".into(),
            name: "box".into(),
            title: Some("A box".into()),
            ..Template::default()
        }]
    }

    fn owns(&self, uri: &str) -> bool {
        uri.starts_with("wares:")
    }

    fn announces(&self, uri: &str) -> bool {
        uri == "wares:sign"
    }

    async fn list(&self, _: &CallContext, cursor: Option<&str>) -> Result<Page> {
        let resource = |uri: &str, title: Option<&str>| Resource {
            uri: uri.into(),
            name: uri.replace(':', " "),
            title: title.map(Into::into),
            mime_type: Some("text/plain".into()),
            size_bytes: Some(5),
            ..Resource::default()
        };
        let (first, rest) = ("wares:sign", "wares:picture");
        let many = |from: usize| (from..from + 600).map(|n| format!("wares:box/{n}"));
        Ok(match cursor {
            None => Page {
                resources: [resource(first, Some("Sign")), resource(rest, None)]
                    .into_iter()
                    .chain(many(0).map(|uri| resource(&uri, None)))
                    .collect(),
                next: Some("600:more".into()),
            },
            Some("600:more") => Page {
                resources: many(600).map(|uri| resource(&uri, None)).collect(),
                next: Some("1200".into()),
            },
            Some("1200") => Page {
                resources: vec![resource("wares:last", None)],
                next: None,
            },
            Some(_) => {
                return Err(genkan_core::Error::new(
                    genkan_core::Code::InvalidCursor,
                    "no",
                ));
            }
        })
    }

    async fn read(&self, ctx: &CallContext, uri: &str) -> Result<Reading, Stop> {
        Ok(Reading::of(match uri {
            "wares:sign" => Contents::text(uri, "text/plain", "open"),
            "wares:picture" => Contents::bytes(uri, "image/png", vec![0, 159, 146, 150]),
            "wares:huge" => Contents::text(uri, "text/plain", "x".repeat(2 * 1024 * 1024)),
            "wares:locked" => {
                let answer = ctx.ask("word", form("word"))?.accepted()?;
                Contents::text(uri, "text/plain", answer["word"].as_str().unwrap())
            }
            "wares:empty" => return Ok(Reading::default()),
            _ => return Err(resource::unknown(uri).into()),
        }))
    }

    async fn complete(&self, _: &CallContext, _: &str, argument: &Argument) -> Result<Completion> {
        let all: Vec<_> = (0..500).map(|n| n.to_string()).collect();
        Ok(Completion::among(
            all.iter().map(String::as_str),
            &argument.value,
        ))
    }
}

fn form(key: &str) -> Question {
    Question::Form {
        message: format!("Which {key}?"),
        schema: json!({"type": "object", "properties": {key: {"type": "string"}}, "required": [key]}),
    }
}

struct Praise;

#[async_trait]
impl Prompt for Praise {
    fn definition(&self) -> PromptDefinition {
        PromptDefinition {
            name: PromptName::parse("wares_praise").unwrap(),
            title: Some("Praise".into()),
            description: Some("Praises a ware.".into()),
            arguments: vec![
                PromptArgument {
                    name: "ware".into(),
                    title: Some("Ware".into()),
                    required: true,
                    ..PromptArgument::default()
                },
                PromptArgument {
                    name: "ask".into(),
                    ..PromptArgument::default()
                },
            ],
            asks: true,
            permission: Permission::new("wares", Action::Read),
            more: Map::new(),
        }
    }

    async fn get(
        &self,
        ctx: &CallContext,
        arguments: Map<String, Value>,
    ) -> Result<Messages, Stop> {
        let ware = arguments["ware"].as_str().unwrap().to_owned();
        let mut praise = match arguments.contains_key("ask") {
            false => Messages::text(format!("Praise {ware}!")),
            true => {
                let answer = ctx.ask("mood", form("mood"))?.accepted()?;
                Messages::text(format!(
                    "Praise {ware}, {}!",
                    answer["mood"].as_str().unwrap()
                ))
            }
        };
        let link = json!({"type": "resource_link", "uri": "wares:sign", "name": "sign"});
        praise.messages.push(Message {
            speaker: Speaker::Assistant,
            content: Content::Raw(serde_json::value::to_raw_value(&link).unwrap()),
        });
        praise.description = Some("Praise".into());
        Ok(praise)
    }

    async fn complete(&self, _: &CallContext, argument: &Argument) -> Result<Completion> {
        let besides = argument.context.get("besides").and_then(Value::as_str);
        let wares = ["bread", "brush", "tea"];
        let wares = wares.into_iter().filter(|ware| Some(*ware) != besides);
        Ok(Completion::among(wares, &argument.value))
    }
}

struct Secret;

#[async_trait]
impl Prompt for Secret {
    fn definition(&self) -> PromptDefinition {
        PromptDefinition {
            name: PromptName::parse("wares_whisper").unwrap(),
            title: None,
            description: None,
            arguments: Vec::new(),
            asks: false,
            permission: Permission::new("wares", Action::Manage),
            more: Map::new(),
        }
    }

    async fn get(&self, _: &CallContext, _: Map<String, Value>) -> Result<Messages, Stop> {
        Ok(Messages::text("psst"))
    }
}

struct Announce;

#[async_trait]
impl Tool for Announce {
    fn definition(&self) -> ToolDefinition {
        definition("wares_announce", json!({}), Effect::ReadOnly)
    }

    async fn call(&self, ctx: &CallContext, _: Map<String, Value>) -> ToolResult {
        for change in [
            Change::Tools,
            Change::Prompts,
            Change::Resources,
            Change::Resource("wares:sign".into()),
            Change::Resource("wares:other".into()),
        ] {
            ctx.announce(change);
        }
        Ok(ToolOutput::text("told"))
    }
}

struct Log;

#[async_trait]
impl Tool for Log {
    fn definition(&self) -> ToolDefinition {
        definition("wares_log", json!({}), Effect::ReadOnly)
    }

    async fn call(&self, ctx: &CallContext, _: Map<String, Value>) -> ToolResult {
        ctx.log(LogLevel::Debug, Some("shop"), "opening").await;
        ctx.log(LogLevel::Error, None, json!({"till": "empty"}))
            .await;
        let mut output = ToolOutput::text("done");
        let meta = json!({"shop": 1, "io.modelcontextprotocol/serverInfo": "forged"});
        output.meta = Some(Box::new(meta.as_object().unwrap().clone()));
        Ok(output)
    }
}

struct Mirrored;

#[async_trait]
impl Tool for Mirrored {
    fn definition(&self) -> ToolDefinition {
        let properties = json!({
            "ware": {"type": "string", "x-mcp-header": "Ware"},
            "at": {"type": "object", "properties": {
                "shelf": {"type": "integer", "x-mcp-header": "Shelf"},
                "open": {"type": "boolean", "x-mcp-header": "Open"},
            }},
        });
        definition("wares_mirrored", properties, Effect::ReadOnly)
    }

    async fn call(&self, _: &CallContext, arguments: Map<String, Value>) -> ToolResult {
        Ok(ToolOutput::structured(&arguments)?)
    }
}

struct Wrong;

#[async_trait]
impl Tool for Wrong {
    fn definition(&self) -> ToolDefinition {
        let schema = json!({"type": "object", "properties": {"price": {"type": "integer"}}, "required": ["price"]});
        ToolDefinition {
            output_schema: Some(schema),
            ..definition("wares_wrong", json!({"price": {}}), Effect::ReadOnly)
        }
    }

    async fn call(&self, _: &CallContext, arguments: Map<String, Value>) -> ToolResult {
        Ok(ToolOutput::structured(&arguments)?)
    }
}

struct AskPrograms;

#[async_trait]
impl Tool for AskPrograms {
    fn definition(&self) -> ToolDefinition {
        ToolDefinition {
            asks: true,
            ..definition("wares_ask", json!({}), Effect::ReadOnly)
        }
    }

    async fn call(&self, ctx: &CallContext, _: Map<String, Value>) -> ToolResult {
        let message = json!({"role": "user", "content": {"type": "text", "text": "A slogan?"}});
        let sampling = json!({"messages": [message], "maxTokens": 10});
        let sampling = Question::Sampling(sampling.as_object().unwrap().clone());
        let [slogan, roots] = ctx.ask_all([("slogan", sampling), ("roots", Question::Roots)])?;
        let (slogan, roots) = (slogan.accepted()?, roots.accepted()?);
        Ok(ToolOutput::structured(
            &json!({"slogan": slogan["content"]["text"], "roots": roots["roots"]}),
        )?)
    }
}
