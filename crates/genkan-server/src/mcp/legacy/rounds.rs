//! A call that asks, for a client that knows no `input_required`: the door asks the client and
//! enters the engine again with the answers, as a client of the stateless era would.

use std::collections::HashMap;

use bytes::Bytes;
use futures_util::future::try_join_all;
use genkan_core::{
    Code, Error, Operation, Outcome, Result, Revision, ToolOutput,
    call::{Abilities, PromptCall, ResourceCall, ToolCall},
    id::IdempotencyKey,
    outcome::InputRequired,
};
use serde_json::{Map, Value, json};
use tokio::{sync::mpsc, time::timeout};

use super::Served;
use crate::mcp::{attempt::attempt, wire};

/// How many times one call may ask.
const ROUNDS: usize = 16;

/// Runs an operation to its end, asking the client wherever it asks.
///
/// What a tool cannot ask is told to the model, which can tell its user; a prompt or a resource has
/// nobody to tell but the client.
pub(super) async fn play(mut served: Served, operation: Operation) -> Result<Outcome> {
    let is_tool = matches!(operation, Operation::CallTool(_));
    let told = |error: Error| match is_tool {
        true => Ok(failure(&error)),
        false => Err(error),
    };
    let can_ask = served.abilities != Abilities::default();
    let again = can_ask.then(|| Again::of(&operation)).flatten();
    let mut operation = operation;
    for _ in 0..ROUNDS {
        let required = match once(&mut served, operation).await {
            Ok(Outcome::InputRequired(required)) => required,
            Err(error) if error.code() == Code::MissingCapability => return told(error),
            other => return other,
        };
        let Some(again) = &again else {
            return told(Error::new(
                Code::MissingCapability,
                "this client cannot be asked anything",
            ));
        };
        let answers = match ask(&served, &required).await {
            Ok(answers) => answers,
            Err(error) if error.code() == Code::Cancelled => return Err(error),
            Err(error) => return told(error),
        };
        operation = again.operation(answers, required.request_state);
    }
    let message = format!("the call asked more than {ROUNDS} times");
    told(Error::new(Code::Internal, message))
}

/// A call that may have to be made again with answers.
enum Again {
    Tool(String, Map<String, Value>, Option<IdempotencyKey>),
    Prompt(String, Map<String, Value>),
    Resource(String),
}

impl Again {
    fn of(operation: &Operation) -> Option<Self> {
        match operation {
            Operation::CallTool(call) => {
                let key = call.idempotency_key.clone();
                Some(Self::Tool(call.name.clone(), call.arguments.clone(), key))
            }
            Operation::GetPrompt(call) => {
                Some(Self::Prompt(call.name.clone(), call.arguments.clone()))
            }
            Operation::ReadResource(call) => Some(Self::Resource(call.uri.clone())),
            _ => None,
        }
    }

    fn operation(&self, answers: HashMap<String, Value>, state: String) -> Operation {
        let request_state = Some(state);
        match self {
            Self::Tool(name, arguments, key) => Operation::CallTool(ToolCall {
                name: name.clone(),
                arguments: arguments.clone(),
                mirrored: None,
                answers,
                request_state,
                idempotency_key: key.clone(),
            }),
            Self::Prompt(name, arguments) => Operation::GetPrompt(PromptCall {
                name: name.clone(),
                arguments: arguments.clone(),
                answers,
                request_state,
            }),
            Self::Resource(uri) => Operation::ReadResource(ResourceCall {
                uri: uri.clone(),
                answers,
                request_state,
            }),
        }
    }
}

async fn once(served: &mut Served, operation: Operation) -> Result<Outcome> {
    let cancel = served.flight.cancel.clone();
    let visitor = served.visitor.clone();
    attempt(
        &served.house,
        visitor,
        operation,
        served.abilities,
        cancel,
        served.telling.as_mut(),
    )
    .await
}

fn failure(error: &Error) -> Outcome {
    Outcome::Tool(ToolOutput::failure(error))
}

/// Asks everything at once and waits for all answers.
async fn ask(served: &Served, required: &InputRequired) -> Result<HashMap<String, Value>> {
    let questions = required.requests.iter().map(|(key, request)| async move {
        let answer = ask_one(served, request).await?;
        Ok::<_, Error>((key.clone(), answer))
    });
    tokio::select! {
        biased;
        () = served.flight.cancel.cancelled() => {
            Err(Error::new(Code::Cancelled, "the call was cancelled while it waited for an answer"))
        }
        answers = try_join_all(questions) => Ok(answers?.into_iter().collect()),
    }
}

async fn ask_one(served: &Served, request: &Value) -> Result<Value> {
    let method = request["method"].as_str().unwrap_or_default();
    let params = params_for(&request["params"], served.peer.revision);
    let mut waiting = served.peer.asking.open()?;
    send(&served.frames, wire::request(waiting.id, method, &params)).await?;
    let limit = served.house.settings().answer_timeout;
    match timeout(limit, &mut waiting.reply).await {
        Ok(Ok(Ok(answer))) => Ok(answer),
        Ok(Ok(Err(fault))) => Err(refused_by_client(&fault)),
        Ok(Err(_)) => Err(Error::new(
            Code::Cancelled,
            "the client left without an answer",
        )),
        Err(_) => {
            let gone = json!({"requestId": waiting.id, "reason": "the time to answer is over"});
            let _ = served
                .frames
                .try_send(wire::notification("notifications/cancelled", &gone));
            let message = format!("nobody answered within {} s", limit.as_secs());
            Err(Error::new(Code::DeadlineExceeded, message))
        }
    }
}

/// Form mode got its name with 2025-11-25; before, there was nothing else.
fn params_for(params: &Value, revision: Revision) -> Value {
    let mut params = params.as_object().cloned().unwrap_or_else(Map::new);
    if revision < Revision::V2025_11_25 {
        params.remove("mode");
    }
    Value::Object(params)
}

async fn send(frames: &mpsc::Sender<Bytes>, question: Bytes) -> Result<()> {
    let gone = |_| {
        Error::new(
            Code::Cancelled,
            "the client closed the stream on which it was to be asked",
        )
    };
    frames.send(question).await.map_err(gone)
}

fn refused_by_client(fault: &Value) -> Error {
    let code = fault["code"].as_i64().unwrap_or_default();
    Error::new(
        Code::AnswerInvalid,
        format!("the client refused to ask its user (JSON-RPC error {code})"),
    )
}
