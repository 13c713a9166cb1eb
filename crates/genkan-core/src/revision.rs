//! The revisions of the Model Context Protocol, oldest first.

use serde::{Deserialize, Serialize};

/// A protocol revision. Ordered by date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Revision {
    /// The first one: HTTP+SSE, no annotations.
    #[serde(rename = "2024-11-05")]
    V2024_11_05,
    /// Streamable HTTP, tool annotations, audio, JSON-RPC batches.
    #[serde(rename = "2025-03-26")]
    V2025_03_26,
    /// Structured answers, titles, elicitation; batches removed.
    #[serde(rename = "2025-06-18")]
    V2025_06_18,
    /// Icons, URL elicitation, resumable streams.
    #[serde(rename = "2025-11-25")]
    V2025_11_25,
    /// The stateless era.
    #[serde(rename = "2026-07-28")]
    V2026_07_28,
}

impl Revision {
    /// Every revision that Genkan speaks, oldest first.
    pub const ALL: [Self; 5] = [
        Self::V2024_11_05,
        Self::V2025_03_26,
        Self::V2025_06_18,
        Self::V2025_11_25,
        Self::V2026_07_28,
    ];

    /// The newest revision with sessions.
    pub const NEWEST_LEGACY: Self = Self::V2025_11_25;

    /// The date on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2024_11_05 => "2024-11-05",
            Self::V2025_03_26 => "2025-03-26",
            Self::V2025_06_18 => "2025-06-18",
            Self::V2025_11_25 => "2025-11-25",
            Self::V2026_07_28 => "2026-07-28",
        }
    }

    /// Reads a date, if it is one that Genkan speaks.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|revision| revision.as_str() == text)
    }

    /// Whether the revision is stateless: everything a request needs is in the request.
    pub const fn is_modern(self) -> bool {
        matches!(self, Self::V2026_07_28)
    }
}
