//! Section `mcp.quirks`: which known faults of clients are forgiven.

use crate::settings::section::section;

section! {
    /// Known faults of known clients. Each is served all the same while its switch is on, and counted in
    /// `genkan_quirks_total`; everything else that the specification forbids is refused.
    Quirks "mcp.quirks" {
        /// `MCP-Protocol-Version` says 2025-11-25 while the body is of 2026-07-28; the body is believed.
        version_header: bool = Some("true");
        /// The headers of `server/discover` differ from its body.
        discover_headers: bool = Some("true");
        /// `Accept` does not name both `application/json` and `text/event-stream`.
        accept: bool = Some("true");
        /// A session sends another `MCP-Protocol-Version` than it agreed to.
        session_version: bool = Some("true");
    }
}
