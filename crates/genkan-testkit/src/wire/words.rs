//! Which definition of the schemas a message must fit, by its method.

/// Revisions from here on know no sessions.
pub(super) const NEWEST: &str = "2026-07-28";

/// The result of a request. What belongs to an extension is any result.
pub(super) fn result_of(method: &str) -> &'static str {
    match method {
        "initialize" => "InitializeResult",
        "server/discover" => "DiscoverResult",
        "completion/complete" => "CompleteResult",
        "prompts/get" => "GetPromptResult",
        "prompts/list" => "ListPromptsResult",
        "resources/list" => "ListResourcesResult",
        "resources/templates/list" => "ListResourceTemplatesResult",
        "resources/read" => "ReadResourceResult",
        "subscriptions/listen" => "SubscriptionsListenResult",
        "tools/call" => "CallToolResult",
        "tools/list" => "ListToolsResult",
        _ => "Result",
    }
}

/// A result that only says that it was done.
pub(super) fn is_empty(method: &str) -> bool {
    matches!(
        method,
        "ping" | "logging/setLevel" | "resources/subscribe" | "resources/unsubscribe"
    )
}

/// Requests that may be answered by questions (MCP 2026-07-28, multi round-trip requests).
pub(super) fn may_ask(method: &str) -> bool {
    matches!(method, "tools/call" | "prompts/get" | "resources/read")
}

/// What the server asks a client of a session.
pub(super) fn question(method: &str) -> Option<&'static str> {
    Some(match method {
        "elicitation/create" => "ElicitRequest",
        "sampling/createMessage" => "CreateMessageRequest",
        "roots/list" => "ListRootsRequest",
        "ping" => "PingRequest",
        _ => return None,
    })
}

/// What the server tells.
pub(super) fn notification(method: &str) -> Option<&'static str> {
    Some(match method {
        "notifications/cancelled" => "CancelledNotification",
        "notifications/message" => "LoggingMessageNotification",
        "notifications/progress" => "ProgressNotification",
        "notifications/prompts/list_changed" => "PromptListChangedNotification",
        "notifications/resources/list_changed" => "ResourceListChangedNotification",
        "notifications/resources/updated" => "ResourceUpdatedNotification",
        "notifications/subscriptions/acknowledged" => "SubscriptionsAcknowledgedNotification",
        "notifications/tools/list_changed" => "ToolListChangedNotification",
        // The Tasks extension, whose schema is not among the official ones.
        "notifications/tasks" => "JSONRPCNotification",
        _ => return None,
    })
}

/// An error, which has data of its own for some codes.
pub(super) fn error(revision: &str, code: i64) -> &'static str {
    match (revision, code) {
        (NEWEST, -32020) => "HeaderMismatchError",
        (NEWEST, -32021) => "MissingRequiredClientCapabilityError",
        (NEWEST, -32022) => "UnsupportedProtocolVersionError",
        (NEWEST | "2025-11-25", _) => "JSONRPCErrorResponse",
        _ => "JSONRPCError",
    }
}
