//! The tools of the fixture: echo, steps with progress, two questions, a call without end, keys.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Error, Permission, Role, Tool, ToolDefinition, ToolOutput, ToolResult, Toolset,
    context::Question, id::ToolName, outcome::Content, permission::Action, toolset::Effect,
};
use genkan_identity::ApiKeys;
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;

/// The toolset `test`.
pub(crate) struct TestTools {
    pub(crate) api_keys: ApiKeys,
    pub(crate) ended: Arc<Ended>,
}

/// Counts calls of `test_hang` that have begun, and that have ended.
pub(crate) struct Ended {
    begun: Semaphore,
    ended: Semaphore,
}

impl Default for Ended {
    fn default() -> Self {
        Self {
            begun: Semaphore::new(0),
            ended: Semaphore::new(0),
        }
    }
}

impl Ended {
    pub(crate) async fn begun(&self) {
        self.begun.acquire().await.unwrap().forget();
    }

    pub(crate) async fn ended(&self) {
        self.ended.acquire().await.unwrap().forget();
    }
}

impl Toolset for TestTools {
    fn name(&self) -> &str {
        "test"
    }

    fn instructions(&self) -> String {
        "Tools for tests.".to_owned()
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        vec![
            Arc::new(Echo),
            Arc::new(Steps),
            Arc::new(Traced),
            Arc::new(Blocks),
            Arc::new(Ask),
            Arc::new(Hang(Arc::clone(&self.ended))),
            Arc::new(Key(self.api_keys.clone())),
            Arc::new(Revoke(self.api_keys.clone())),
        ]
    }
}

pub(crate) fn definition(name: &str, properties: Value, effect: Effect) -> ToolDefinition {
    let action = if effect.is_read_only() {
        Action::Read
    } else {
        Action::Manage
    };
    ToolDefinition {
        name: ToolName::parse(name).unwrap(),
        title: name.to_owned(),
        description: "A tool for tests.".to_owned(),
        input_schema: json!({"type": "object", "properties": properties, "additionalProperties": false}),
        output_schema: None,
        effect,
        idempotent: true,
        permission: Permission::new("test", action),
        deadline: None,
        task: Default::default(),
        asks: false,
    }
}

struct Echo;

#[async_trait]
impl Tool for Echo {
    fn definition(&self) -> ToolDefinition {
        let schema = json!({"type": "object", "properties": {"text": {"type": "string"}}});
        ToolDefinition {
            output_schema: Some(schema),
            ..definition(
                "test_echo",
                json!({"text": {"type": "string"}}),
                Effect::ReadOnly,
            )
        }
    }

    async fn call(&self, _: &CallContext, arguments: Map<String, Value>) -> ToolResult {
        Ok(ToolOutput::structured(&arguments)?)
    }
}

struct Steps;

#[async_trait]
impl Tool for Steps {
    fn definition(&self) -> ToolDefinition {
        definition("test_steps", json!({}), Effect::ReadOnly)
    }

    async fn call(&self, ctx: &CallContext, _: Map<String, Value>) -> ToolResult {
        for step in [1.0, 2.0, 1.5, 3.0] {
            ctx.progress(step, Some(3.0), format!("step {step}"));
            tokio::task::yield_now().await;
        }
        Ok(ToolOutput::text("done"))
    }
}

/// Tells the trace of its call.
struct Traced;

#[async_trait]
impl Tool for Traced {
    fn definition(&self) -> ToolDefinition {
        definition("test_traced", json!({}), Effect::ReadOnly)
    }

    async fn call(&self, ctx: &CallContext, _: Map<String, Value>) -> ToolResult {
        let trace = ctx.trace.as_deref();
        let parent = trace.and_then(|trace| trace.parent.as_ref());
        Ok(ToolOutput::structured(&json!({
            "parent": parent.map(|parent| parent.as_str()),
            "state": trace.and_then(|trace| trace.state.as_deref()),
            "baggage": trace.and_then(|trace| trace.baggage.as_deref()),
        }))?)
    }
}

struct Blocks;

#[async_trait]
impl Tool for Blocks {
    fn definition(&self) -> ToolDefinition {
        definition("test_blocks", json!({}), Effect::ReadOnly)
    }

    async fn call(&self, _: &CallContext, _: Map<String, Value>) -> ToolResult {
        let link = "{\n\"type\":\"resource_link\",\r\n\"uri\":\"file:///a\",\"name\":\"a\",\"unknown\":[1.50]}";
        let raw =
            serde_json::value::RawValue::from_string(link.to_owned()).map_err(Error::internal)?;
        Ok(ToolOutput {
            content: vec![Content::Text("a\nb".into()), Content::Raw(raw)],
            ..ToolOutput::default()
        })
    }
}

struct Ask;

#[async_trait]
impl Tool for Ask {
    fn definition(&self) -> ToolDefinition {
        ToolDefinition {
            asks: true,
            ..definition("test_ask", json!({}), Effect::ReadOnly)
        }
    }

    async fn call(&self, ctx: &CallContext, _: Map<String, Value>) -> ToolResult {
        let form = |key: &str| Question::Form {
            message: format!("What {key}?"),
            schema: json!({"type": "object", "properties": {key: {"type": "string"}}, "required": [key]}),
        };
        let color = ctx.ask("color", form("color"))?.accepted()?;
        let size = ctx.ask("size", form("size"))?.accepted()?;
        Ok(ToolOutput::structured(
            &json!({"color": color["color"], "size": size["size"]}),
        )?)
    }
}

struct Hang(Arc<Ended>);

struct Leaves(Arc<Ended>);

impl Drop for Leaves {
    fn drop(&mut self) {
        self.0.ended.add_permits(1);
    }
}

#[async_trait]
impl Tool for Hang {
    fn definition(&self) -> ToolDefinition {
        definition("test_hang", json!({}), Effect::ReadOnly)
    }

    async fn call(&self, ctx: &CallContext, _: Map<String, Value>) -> ToolResult {
        let _leaves = Leaves(Arc::clone(&self.0));
        ctx.progress(1.0, None, "");
        self.0.begun.add_permits(1);
        std::future::pending().await
    }
}

struct Key(ApiKeys);

#[async_trait]
impl Tool for Key {
    fn definition(&self) -> ToolDefinition {
        let text = json!({"type": "string"});
        definition(
            "test_key",
            json!({"name": text, "role": text}),
            Effect::Adds,
        )
    }

    async fn call(&self, ctx: &CallContext, arguments: Map<String, Value>) -> ToolResult {
        let role = Role::parse(arguments["role"].as_str().unwrap())?;
        let made = self
            .0
            .create(ctx, arguments["name"].as_str().unwrap(), role, None)
            .await?;
        Ok(ToolOutput::structured(&json!({"key": made.key.expose()}))?)
    }
}

struct Revoke(ApiKeys);

#[async_trait]
impl Tool for Revoke {
    fn definition(&self) -> ToolDefinition {
        definition(
            "test_revoke",
            json!({"id": {"type": "string"}}),
            Effect::Changes,
        )
    }

    async fn call(&self, ctx: &CallContext, arguments: Map<String, Value>) -> ToolResult {
        self.0
            .revoke(ctx, arguments["id"].as_str().unwrap())
            .await?;
        Ok(ToolOutput::text("revoked"))
    }
}
