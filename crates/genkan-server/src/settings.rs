//! What an operator can set about the doors.

use std::{ops::Deref, sync::Arc, time::Duration};

use genkan_core::{Live, Network};

use crate::guard::Allowed;

/// The settings of every door. The binary reads them; nothing here reads files or the environment.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address under which users reach this server (`server.public_url`), such as
    /// `https://genkan.example.com`. Its host and origin are allowed.
    pub public_url: Option<String>,
    /// Origins of web pages that may call this server (`server.allowed_origins`).
    pub allowed_origins: Vec<String>,
    /// Further values of the `Host` header (`server.allowed_hosts`): `name` or `name:port`.
    pub allowed_hosts: Vec<String>,
    /// The proxies whose `X-Forwarded-For` is believed (`server.trusted_proxies`).
    pub trusted_proxies: Vec<Network>,
    /// The largest request body or line, in bytes (`limits.body_bytes`).
    pub body_bytes: usize,
    /// How deeply JSON may be nested (`limits.json_depth`); at most 100.
    pub json_depth: usize,
    /// How long a connection may wait for the whole head of a request, idle ones included
    /// (`limits.head_seconds`).
    pub head_timeout: Duration,
    /// How long a client may take to send the body of a request (`limits.body_seconds`).
    pub body_timeout: Duration,
    /// How long a client may read nothing of what is being sent to it (`limits.write_seconds`).
    pub write_timeout: Duration,
    /// How many connections may be open at once (`limits.connections`).
    pub connections: usize,
    /// How many legacy sessions there may be in all (`limits.sessions`).
    pub sessions: usize,
    /// How many legacy sessions one principal may have (`limits.sessions_per_principal`).
    pub sessions_per_principal: usize,
    /// After how long without use a session ends (`limits.session_idle_seconds`).
    pub session_idle: Duration,
    /// How many bytes of what streams of sessions said are kept for clients that come back
    /// (`limits.replay_bytes`).
    pub replay_bytes: usize,
    /// The same of one session (`limits.replay_bytes_per_session`).
    pub replay_bytes_per_session: usize,
    /// How many calls one session or stream may have under way (`limits.calls_in_flight`).
    pub calls_in_flight: usize,
    /// How many streams of changes one principal may have open (`limits.listens_per_principal`).
    pub listens_per_principal: usize,
    /// How long a person may take to answer a question of a tool (`limits.answer_seconds`).
    pub answer_timeout: Duration,
    /// How long an answer may take before it becomes a stream of events.
    pub patience: Duration,
    /// How long a stream of events may be silent before a comment is sent.
    pub keep_alive: Duration,
    /// How long calls may go on after the client closed its end of a stdio stream
    /// (`server.drain_seconds`).
    pub drain: Duration,
    /// Whether HTTP+SSE of MCP 2024-11-05 is served at `/sse` (`mcp.legacy_sse`).
    pub legacy_sse: bool,
    /// Which known faults of clients are forgiven.
    pub quirks: Quirks,
}

/// Known faults of known clients (`mcp.quirks`). Each is counted when it is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quirks {
    /// `MCP-Protocol-Version` says 2025-11-25 while the body is stateless; the body is believed
    /// (`mcp.quirks.version_header`).
    pub version_header: bool,
    /// The headers of `server/discover` differ from its body (`mcp.quirks.discover_headers`).
    pub discover_headers: bool,
    /// `Accept` does not name both forms of an answer (`mcp.quirks.accept`).
    pub accept: bool,
    /// A session sends another revision than it agreed to (`mcp.quirks.session_version`).
    pub session_version: bool,
    /// A session of 2024-11-05, which has no such header, sends any `MCP-Protocol-Version`
    /// (`mcp.quirks.unasked_version`).
    pub unasked_version: bool,
    /// A request of a session names none, and its caller has only one (`mcp.quirks.session_id`).
    pub session_id: bool,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            version_header: true,
            discover_headers: true,
            accept: true,
            session_version: true,
            unasked_version: true,
            // The specification wants it refused, and who has two sessions cannot be helped.
            session_id: false,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: None,
            allowed_origins: Vec::new(),
            allowed_hosts: Vec::new(),
            trusted_proxies: Vec::new(),
            body_bytes: 16 * 1024 * 1024,
            json_depth: 64,
            head_timeout: Duration::from_secs(30),
            body_timeout: Duration::from_secs(60),
            write_timeout: Duration::from_secs(60),
            connections: 8_192,
            sessions: 10_000,
            sessions_per_principal: 1_000,
            session_idle: Duration::from_secs(30 * 60),
            replay_bytes: 64 * 1024 * 1024,
            replay_bytes_per_session: 1024 * 1024,
            calls_in_flight: 256,
            listens_per_principal: 100,
            answer_timeout: Duration::from_secs(600),
            patience: Duration::from_secs(5),
            keep_alive: Duration::from_secs(15),
            drain: Duration::from_secs(10),
            legacy_sse: false,
            quirks: Quirks::default(),
        }
    }
}

/// The settings of doors that are open. They can be replaced; clones share them.
#[derive(Clone, Debug)]
pub struct LiveSettings(Live<InForce>);

/// Settings that hold, with what was made of them once.
#[derive(Debug)]
pub(crate) struct InForce {
    settings: Settings,
    /// The hosts and origins that may call.
    pub(crate) allowed: Allowed,
}

impl LiveSettings {
    /// Replaces them for every request that comes from now on. What is read when the doors open
    /// stays: `connections`, the times of a connection, `legacy_sse`, what is kept for replay.
    pub fn set(&self, settings: Settings) {
        self.0.set(InForce::from(settings));
    }

    pub(crate) fn get(&self) -> impl Deref<Target = Arc<InForce>> + use<> {
        self.0.get()
    }
}

impl From<Settings> for LiveSettings {
    fn from(settings: Settings) -> Self {
        Self(Live::new(settings.into()))
    }
}

impl From<Settings> for InForce {
    fn from(settings: Settings) -> Self {
        Self {
            allowed: Allowed::new(&settings),
            settings,
        }
    }
}

impl Deref for InForce {
    type Target = Settings;

    fn deref(&self) -> &Settings {
        &self.settings
    }
}
