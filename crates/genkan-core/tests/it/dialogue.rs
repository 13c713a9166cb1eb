//! Questions and answers of one call.

use std::collections::HashMap;

use genkan_core::{
    Code, Stop,
    context::{Answer, Dialogue, Question},
};
use serde_json::{Value, json};

fn form() -> Question {
    Question::Form {
        message: "Sure?".into(),
        schema: json!({"type": "object", "properties": {}}),
    }
}

fn answered(value: Value) -> Dialogue {
    let mut dialogue = Dialogue::default();
    dialogue.answers = HashMap::from([("sure".to_owned(), value)]);
    dialogue
}

#[test]
fn an_unanswered_question_ends_the_attempt_and_is_kept() {
    let dialogue = Dialogue::default();
    assert!(matches!(dialogue.ask("sure", form()), Err(Stop::Ask)));
    let asked = dialogue.take_asked();
    assert_eq!(asked.requests["sure"]["method"], "elicitation/create");
    assert_eq!(asked.requests["sure"]["params"]["message"], "Sure?");
}

#[test]
fn answers_are_read_and_malformed_ones_refused() {
    let rows = [
        (
            json!({"action": "accept", "content": {"yes": true}}),
            Some(Answer::Accepted(
                json!({"yes": true}).as_object().unwrap().clone(),
            )),
        ),
        (
            json!({"action": "accept"}),
            Some(Answer::Accepted(Default::default())),
        ),
        (json!({"action": "decline"}), Some(Answer::Declined)),
        (json!({"action": "cancel"}), Some(Answer::Cancelled)),
        (json!({"action": "accept", "content": 7}), None),
        (json!({"action": "maybe"}), None),
        (json!({}), None),
        (json!("accept"), None),
    ];
    for (value, expected) in rows {
        match (answered(value.clone()).ask("sure", form()), expected) {
            (Ok(answer), Some(expected)) => assert_eq!(answer, expected, "{value}"),
            (Err(Stop::Error(error)), None) => {
                assert_eq!(error.code(), Code::AnswerInvalid, "{value}")
            }
            (other, _) => panic!("{value}: {other:?}"),
        }
    }
}
