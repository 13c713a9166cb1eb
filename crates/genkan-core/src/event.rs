//! What happens while a call runs, and where a door listens for it.

use serde_json::Value;
use tokio::sync::mpsc;

use crate::task::Deferral;

/// Something that happens while a call runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// How far the call is (MCP `notifications/progress`); strictly increasing.
    Progress {
        /// How much is done.
        progress: f64,
        /// How much there is, if known.
        total: Option<f64>,
        /// What is being done now.
        message: Option<String>,
    },
    /// A message for the client's log (MCP `notifications/message`).
    Log {
        /// How grave it is.
        level: LogLevel,
        /// Who says it.
        logger: Option<String>,
        /// What is said: any JSON value. Never a secret.
        data: Value,
    },
}

/// How grave a log message is (RFC 5424 §6.2.1), least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "RFC 5424 explains each")]
pub enum LogLevel {
    Debug,
    Info,
    Notice,
    Warning,
    Error,
    Critical,
    Alert,
    Emergency,
}

impl LogLevel {
    /// Every level, from the least to the most grave.
    pub const ALL: [Self; 8] = [
        Self::Debug,
        Self::Info,
        Self::Notice,
        Self::Warning,
        Self::Error,
        Self::Critical,
        Self::Alert,
        Self::Emergency,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
            Self::Alert => "alert",
            Self::Emergency => "emergency",
        }
    }

    /// Reads a level's word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == text)
    }
}

/// Where a door listens for the events of one call. Bounded.
#[derive(Clone, Debug)]
pub struct EventSink {
    sender: mpsc::Sender<Event>,
    logs: Option<LogLevel>,
    /// Where a tool's word that the rest takes long is heard, besides the engine.
    pub deferral: Option<Deferral>,
}

impl EventSink {
    /// A sink for progress, and for log messages from this level on; for none without one.
    pub const fn new(sender: mpsc::Sender<Event>, logs: Option<LogLevel>) -> Self {
        Self {
            sender,
            logs,
            deferral: None,
        }
    }

    /// Whether somebody wants messages of this level.
    pub fn wants(&self, level: LogLevel) -> bool {
        self.logs.is_some_and(|least| level >= least)
    }

    /// Tells progress. A full channel means a slow client; the next progress replaces this one.
    pub fn progress(&self, event: Event) {
        let _ = self.sender.try_send(event);
    }

    /// Tells anything else, which is never left out: a slow client makes the call wait.
    pub async fn tell(&self, event: Event) {
        let _ = self.sender.send(event).await;
    }
}
