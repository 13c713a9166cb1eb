//! Sections `mcp` and `mcp.quirks`: older ways to speak the protocol, and which known faults of
//! clients are forgiven.

use crate::settings::section::section;

section! {
    /// How the Model Context Protocol is spoken.
    Mcp "mcp" {
        /// Serve HTTP+SSE of MCP 2024-11-05 too: `GET /sse` and `POST /messages`, for clients that know
        /// nothing newer.
        legacy_sse: bool = Some("false");
    }
}

section! {
    /// Known faults of known clients. Each is served all the same while its switch is on, and counted in
    /// `genkan_quirks_total`; everything else that the specification forbids is refused.
    Quirks "mcp.quirks" {
        /// `MCP-Protocol-Version` says 2025-11-25 while the body is of 2026-07-28; the body is believed.
        version_header: bool = Some("true"), AtOnce;
        /// The headers of `server/discover` differ from its body.
        discover_headers: bool = Some("true"), AtOnce;
        /// `Accept` does not name both `application/json` and `text/event-stream`.
        accept: bool = Some("true"), AtOnce;
        /// A session sends another `MCP-Protocol-Version` than it agreed to.
        session_version: bool = Some("true"), AtOnce;
        /// A session of 2024-11-05, which knows no such header, sends any `MCP-Protocol-Version`.
        unasked_version: bool = Some("true"), AtOnce;
        /// A request of a session has no `Mcp-Session-Id`; the only session of its caller is meant, if
        /// there is just one.
        session_id: bool = Some("false"), AtOnce;
    }
}
