//! Resume: answers and state of an earlier round are opened, checked and spent.

use genkan_core::{Principal, Result, context::Dialogue};
use serde_json::Value;

use super::expose::Asked;
use crate::{Engine, catalog::schema::build, request_state::Opened};

pub(super) async fn dialogue(
    engine: &Engine,
    principal: &Principal,
    asked: &mut Asked,
) -> Result<Dialogue> {
    let mut dialogue = Dialogue::default();
    dialogue.check = Some(fits);
    let Some(sealed) = asked.request_state.take() else {
        // Answers count only beside the state that proves that they were asked for.
        return Ok(dialogue);
    };
    let opening =
        engine
            .request_states
            .open(engine, &sealed, principal, &asked.target, &asked.arguments);
    // Boxed, since it is rare, large, and would make every call's future as large.
    let Opened {
        asked: keys,
        mut answers,
        state,
    } = Box::pin(opening).await?;
    for key in keys {
        if let Some(answer) = asked.answers.remove(&key) {
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
    let validator = build(schema).map_err(|error| Error::internal(error.to_string()))?;
    validator.validate(content).map_err(|fault| {
        let path = fault.instance_path().as_str().to_owned();
        Error::new(
            Code::AnswerInvalid,
            format!("the answer does not fit at `{path}`: {}", fault.masked()),
        )
    })
}
