//! Listens to one conversation and finds what the server says wrongly: messages that do not fit the
//! official schema of their revision, answers to nobody, and progress that comes too late.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{
    schemas,
    words::{self, NEWEST},
};

const VERSION_KEY: &str = "io.modelcontextprotocol/protocolVersion";
const SUBSCRIPTION_KEY: &str = "io.modelcontextprotocol/subscriptionId";

/// Who says a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// Whoever calls.
    Client,
    /// Genkan.
    Server,
}

/// A request that is not answered yet.
struct Waiting {
    method: String,
    /// The revision of a request that names one.
    revision: Option<String>,
    token: Option<Value>,
    last_progress: f64,
}

/// The judge of one conversation: of one session, one stream of lines, or one stateless exchange.
#[derive(Default)]
pub struct Judge {
    session: Option<String>,
    waiting: HashMap<String, Waiting>,
    faults: Vec<String>,
    judged: usize,
}

impl Judge {
    /// A judge of a session that was opened in another conversation.
    pub fn of_session(revision: &str) -> Self {
        Self {
            session: Some(revision.to_owned()),
            ..Self::default()
        }
    }

    /// Takes the next message of the conversation, or a batch of them.
    pub fn hear(&mut self, speaker: Speaker, message: &Value) {
        if let Value::Array(batch) = message {
            batch.iter().for_each(|message| self.hear(speaker, message));
            return;
        }
        match speaker {
            Speaker::Client => self.heard_of_client(message),
            Speaker::Server => {
                self.judged += 1;
                if let Err(fault) = self.judge(message) {
                    self.faults.push(format!("{fault}\n{message:#}"));
                }
            }
        }
    }

    /// How many messages of the server were judged.
    pub fn judged(&self) -> usize {
        self.judged
    }

    /// What was wrong.
    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    /// Fails unless everything was right.
    pub fn acquit(&self) {
        assert!(self.faults.is_empty(), "{}", self.faults.join("\n"));
    }

    fn heard_of_client(&mut self, message: &Value) {
        let Some(method) = message["method"].as_str() else {
            return;
        };
        if message.get("id").is_none() {
            return;
        }
        let meta = &message["params"]["_meta"];
        let waiting = Waiting {
            method: method.to_owned(),
            revision: meta[VERSION_KEY].as_str().map(str::to_owned),
            token: meta.get("progressToken").cloned(),
            last_progress: f64::NEG_INFINITY,
        };
        self.waiting.insert(message["id"].to_string(), waiting);
    }

    fn judge(&mut self, message: &Value) -> Result<(), String> {
        let newest = NEWEST.to_owned();
        if let Some(method) = message["method"].as_str() {
            return match message.get("id") {
                Some(_) => self.question(method, message),
                None => self.notification(method, message),
            };
        }
        let asked = match message.get("id") {
            None | Some(Value::Null) => None,
            Some(id) => {
                let asked = self.waiting.remove(&id.to_string());
                Some(asked.ok_or_else(|| "it answers nothing that was asked".to_owned())?)
            }
        };
        if let Some(code) = message["error"]["code"].as_i64() {
            let named = asked.and_then(|asked| asked.revision);
            let revision = known(named.or(self.session.clone()).unwrap_or(newest));
            return fits(&revision, words::error(&revision, code), message);
        }
        let asked = asked.ok_or_else(|| "a result without an id".to_owned())?;
        self.result(&asked, message)
    }

    fn result(&mut self, asked: &Waiting, message: &Value) -> Result<(), String> {
        let (method, result) = (asked.method.as_str(), &message["result"]);
        if method == "initialize" {
            self.session = result["protocolVersion"].as_str().map(str::to_owned);
        }
        let revision = asked.revision.clone().or(self.session.clone());
        let revision = revision.ok_or_else(|| "a result before any session".to_owned())?;
        fits(&revision, "JSONRPCMessage", message)?;
        if revision != NEWEST {
            if words::is_empty(method) && *result != json!({}) {
                return Err("an empty result is empty".to_owned());
            }
            return fits(&revision, words::result_of(method), result);
        }
        let definition = match result["resultType"].as_str() {
            Some("complete") => words::result_of(method),
            Some("input_required") if words::may_ask(method) => "InputRequiredResult",
            Some("task") if method == "tools/call" => "Result",
            other => return Err(format!("`{method}` cannot have the result type {other:?}")),
        };
        fits(&revision, definition, result)
    }

    fn question(&self, method: &str, message: &Value) -> Result<(), String> {
        let revision = self.session.as_deref();
        let revision = revision.ok_or_else(|| "who has no session is asked nothing".to_owned())?;
        let definition =
            words::question(method).ok_or_else(|| format!("no client can {method}"))?;
        fits(revision, definition, message)
    }

    fn notification(&mut self, method: &str, message: &Value) -> Result<(), String> {
        let params = &message["params"];
        let definition =
            words::notification(method).ok_or_else(|| format!("nothing is told as `{method}`"))?;
        let session = self.session.clone();
        let revision = match method {
            "notifications/progress" => self.progress(params)?,
            _ if params["_meta"].get(SUBSCRIPTION_KEY).is_some() => Some(NEWEST.to_owned()),
            _ => session.clone(),
        };
        fits(
            &revision.or(session).unwrap_or(NEWEST.to_owned()),
            definition,
            message,
        )
    }

    /// Progress is told before the answer, and increases. The revision is that of its request.
    fn progress(&mut self, params: &Value) -> Result<Option<String>, String> {
        let token = params.get("progressToken");
        let asked = self
            .waiting
            .values_mut()
            .find(|asked| asked.token.as_ref() == token);
        let asked = asked.ok_or_else(|| "progress of nothing that is under way".to_owned())?;
        let progress = params["progress"].as_f64().unwrap_or(f64::NAN);
        if progress <= asked.last_progress {
            return Err("progress that does not increase".to_owned());
        }
        asked.last_progress = progress;
        Ok(asked.revision.clone())
    }
}

/// A revision that nobody knows is answered in the words of the newest.
fn known(revision: String) -> String {
    match schemas::REVISIONS.contains(&revision.as_str()) {
        true => revision,
        false => NEWEST.to_owned(),
    }
}

fn fits(revision: &str, definition: &str, value: &Value) -> Result<(), String> {
    match schemas::fault(revision, definition, value) {
        None => Ok(()),
        Some(fault) => Err(fault),
    }
}
