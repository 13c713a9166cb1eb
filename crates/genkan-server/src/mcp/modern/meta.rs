//! The `_meta` that every request of MCP 2026-07-28 carries.

use genkan_core::{
    Code, Error, Result, Revision,
    call::{Abilities, LogLevel},
    id::IdempotencyKey,
};
use serde_json::{Map, Value};

use crate::{
    json::{member, take},
    mcp::{capabilities, exchange::unsupported_version, idempotency, progress::Progress},
};

const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
const CLIENT: &str = "io.modelcontextprotocol/clientInfo";
const LOG_LEVEL: &str = "io.modelcontextprotocol/logLevel";

/// What a request says of its client.
pub(crate) struct Meta {
    pub(crate) abilities: Abilities,
    pub(crate) progress: Option<Progress>,
    /// From which level on the client wants log messages; none without one.
    pub(crate) logs: Option<LogLevel>,
    /// By which a call is known when it is sent again.
    pub(crate) idempotency_key: Option<IdempotencyKey>,
}

/// Whether a message carries metadata of the stateless era. Then nothing else decides its era
/// (MCP 2026-07-28 versioning).
pub(crate) fn is_modern(params: &Map<String, Value>) -> bool {
    member(params, "_meta")
        .and_then(Value::as_object)
        .is_some_and(|meta| member(meta, VERSION).is_some())
}

/// The revision that a request says it follows.
pub(crate) fn version(params: &Map<String, Value>) -> Result<&str> {
    let meta = member(params, "_meta").and_then(Value::as_object);
    match meta.and_then(|meta| member(meta, VERSION)) {
        Some(Value::String(version)) => Ok(version),
        Some(_) => Err(wrong(VERSION, "a string")),
        None => Err(missing(VERSION)),
    }
}

/// Refuses every revision but the stateless one.
pub(crate) fn check_version(version: &str) -> Result<()> {
    match Revision::parse(version) {
        Some(revision) if revision.is_modern() => Ok(()),
        // Served, but in sessions: the client must not be told to ask like this again.
        Some(_) => Err(
            unsupported_version(version, &[Revision::V2026_07_28.as_str()])
                .hint("Begin a session of this revision with `initialize`, or use 2026-07-28."),
        ),
        None => Err(unsupported_version(version, &supported())),
    }
}

/// Every revision that this server speaks, newest first.
pub(crate) fn supported() -> [&'static str; Revision::ALL.len()] {
    let mut all = Revision::ALL.map(Revision::as_str);
    all.reverse();
    all
}

impl Meta {
    /// Takes the metadata out of the parameters of a request.
    pub(crate) fn take(params: &mut Map<String, Value>) -> Result<Self> {
        check_version(version(params)?)?;
        let Some(Value::Object(mut meta)) = take(params, "_meta") else {
            return Err(missing(VERSION));
        };
        let abilities = match member(&meta, CAPABILITIES) {
            Some(Value::Object(declared)) => capabilities::read(declared, Revision::V2026_07_28)?,
            Some(_) => return Err(wrong(CAPABILITIES, "an object")),
            None => return Err(missing(CAPABILITIES)),
        };
        if member(&meta, CLIENT).is_some_and(|client| !client.is_object()) {
            return Err(wrong(CLIENT, "an object"));
        }
        let logs = match member(&meta, LOG_LEVEL) {
            None => None,
            Some(level) => Some(read_level(level)?),
        };
        Ok(Self {
            abilities,
            idempotency_key: idempotency::key(&meta)?,
            progress: Progress::take(&mut meta)?,
            logs,
        })
    }
}

fn read_level(level: &Value) -> Result<LogLevel> {
    level
        .as_str()
        .and_then(LogLevel::parse)
        .ok_or_else(|| wrong(LOG_LEVEL, "a log level of RFC 5424, such as `info`"))
}

fn missing(key: &str) -> Error {
    Error::new(
        Code::InvalidParams,
        format!("`params._meta[\"{key}\"]` is missing"),
    )
}

fn wrong(key: &str, wanted: &str) -> Error {
    Error::new(
        Code::InvalidParams,
        format!("`params._meta[\"{key}\"]` must be {wanted}"),
    )
}
