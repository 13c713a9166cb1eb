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
        /// How long a call waits for Redis at most, in milliseconds, before the instance counts by itself.
        timeout_ms: NonZeroU64 = Some("50");
    }
}
