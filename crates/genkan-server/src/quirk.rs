//! What clients do wrong and are served all the same: each by name, with a switch
//! (`mcp.quirks.<name>`) and a counter. Everything else that the specification forbids is refused.

use metrics::counter;

/// How often each was met.
const MET: &str = "genkan_quirks_total";

/// A known fault of known clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quirk {
    VersionHeader,
    DiscoverHeaders,
    Accept,
    SessionVersion,
    UnaskedVersion,
    SessionId,
}

impl Quirk {
    /// Counts that it was met and forgiven.
    pub(crate) fn forgive(self) {
        counter!(MET, "quirk" => self.as_str()).increment(1);
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::VersionHeader => "version_header",
            Self::DiscoverHeaders => "discover_headers",
            Self::Accept => "accept",
            Self::SessionVersion => "session_version",
            Self::UnaskedVersion => "unasked_version",
            Self::SessionId => "session_id",
        }
    }
}

/// Tells the recorder what the counter means.
pub(crate) fn describe() {
    metrics::describe_counter!(
        MET,
        "Known faults of clients that were forgiven, by `quirk`"
    );
}
