//! Results in the form of MCP 2026-07-28.

use genkan_core::{Error, Outcome, Result, outcome::ListPage};
use serde_json::{Map, Value};

use crate::{
    house::House,
    mcp::{contents, message::RequestId, tasks, wire, written::Written},
};

const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// How long a client may keep a list or a discovery. Short, since a role may change; a change of
/// the catalog needs a restart.
pub(super) const TTL_MS: u64 = 60_000;

/// Writes the response to a request that the engine answered.
pub(super) fn result(house: &House, id: &RequestId, outcome: &Outcome) -> Result<Written> {
    let written = match outcome {
        Outcome::List(page) => return Ok(list(house, id, page)),
        Outcome::Tool(output) => wire::result(id, wire::size_of(output), |out| {
            complete(out);
            wire::tool_output(out, output, true);
            meta(out, house, output.meta.as_deref());
        }),
        Outcome::InputRequired(required) => wire::result(id, 512, |out| {
            out.extend_from_slice(b"\"resultType\":\"input_required\",\"inputRequests\":");
            wire::json(out, &required.requests);
            out.extend_from_slice(b",\"requestState\":");
            wire::json(out, &required.request_state);
            meta(out, house, None);
        }),
        Outcome::Reading(reading) => wire::result(id, 512, |out| {
            complete(out);
            keeping(
                out,
                u64::try_from(reading.keep.as_millis()).unwrap_or(TTL_MS),
            );
            contents::reading(out, reading);
            meta(out, house, reading.meta.as_deref());
        }),
        Outcome::Prompt(prompt) => wire::result(id, 512, |out| {
            complete(out);
            contents::prompt(out, prompt);
            meta(out, house, prompt.meta.as_deref());
        }),
        Outcome::Completion(completion) => wire::result(id, 512, |out| {
            complete(out);
            contents::completion(out, completion);
            meta(out, house, None);
        }),
        Outcome::TaskCreated(task) => wire::result(id, 512, |out| {
            out.extend_from_slice(b"\"resultType\":\"task\",");
            tasks::created(out, task);
            meta(out, house, None);
        }),
        Outcome::Task(task) => wire::result(id, 512, |out| {
            complete(out);
            tasks::detailed(out, task);
            meta(out, house, None);
        }),
        Outcome::Done => wire::result(id, 64, |out| {
            out.extend_from_slice(b"\"resultType\":\"complete\"");
            meta(out, house, None);
        }),
        Outcome::Subscribed(_) => return Err(Error::internal("a subscription is no answer")),
    };
    Ok(written.into())
}

fn list(house: &House, id: &RequestId, page: &ListPage) -> Written {
    let before = |out: &mut Vec<u8>| {
        complete(out);
        caching(out);
    };
    let after = |out: &mut Vec<u8>| meta(out, house, None);
    wire::result_around(id, before, page.members.clone(), after)
}

/// Says that this is the whole answer.
pub(super) fn complete(out: &mut Vec<u8>) {
    out.extend_from_slice(b"\"resultType\":\"complete\",");
}

/// Lists depend on the role of who asks, so that nobody may share them between callers
/// (MCP 2026-07-28 caching).
pub(super) fn caching(out: &mut Vec<u8>) {
    keeping(out, TTL_MS);
}

fn keeping(out: &mut Vec<u8>, millis: u64) {
    out.extend_from_slice(b"\"ttlMs\":");
    wire::json(out, &millis);
    out.extend_from_slice(b",\"cacheScope\":\"private\",");
}

/// Every result says who made it (MCP 2026-07-28 basic protocol, `_meta`), besides what its maker
/// says.
pub(super) fn meta(out: &mut Vec<u8>, house: &House, said: Option<&Map<String, Value>>) {
    out.extend_from_slice(b",\"_meta\":{\"io.modelcontextprotocol/serverInfo\":");
    out.extend_from_slice(house.server_info.as_bytes());
    let said = said.into_iter().flatten();
    for (name, value) in said.filter(|(name, _)| *name != SERVER_INFO) {
        out.push(b',');
        wire::json(out, name);
        out.push(b':');
        wire::json(out, value);
    }
    out.push(b'}');
}
