//! Results in the form of each revision with sessions: what came later is left out or said in text.

use genkan_core::{Code, Error, Outcome, Result, Revision, outcome::Content};
use serde_json::{Value, value::RawValue};

use crate::mcp::{contents, message::RequestId, wire, written::Written};

/// Writes the response to a request that the engine answered.
pub(super) fn result(id: &RequestId, outcome: Outcome, revision: Revision) -> Result<Written> {
    let written = match outcome {
        Outcome::Tool(mut output) => {
            for block in &mut output.content {
                downgrade(block, revision);
            }
            let show_structured = revision >= Revision::V2025_06_18
                && output.structured.as_deref().is_some_and(is_object);
            wire::result(id, wire::size_of(&output), |out| {
                wire::tool_output(out, &output, show_structured);
                contents::plain_meta(out, output.meta.as_deref());
            })
        }
        // The engine gives each revision the members that it knows.
        Outcome::List(page) => {
            return Ok(wire::result_around(
                id,
                |_| {},
                page.members.clone(),
                |_| {},
            ));
        }
        Outcome::Reading(reading) => wire::result(id, 512, |out| {
            contents::reading(out, &reading);
            contents::plain_meta(out, reading.meta.as_deref());
        }),
        Outcome::Prompt(mut prompt) => {
            for message in &mut prompt.messages {
                downgrade(&mut message.content, revision);
            }
            wire::result(id, 512, |out| {
                contents::prompt(out, &prompt);
                contents::plain_meta(out, prompt.meta.as_deref());
            })
        }
        Outcome::Completion(completion) => wire::result(id, 512, |out| {
            contents::completion(out, &completion);
        }),
        Outcome::Subscribed(_) => return Err(Error::internal("a subscription is no answer")),
        Outcome::TaskCreated(_) | Outcome::Task(_) | Outcome::Done => {
            return Err(Error::internal("a session knows no tasks"));
        }
        Outcome::InputRequired(_) => {
            return Err(Error::new(
                Code::MissingCapability,
                "this client cannot be asked anything",
            ));
        }
    };
    Ok(written.into())
}

/// Before 2026-07-28 structured content was an object and nothing else.
fn is_object(raw: &RawValue) -> bool {
    raw.get().trim_start().starts_with('{')
}

/// Turns a block that the revision does not know into text. Audio came with 2025-03-26, links to
/// resources with 2025-06-18.
fn downgrade(block: &mut Content, revision: Revision) {
    let Content::Raw(raw) = block else { return };
    if revision >= Revision::V2025_06_18 {
        return;
    }
    let Ok(value) = serde_json::from_str::<Value>(raw.get()) else {
        return;
    };
    let text = match value["type"].as_str() {
        Some("resource_link") => value["uri"].as_str().unwrap_or_default().to_owned(),
        Some("audio") if revision < Revision::V2025_03_26 => {
            format!(
                "[audio, {}]",
                value["mimeType"].as_str().unwrap_or("unknown type")
            )
        }
        _ => return,
    };
    *block = Content::Text(text.into());
}

#[cfg(test)]
mod tests {
    use genkan_core::ToolOutput;
    use serde_json::json;

    use super::*;

    fn written(output: ToolOutput, revision: Revision) -> Value {
        let id = RequestId::Text("1".into());
        let bytes = result(&id, Outcome::Tool(output), revision)
            .unwrap()
            .whole();
        serde_json::from_slice::<Value>(&bytes).unwrap()["result"].clone()
    }

    fn raw(value: &Value) -> Content {
        Content::Raw(serde_json::value::to_raw_value(value).unwrap())
    }

    #[test]
    fn structured_content_came_with_2025_06_18_and_was_an_object() {
        use Revision::{V2025_03_26, V2025_06_18};
        let table = [
            (json!({"a": 1}), V2025_06_18, true),
            (json!({"a": 1}), V2025_03_26, false),
            (json!([1]), V2025_06_18, false),
        ];
        for (structured, revision, shown) in table {
            let result = written(ToolOutput::structured(&structured).unwrap(), revision);
            assert_eq!(
                result.get("structuredContent").is_some(),
                shown,
                "{structured} {revision:?}"
            );
            assert_eq!(result["content"][0]["text"], structured.to_string());
            assert!(result.get("resultType").is_none());
        }
    }

    #[test]
    fn later_blocks_become_text() {
        let link = json!({"type": "resource_link", "uri": "file:///a", "name": "a"});
        let audio = json!({"type": "audio", "data": "AA==", "mimeType": "audio/wav"});
        let table = [
            (&link, Revision::V2025_06_18, "resource_link"),
            (&link, Revision::V2025_03_26, "text"),
            (&audio, Revision::V2025_03_26, "audio"),
            (&audio, Revision::V2024_11_05, "text"),
        ];
        for (block, revision, kind) in table {
            let output = ToolOutput {
                content: vec![raw(block)],
                ..ToolOutput::default()
            };
            assert_eq!(
                written(output, revision)["content"][0]["type"],
                kind,
                "{revision:?}"
            );
        }
    }
}
