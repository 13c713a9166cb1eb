//! The idempotency key of a call, in its `_meta`: clients of every era and at every door can give one.

use genkan_core::{Code, Error, Operation, Result, id::IdempotencyKey};
use serde_json::{Map, Value};

use crate::json::member;

/// The member of `_meta` that holds it.
const KEY: &str = "genkan/idempotencyKey";

/// The key, if the request has one.
pub(crate) fn key(meta: &Map<String, Value>) -> Result<Option<IdempotencyKey>> {
    let Some(given) = member(meta, KEY) else {
        return Ok(None);
    };
    let key = given.as_str().and_then(IdempotencyKey::parse);
    key.map(Some).ok_or_else(|| {
        let message =
            format!("`params._meta[\"{KEY}\"]` must be 1 to 128 visible ASCII characters");
        Error::new(Code::InvalidParams, message)
    })
}

/// Gives it to the call of a tool. It means nothing to any other operation.
pub(crate) fn give(operation: &mut Operation, key: Option<IdempotencyKey>) {
    if let Operation::CallTool(call) = operation {
        call.idempotency_key = key;
    }
}
