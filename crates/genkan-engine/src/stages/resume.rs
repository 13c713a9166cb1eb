//! Resume: answers and state of an earlier round are opened, checked and spent.

use genkan_core::{Principal, Result, call::ToolCall, context::Dialogue};
use serde_json::Value;

use crate::{Engine, catalog::Entry, request_state::Opened};

pub(super) async fn dialogue(
    engine: &Engine,
    principal: &Principal,
    entry: &Entry,
    call: &mut ToolCall,
) -> Result<Dialogue> {
    let mut dialogue = Dialogue::default();
    dialogue.check = Some(fits);
    let Some(sealed) = call.request_state.take() else {
        // Answers count only beside the state that proves that they were asked for.
        return Ok(dialogue);
    };
    let opening = engine
        .request_states
        .open(engine, &sealed, principal, entry, &call.arguments);
    // Boxed, since it is rare, large, and would make every call's future as large.
    let Opened {
        asked,
        mut answers,
        state,
    } = Box::pin(opening).await?;
    for key in asked {
        if let Some(answer) = call.answers.remove(&key) {
            answers.insert(key, answer);
        }
    }
    dialogue.answers = answers;
    dialogue.state = state;
    Ok(dialogue)
}

/// Whether an accepted form fits the schema that was asked for.
fn fits(schema: &Value, content: &Value) -> Result<()> {
    use genkan_core::{Code, Error};
    let validator =
        jsonschema::draft202012::new(schema).map_err(|error| Error::internal(error.to_string()))?;
    validator.validate(content).map_err(|fault| {
        let path = fault.instance_path().as_str().to_owned();
        Error::new(
            Code::AnswerInvalid,
            format!("the answer does not fit at `{path}`: {}", fault.masked()),
        )
    })
}
