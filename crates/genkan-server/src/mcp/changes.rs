//! Changes in the words of the protocol, the same in every revision.

use bytes::Bytes;
use genkan_core::change::Change;
use serde_json::{Value, json};

use super::{message::RequestId, wire};

/// The notification of a change; with the id of the `subscriptions/listen` that asked for it, where
/// there is one (MCP 2026-07-28 subscriptions).
pub(crate) fn notification(change: &Change, subscription: Option<&RequestId>) -> Bytes {
    let mut params = json!({});
    if let Some(id) = subscription {
        params["_meta"] = meta(id);
    }
    let method = match change {
        Change::Tools => "notifications/tools/list_changed",
        Change::Prompts => "notifications/prompts/list_changed",
        Change::Resources => "notifications/resources/list_changed",
        Change::Resource(uri) => {
            params["uri"] = json!(uri);
            "notifications/resources/updated"
        }
        Change::Task(id) => {
            params["taskId"] = json!(id);
            "notifications/tasks"
        }
    };
    wire::notification(method, &params)
}

/// The `_meta` that ties a message to its subscription.
pub(crate) fn meta(id: &RequestId) -> Value {
    json!({"io.modelcontextprotocol/subscriptionId": id.to_value()})
}
