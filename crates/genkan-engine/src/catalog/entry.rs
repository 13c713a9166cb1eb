//! One tool of the catalog: its code, its definition, and what is prepared from it once.

use std::sync::Arc;

use genkan_core::{
    Error, Result, Revision, Tool, ToolDefinition, Toolset, digest::Digest, toolset::Effect,
};
use jsonschema::Validator;
use serde_json::{Value, json};

use super::{
    mirrored::{self, Mirrored},
    page::Listed,
    schema,
};
use crate::measure::Meters;

/// A tool with everything a call needs of it.
pub(crate) struct Entry {
    pub(crate) toolset: String,
    pub(crate) tool: Arc<dyn Tool>,
    pub(crate) definition: ToolDefinition,
    /// Whether only so many of its calls, and of others like it, run at once.
    pub(crate) is_heavy: bool,
    /// Whether it changes something outside the house.
    pub(crate) departs: bool,
    /// Arguments that no record keeps.
    pub(crate) hides: &'static [&'static str],
    /// Whether only the full profile of its toolset shows it.
    pub(crate) is_further: bool,
    /// Over the whole definition in its newest wire form: what an approval is pinned to.
    pub(crate) digest: Digest,
    pub(crate) validator: Validator,
    /// Of the structured answer, where it must be checked.
    pub(crate) output: Option<Validator>,
    /// What clients repeat in headers.
    pub(crate) mirrored: Vec<Mirrored>,
    pub(crate) meters: Meters,
}

impl Entry {
    pub(crate) fn new(toolset: &dyn Toolset, tool: Arc<dyn Tool>) -> Result<Self> {
        let definition = tool.definition();
        let name = definition.name.as_str();
        let prefix = toolset.prefix();
        if !name.starts_with(&prefix) {
            return Err(Error::internal(format!(
                "tool `{name}` does not begin with `{prefix}`"
            )));
        }
        let validator = schema::compile(name, "input", &definition.input_schema)?;
        let mirrored = mirrored::read(&definition.input_schema)?;
        // Where the schema was made from the type of the answer, holding one against the other
        // would cost much and find nothing.
        let output = match &definition.output_schema {
            Some(schema) if !tool.is_typed() => Some(schema::compile(name, "output", schema)?),
            _ => None,
        };
        let digest = Digest::of_json(&wire_form(
            &definition,
            tool.reaches_out(),
            Revision::V2026_07_28,
        ));
        let meters = Meters::of_tool(name);
        Ok(Self {
            toolset: toolset.name().to_owned(),
            is_heavy: tool.is_heavy(),
            departs: tool.reaches_out() && !definition.effect.is_read_only(),
            is_further: tool.is_further(),
            hides: tool.hides(),
            tool,
            definition,
            digest,
            validator,
            output,
            mirrored,
            meters,
        })
    }
}

impl Listed for Entry {
    const MEMBER: &'static str = "tools";

    fn key(&self) -> &str {
        self.definition.name.as_str()
    }

    fn wire_form(&self, revision: Revision) -> Value {
        wire_form(&self.definition, self.tool.reaches_out(), revision)
    }
}

/// Titles and output schemas exist since 2025-06-18, annotations since 2025-03-26.
fn wire_form(definition: &ToolDefinition, reaches_out: bool, revision: Revision) -> Value {
    let mut tool = json!({ "name": definition.name });
    if revision >= Revision::V2025_06_18 {
        tool["title"] = json!(definition.title);
    }
    tool["description"] = json!(definition.description);
    tool["inputSchema"] = definition.input_schema.clone();
    if revision >= Revision::V2025_06_18
        && let Some(schema) = &definition.output_schema
    {
        tool["outputSchema"] = schema.clone();
    }
    if revision >= Revision::V2025_03_26 {
        tool["annotations"] = annotations(definition, reaches_out);
    }
    tool
}

fn annotations(definition: &ToolDefinition, reaches_out: bool) -> Value {
    json!({
        "title": definition.title,
        "readOnlyHint": definition.effect.is_read_only(),
        "destructiveHint": definition.effect == Effect::Changes,
        "idempotentHint": definition.idempotent,
        "openWorldHint": reaches_out,
    })
}
