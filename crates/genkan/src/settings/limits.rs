//! Section `limits`: how much anyone may ask for.

use std::num::{NonZeroU32, NonZeroU64};

use crate::settings::{
    section::section,
    value::{Raw, Value},
};

section! {
    /// How much anyone may ask for.
    Limits "limits" {
        /// Calls per minute and principal.
        calls_per_minute: NonZeroU32 = Some("6000"), AtOnce;
        /// Calls that may be under way at once, over all doors.
        concurrent_calls: NonZeroU32 = Some("100"), AtOnce;
        /// Calls that may wait for one of these to end; more are refused at once with `overloaded`.
        waiting_calls: NonZeroU32 = Some("1000"), AtOnce;
        /// How long they wait before they are refused too, in milliseconds.
        waiting_ms: NonZeroU64 = Some("250"), AtOnce;
        /// Calls that compute for long, such as searches, at once; without a number twice as many as
        /// there are processors.
        heavy_calls: Option<NonZeroU32> = None;
        /// How long more of them wait, in milliseconds, before they are refused with `overloaded`.
        heavy_waiting_ms: NonZeroU64 = Some("550");
        /// How much memory this process may have in use, in MiB, where the system tells. Beyond it calls
        /// are refused with `memory_limit`; from 80 % on what is idle is forgotten, and the oldest fifth of
        /// the answers that are kept.
        memory_mb: NonZeroU64 = Some("2048"), AtOnce;
        /// How long a call may run, in seconds, unless its tool has a limit of its own.
        call_seconds: NonZeroU64 = Some("60"), AtOnce;
        /// The largest result of a tool, in bytes; a longer one is cut, and says so.
        result_bytes: NonZeroU32 = Some("1048576"), AtOnce;
        /// How long a caller may take to answer a question of a tool, in seconds.
        answer_seconds: NonZeroU64 = Some("600"), AtOnce;
        /// The largest body of a request, in bytes.
        body_bytes: NonZeroU32 = Some("16777216"), AtOnce;
        /// How long a client may take to send the body of a request, in seconds.
        body_seconds: NonZeroU64 = Some("60"), AtOnce;
        /// How long a connection may wait for the whole head of a request, in seconds; idle
        /// connections too.
        head_seconds: NonZeroU64 = Some("30");
        /// How long a client may read nothing of what is being sent to it, in seconds.
        write_seconds: NonZeroU64 = Some("60");
        /// How deeply the JSON of a request may be nested.
        json_depth: Depth = Some("64"), AtOnce;
        /// Connections that may be open at once.
        connections: NonZeroU32 = Some("8192");
        /// Sessions of older MCP revisions that may be open at once.
        sessions: NonZeroU32 = Some("10000"), AtOnce;
        /// How many of these sessions one principal may have.
        sessions_per_principal: NonZeroU32 = Some("1000"), AtOnce;
        /// After how many seconds without use such a session ends.
        session_idle_seconds: NonZeroU64 = Some("1800"), AtOnce;
        /// How many bytes of what streams of such sessions said are kept for clients whose connection
        /// broke; the oldest go first.
        replay_bytes: NonZeroU32 = Some("67108864");
        /// How many of these bytes one session may take.
        replay_bytes_per_session: NonZeroU32 = Some("1048576");
        /// Calls that one session or stream may have under way.
        calls_in_flight: NonZeroU32 = Some("256"), AtOnce;
        /// After how many seconds a process that shares the store and is not heard of counts as dead: what it
        /// had begun outside the house or as a task ends with `outcome_unknown`.
        lease_seconds: NonZeroU64 = Some("20"), AtOnce;
        /// Streams of changes (`subscriptions/listen`) that one principal may have open.
        listens_per_principal: NonZeroU32 = Some("100"), AtOnce;
    }
}

/// A depth of nesting that the JSON parser can follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Depth(NonZeroU32);

impl Depth {
    /// The number.
    pub(crate) fn get(self) -> u32 {
        self.0.get()
    }
}

impl Value for Depth {
    const KIND: &'static str = "a whole number from 1 to 100";

    fn parse(raw: &Raw) -> Result<Self, String> {
        match NonZeroU32::parse(raw) {
            Ok(depth) if depth.get() <= 100 => Ok(Self(depth)),
            Ok(depth) => Err(format!("expected {}, found {depth}", Self::KIND)),
            Err(why) => Err(why.replace(NonZeroU32::KIND, Self::KIND)),
        }
    }

    fn shown(&self) -> serde_json::Value {
        self.0.shown()
    }
}
