//! Results in the form of MCP 2026-07-28.

use bytes::Bytes;
use genkan_core::Outcome;

use crate::{
    house::House,
    mcp::{message::RequestId, wire},
};

/// How long a client may keep a list or a discovery. Short, since a role may change; a change of
/// the catalog needs a restart.
pub(super) const TTL_MS: u64 = 60_000;

/// Writes the response to a request that the engine answered.
pub(super) fn result(house: &House, id: &RequestId, outcome: &Outcome) -> Bytes {
    match outcome {
        Outcome::Tool(output) => wire::result(id, wire::size_of(output), |out| {
            out.extend_from_slice(b"\"resultType\":\"complete\",");
            wire::tool_output(out, output, true);
            server_info(out, house);
        }),
        Outcome::InputRequired(required) => wire::result(id, 512, |out| {
            out.extend_from_slice(b"\"resultType\":\"input_required\",\"inputRequests\":");
            wire::json(out, &required.requests);
            out.extend_from_slice(b",\"requestState\":");
            wire::json(out, &required.request_state);
            server_info(out, house);
        }),
        Outcome::List(page) => wire::result(id, page.members.len() + 128, |out| {
            out.extend_from_slice(b"\"resultType\":\"complete\",");
            caching(out);
            out.extend_from_slice(&page.members);
            server_info(out, house);
        }),
    }
}

/// Lists depend on the role of who asks, so that nobody may share them between callers
/// (MCP 2026-07-28 caching).
pub(super) fn caching(out: &mut Vec<u8>) {
    out.extend_from_slice(b"\"ttlMs\":");
    wire::json(out, &TTL_MS);
    out.extend_from_slice(b",\"cacheScope\":\"private\",");
}

/// Every result says who made it (MCP 2026-07-28 basic protocol, `_meta`).
pub(super) fn server_info(out: &mut Vec<u8>, house: &House) {
    out.extend_from_slice(b",\"_meta\":{\"io.modelcontextprotocol/serverInfo\":");
    out.extend_from_slice(house.server_info.as_bytes());
    out.push(b'}');
}
