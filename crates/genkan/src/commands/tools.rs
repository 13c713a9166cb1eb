//! `genkan tools …`: what a client would see and call, from the command line.

use genkan_core::{Result, id::ProfileName};
use serde_json::{Map, Value, json};

use crate::{
    commands::text::profile,
    local::{Client, Session},
    output,
    surroundings::Surroundings,
};

/// List and call tools, as the local user
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the tools of a profile
    List {
        /// The profile
        #[arg(long, value_name = "NAME", default_value = "default", value_parser = profile)]
        profile: ProfileName,
    },
    /// Call a tool and print its answer
    Call {
        /// The name of the tool
        name: String,
        /// Its arguments, as one JSON object
        #[arg(long = "args", value_name = "JSON", value_parser = object)]
        object: Option<Map<String, Value>>,
        /// Its arguments, one by one: text where the tool takes text, else JSON
        #[arg(value_name = "KEY=VALUE", value_parser = pair)]
        pairs: Vec<(String, String)>,
        /// The profile
        #[arg(long, value_name = "NAME", default_value = "default", value_parser = profile)]
        profile: ProfileName,
    },
}

pub(crate) async fn run(arguments: Arguments, surroundings: &Surroundings) -> Result<()> {
    match arguments.command {
        Command::List { profile } => list(surroundings, &profile).await,
        Command::Call {
            name,
            object,
            pairs,
            profile,
        } => {
            call(
                surroundings,
                &profile,
                &name,
                object.unwrap_or_default(),
                pairs,
            )
            .await
        }
    }
}

async fn list(surroundings: &Surroundings, profile: &ProfileName) -> Result<()> {
    let mut session = Session::open(surroundings, profile).await?;
    let tools = session.client().list_tools().await;
    session.close().await;
    let tools = tools?;
    surroundings.output.result(&json!({ "tools": tools }), || {
        let text = |tool: &Value, name: &str| {
            tool.get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let first = |text: String| {
            text.split_inclusive(". ")
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        let rows = tools
            .iter()
            .map(|tool| vec![text(tool, "name"), first(text(tool, "description"))]);
        output::columns(&rows.collect::<Vec<_>>())
    });
    Ok(())
}

async fn call(
    surroundings: &Surroundings,
    profile: &ProfileName,
    name: &str,
    mut arguments: Map<String, Value>,
    pairs: Vec<(String, String)>,
) -> Result<()> {
    let mut session = Session::open(surroundings, profile).await?;
    let result = async {
        let client = session.client();
        if !pairs.is_empty() {
            add(&mut arguments, pairs, &schema(client, name).await?);
        }
        client.call_tool(name, Value::Object(arguments)).await
    }
    .await;
    session.close().await;
    let result = result?;
    surroundings.output.result(&result, || as_text(&result));
    Ok(())
}

/// The input schema of a tool; null for an unknown one, which the call itself will refuse.
async fn schema(client: &mut Client, name: &str) -> Result<Value> {
    let tools = client.list_tools().await?;
    let tool = tools
        .into_iter()
        .find(|tool| tool.get("name").and_then(Value::as_str) == Some(name));
    Ok(tool
        .and_then(|mut tool| tool.get_mut("inputSchema").map(Value::take))
        .unwrap_or_default())
}

fn add(arguments: &mut Map<String, Value>, pairs: Vec<(String, String)>, schema: &Value) {
    for (key, text) in pairs {
        let takes_text = schema
            .pointer(&format!("/properties/{key}"))
            .is_some_and(takes_text);
        let value = match serde_json::from_str(&text) {
            Ok(value) if !takes_text => value,
            _ => Value::String(text),
        };
        arguments.insert(key, value);
    }
}

/// Whether a property takes text, alone or among others: then the text is meant as it stands.
fn takes_text(property: &Value) -> bool {
    let is_text = |kind: &Value| kind == "string";
    property.get("enum").is_some()
        || match property.get("type") {
            Some(Value::Array(kinds)) => kinds.iter().any(is_text),
            Some(kind) => is_text(kind),
            None => false,
        }
}

/// The text blocks of a result; the structured answer where there are none.
fn as_text(result: &Value) -> String {
    let blocks = result
        .get("content")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let texts: Vec<&str> = blocks
        .filter_map(|block| block.get("text").and_then(Value::as_str))
        .collect();
    match result.get("structuredContent") {
        Some(answer) if texts.len() <= 1 => format!("{answer:#}"),
        _ => texts.join("\n"),
    }
}

fn object(text: &str) -> Result<Map<String, Value>, String> {
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err("it must be a JSON object, such as '{\"name\": \"x\"}'".into()),
        Err(error) => Err(format!("it is not JSON: {error}")),
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(key, _)| !key.is_empty());
    let (key, value) = pair.ok_or("it must have the form key=value")?;
    Ok((key.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_text_where_the_tool_takes_text_and_json_elsewhere() {
        let schema = json!({ "properties": {
            "content": { "type": "string" },
            "note": { "type": ["string", "null"] },
            "limit": { "type": "integer" },
        }});
        let pairs = [
            "content=123",
            "note=null",
            "limit=5",
            "other=[1,2]",
            "word=hello",
        ];
        let mut arguments = Map::new();
        add(
            &mut arguments,
            pairs.iter().map(|text| pair(text).unwrap()).collect(),
            &schema,
        );
        let expected = json!({
            "content": "123", "note": "null", "limit": 5, "other": [1, 2], "word": "hello",
        });
        assert_eq!(Value::Object(arguments), expected);
    }
}
