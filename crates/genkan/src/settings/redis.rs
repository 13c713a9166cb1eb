//! Section `redis`: where several instances meet.

use std::num::NonZeroU64;

use genkan_core::Secret;

use crate::settings::section::section;

section! {
    /// Where several instances on one PostgreSQL meet. One instance alone needs none of it.
    Redis "redis" {
        /// A Redis 6 or newer, or Valkey: `redis://user:password@host:6379/0`, or `rediss://` with TLS.
        /// Every instance must have the same one.
        url: Option<Secret<String>> = None;
        /// How long each question to Redis may take, in milliseconds: after that the instance goes on by
        /// itself, and nobody waits for Redis until it answers again.
        timeout_ms: NonZeroU64 = Some("50");
    }
}
