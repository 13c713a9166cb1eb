//! Work of the house that one instance does for all, the one with the lease: closing calls and tasks
//! whose process has gone, forgetting what has expired.
//!
//! The lease lies in Redis. Without one, and while it is away, each instance works by itself: what it
//! finds done it leaves as it is, so that only time is lost.

use crate::Engine;

/// The name of the lease.
const HOUSEKEEPING: &str = "housekeeping";

/// Whether this instance is to do it now. It asks at every beat, and the lease lasts for several, so
/// that who begins goes on.
pub(crate) async fn is_ours(engine: &Engine) -> bool {
    let Some(redis) = &engine.redis else {
        return true;
    };
    let held = redis.hold(HOUSEKEEPING, engine.limits.get().lease).await;
    held.unwrap_or(true)
}
