//! HTTP with two addresses, as MCP 2024-11-05 had it: `GET /sse` opens a stream that says where to
//! send messages, `POST /messages` takes them, and every answer comes on the stream (MCP 2024-11-05
//! transports, HTTP with SSE). Off unless `mcp.legacy_sse` is on.
//!
//! A stream is a [`Dialogue`](crate::stream::dialogue::Dialogue) like that of standard input and
//! output, within the bounds of sessions. It lasts as long as its connection, and only for who
//! opened it.

pub(crate) mod messages;
pub(crate) mod stream;
mod streams;

pub(crate) use self::streams::Streams;
