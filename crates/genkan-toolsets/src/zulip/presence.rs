//! Who is there: what Zulip tells of when somebody was last seen.

use genkan_core::CallContext;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::when;

/// Whoever was not seen for so many seconds is not there; Zulip's own clients count alike.
const GONE: i64 = 140;

/// How somebody is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(super) enum Presence {
    Active,
    Idle,
    Offline,
}

/// Presence and the second when somebody was last seen, of what Zulip tells of one user.
pub(super) fn read(ctx: &CallContext, told: &Value) -> (Presence, Option<i64>) {
    let told = &told["aggregated"];
    let Some(seen) = told["timestamp"].as_i64() else {
        return (Presence::Offline, None);
    };
    let presence = match told["status"].as_str() {
        _ if seen < when::seconds_ago(ctx, 0) - GONE => Presence::Offline,
        Some("active") => Presence::Active,
        _ => Presence::Idle,
    };
    (presence, Some(seen))
}
