//! One fixture: a tool with the very name, schema and answer that the suite expects.

use std::{future::Future, pin::Pin, sync::Arc};

use async_trait::async_trait;
use genkan_core::{
    CallContext, Permission, Tool, ToolDefinition, ToolOutput, ToolResult, id::ToolName,
    outcome::Content, permission::Action, task::TaskSupport, toolset::Effect,
};
use serde_json::{Map, Value, json};

/// What a fixture does.
pub(super) type Run = for<'a> fn(&'a CallContext, Map<String, Value>) -> Running<'a>;

/// A fixture at work.
pub(super) type Running<'a> = Pin<Box<dyn Future<Output = ToolResult> + Send + 'a>>;

/// A tool of the suite.
#[derive(Clone)]
pub(super) struct Fixture {
    name: &'static str,
    description: &'static str,
    schema: Value,
    asks: bool,
    task: TaskSupport,
    run: Run,
}

impl Fixture {
    /// A fixture without arguments.
    pub(super) fn new(name: &'static str, description: &'static str, run: Run) -> Self {
        Self {
            name,
            description,
            schema: json!({ "type": "object", "properties": {}, "additionalProperties": false }),
            asks: false,
            task: TaskSupport::Never,
            run,
        }
    }

    /// The same with an input schema.
    pub(super) fn takes(mut self, schema: Value) -> Self {
        self.schema = schema;
        self
    }

    /// The same, asking its caller something.
    pub(super) fn asks(mut self) -> Self {
        self.asks = true;
        self
    }

    /// The same, whose calls may go on as tasks.
    pub(super) fn task(mut self, support: TaskSupport) -> Self {
        self.task = support;
        self
    }

    /// The tool that a toolset offers.
    pub(super) fn tool(self) -> Arc<dyn Tool> {
        Arc::new(self)
    }
}

#[async_trait]
impl Tool for Fixture {
    fn definition(&self) -> ToolDefinition {
        ToolDefinition {
            name: ToolName::parse(self.name).expect("BUG: the names of fixtures fit the rule"),
            title: self.name.replace('_', " "),
            description: self.description.to_owned(),
            input_schema: self.schema.clone(),
            output_schema: None,
            effect: Effect::ReadOnly,
            idempotent: true,
            asks: self.asks,
            permission: Permission::new("conformance", Action::Read),
            deadline: None,
            task: self.task,
        }
    }

    async fn call(&self, ctx: &CallContext, arguments: Map<String, Value>) -> ToolResult {
        (self.run)(ctx, arguments).await
    }
}

/// A content block in its wire form.
pub(super) fn block(value: &Value) -> genkan_core::Result<Content> {
    serde_json::value::to_raw_value(value)
        .map(Content::Raw)
        .map_err(genkan_core::Error::internal)
}

/// An answer of blocks in their wire form.
pub(super) fn blocks(values: &[Value]) -> ToolResult {
    let content = values
        .iter()
        .map(block)
        .collect::<genkan_core::Result<_>>()?;
    Ok(ToolOutput {
        content,
        ..ToolOutput::default()
    })
}

/// A string among the arguments or in a form; empty where there is none.
pub(super) fn text<'a>(members: &'a Map<String, Value>, name: &str) -> &'a str {
    members
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
}
