//! Typed tools: arguments and answer are Rust types, from which the schemas are made.
//!
//! A tool implements [`TypedTool`] in its own file and is listed by its toolset with [`tool`].

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use genkan_core::{
    CallContext, Code, Error, Permission, Stop, Tool, ToolDefinition, ToolOutput, ToolResult,
    id::ToolName, permission::Action, task::TaskSupport, toolset::Effect,
};
use schemars::{JsonSchema, generate::SchemaSettings, transform::RecursiveTransform};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// What a tool says of itself.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The wire name, `<toolset>_<tool>`.
    pub name: &'static str,
    /// A short title for people.
    pub title: &'static str,
    /// What it does, for models. Every client pays for each word.
    pub description: &'static str,
    /// What it changes.
    pub effect: Effect,
    /// Whether doing it twice is doing it once.
    pub idempotent: bool,
    /// Whether it may ask its caller something.
    pub asks: bool,
    /// The area and action that a caller needs, such as `("knowledge", Action::Read)`.
    pub permission: (&'static str, Action),
}

/// A tool with typed arguments and a typed answer.
#[async_trait]
pub trait TypedTool: Send + Sync + 'static {
    /// What the tool says of itself.
    const ABOUT: About;
    /// Whether its calls may go on as tasks.
    const TASK: TaskSupport = TaskSupport::Never;
    /// Its time limit, where the common one does not fit.
    const DEADLINE: Option<Duration> = None;
    /// Whether only a few of its calls should run at once.
    const IS_HEAVY: bool = false;
    /// Whether only profile `<toolset>-full` shows it.
    const IS_FURTHER: bool = false;
    /// Whether it acts on what lies outside the house.
    const REACHES_OUT: bool = false;
    /// Arguments that no record keeps, though their names do not say that they are secret.
    const HIDES: &'static [&'static str] = &[];
    /// The arguments. `#[serde(deny_unknown_fields)]` refuses what the tool does not know.
    type Arguments: DeserializeOwned + JsonSchema + Send;
    /// The structured answer.
    type Answer: Serialize + JsonSchema + Send;

    /// Does it.
    async fn run(
        &self,
        ctx: &CallContext,
        arguments: Self::Arguments,
    ) -> Result<Self::Answer, Stop>;
}

/// Makes a typed tool one that a toolset can offer.
pub fn tool<T: TypedTool>(tool: T) -> Arc<dyn Tool> {
    Arc::new(Typed(tool))
}

struct Typed<T>(T);

#[async_trait]
impl<T: TypedTool> Tool for Typed<T> {
    fn definition(&self) -> ToolDefinition {
        let about = T::ABOUT;
        let (area, action) = about.permission;
        ToolDefinition {
            name: ToolName::parse(about.name)
                .expect("BUG: a tool's name is a constant that fits its rule"),
            title: about.title.to_owned(),
            description: about.description.to_owned(),
            input_schema: schema_of::<T::Arguments>(),
            output_schema: Some(schema_of::<T::Answer>()),
            effect: about.effect,
            idempotent: about.idempotent,
            asks: about.asks,
            permission: Permission::new(area, action),
            deadline: T::DEADLINE,
            task: T::TASK,
        }
    }

    fn is_typed(&self) -> bool {
        true
    }

    fn is_heavy(&self) -> bool {
        T::IS_HEAVY
    }

    fn is_further(&self) -> bool {
        T::IS_FURTHER
    }

    fn reaches_out(&self) -> bool {
        T::REACHES_OUT
    }

    fn hides(&self) -> &'static [&'static str] {
        T::HIDES
    }

    async fn call(&self, ctx: &CallContext, arguments: Map<String, Value>) -> ToolResult {
        let arguments = serde_json::from_value(Value::Object(arguments))
            .map_err(|error| Error::new(Code::InvalidArguments, error.to_string()))?;
        let answer = self.0.run(ctx, arguments).await?;
        Ok(ToolOutput::structured(&answer)?)
    }
}

/// The JSON Schema 2020-12 of a type, short: definitions inlined, no titles, number formats or empty
/// defaults.
fn schema_of<T: JsonSchema>() -> Value {
    let trim = RecursiveTransform(|schema: &mut schemars::Schema| {
        schema.remove("title");
        schema.remove("format");
        // What may be left out says so by not being required.
        if schema.get("default").is_some_and(Value::is_null) {
            schema.remove("default");
        }
    });
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let schema = settings
        .with_transform(trim)
        .into_generator()
        .into_root_schema_for::<T>();
    schema.to_value()
}
