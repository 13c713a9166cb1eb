//! The table of error codes. A row is never renamed; each has a heading in `docs/errors.md`.

macro_rules! codes {
    ($($variant:ident $name:literal $http:literal $rpc:literal $hint:literal;)*) => {
        /// One row of the error table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "docs/errors.md explains every code, and tidy checks that")]
        pub enum Code { $($variant,)* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The HTTP status code.
            pub const fn http_status(self) -> u16 {
                match self { $(Self::$variant => $http,)* }
            }

            /// The JSON-RPC error code. Ours lie outside -32768…-32000, which is reserved.
            pub const fn json_rpc(self) -> i32 {
                match self { $(Self::$variant => $rpc,)* }
            }

            /// What to do next, when the error itself does not know better.
            pub const fn hint(self) -> &'static str {
                match self { $(Self::$variant => $hint,)* }
            }
        }
    };
}

codes! {
    // JSON-RPC 2.0 §5.1 and MCP 2026-07-28.
    ParseError "parse_error" 400 -32700 "Send one well-formed JSON message in UTF-8.";
    InvalidRequest "invalid_request" 400 -32600 "Send one JSON-RPC 2.0 request or notification.";
    MethodNotFound "method_not_found" 404 -32601 "Ask `server/discover` or `initialize` what is offered.";
    InvalidParams "invalid_params" 400 -32602 "Compare the parameters with the MCP specification.";
    Internal "internal" 500 -32603 "Look for the correlation id in the log of the server.";
    HeaderMismatch "header_mismatch" 400 -32020 "Send headers that agree with the body of the request.";
    MissingCapability "missing_capability" 400 -32021 "Use a client that declares the capabilities in `data.requiredCapabilities`.";
    UnsupportedVersion "unsupported_version" 400 -32022 "Use one of the versions in `data.supported`.";
    UnknownTool "unknown_tool" 400 -32602 "List the tools; the name may differ, or this key may not use it.";
    UnknownPrompt "unknown_prompt" 400 -32602 "List the prompts; the name may differ, or this key may not use it.";
    UnknownResource "unknown_resource" 400 -32602 "List the resources; the URI may differ, or this key may not read it.";
    UnknownTask "unknown_task" 400 -32602 "Tasks are forgotten when they expire; call the tool again.";
    InvalidCursor "invalid_cursor" 400 -32602 "Start the list again without a cursor.";
    SessionRequired "session_required" 400 -32600 "Send `initialize` first, then its `Mcp-Session-Id` with every request.";
    SessionUnknown "session_unknown" 404 -32600 "The session ended or is not yours; send `initialize` again.";
    SessionLimit "session_limit" 503 1001 "End sessions that are not needed (DELETE), or try again later.";
    EventsGone "events_gone" 410 1036 "Send the request again under a new id, if it may be repeated; else look whether it was done.";

    // The doors.
    NotFound "not_found" 404 1002 "Check the path or the id.";
    MethodNotAllowed "method_not_allowed" 405 1003 "See the `Allow` header for what this address takes.";
    NotAcceptable "not_acceptable" 406 1004 "Accept `application/json` and `text/event-stream`.";
    UnsupportedMediaType "unsupported_media_type" 415 1005 "Send `Content-Type: application/json`.";
    PayloadTooLarge "payload_too_large" 413 1006 "Send less, or raise `limits.body_bytes`.";
    ForbiddenOrigin "forbidden_origin" 403 1007 "Add the origin to `server.allowed_origins` if you trust it.";
    ForbiddenHost "forbidden_host" 403 1008 "Use the address of `server.public_url`, or add the host to `server.allowed_hosts`.";
    RequestTimeout "request_timeout" 408 1009 "Send the request faster, or raise `limits.body_seconds`.";

    // Who is calling, and what they may do.
    Unauthenticated "unauthenticated" 401 1010 "Send `Authorization: Bearer gk_…` with a valid API key.";
    KeyExpired "key_expired" 401 1011 "Ask an admin for a new key: `genkan key create`.";
    KeyRevoked "key_revoked" 401 1012 "Ask an admin for a new key: `genkan key create`.";
    Forbidden "forbidden" 403 1013 "Ask an admin for a role that allows this.";
    RateLimited "rate_limited" 429 1014 "Wait as long as `Retry-After` says, or raise `limits.calls_per_minute`.";

    // How a call went.
    InvalidArguments "invalid_arguments" 400 1020 "Correct the argument that the message names.";
    InvalidName "invalid_name" 400 1021 "Follow the rule for names that the message gives.";
    TooLarge "too_large" 400 1022 "Send less.";
    Conflict "conflict" 409 1023 "Read the present state, then try again.";
    AlreadyExists "already_exists" 409 1024 "Choose another name, or update the one that exists.";
    NoSuchItem "no_such_item" 404 1025 "List what exists; it may have been deleted or renamed.";
    Protected "protected" 409 1026 "Built-in defaults cannot be changed in this way.";
    Cycle "cycle" 409 1027 "Remove one of the links that the message names.";
    DeadlineExceeded "deadline_exceeded" 504 1028 "Try again, or raise `limits.call_seconds`.";
    Cancelled "cancelled" 499 1029 "The caller cancelled this call; nothing needs to be done.";
    OutcomeUnknown "outcome_unknown" 502 1030 "Look whether the change was made before trying again.";
    Overloaded "overloaded" 503 1031 "Wait as long as `Retry-After` says, then try again.";
    MemoryLimit "memory_limit" 503 1037 "Try again later, or raise `limits.memory_mb`.";
    ShuttingDown "shutting_down" 503 1032 "Try again; another instance or the next start will answer.";
    AnswerInvalid "answer_invalid" 400 1033 "Answer with values that fit the requested schema.";
    ToolFailed "tool_failed" 502 1035 "Read what the tool itself says.";
    AnswerDeclined "answer_declined" 400 1034 "The question was declined; call again to be asked anew.";

    // requestState (MCP 2026-07-28, multi round-trip requests).
    StateInvalid "request_state_invalid" 400 -32602 "Start the call again without `requestState`.";
    StateExpired "request_state_expired" 400 -32602 "Start the call again without `requestState`.";
    StateReused "request_state_reused" 400 -32602 "Each `requestState` works once; start the call again.";

    // The store.
    StoreUnavailable "store_unavailable" 503 1040 "Check that the database runs and is reachable, then try again.";
    StoreBusy "store_busy" 503 1041 "All database connections are in use; try again, or raise `store.connections`.";
    StoreFull "store_full" 503 1049 "Make room on the disk of the database, or raise its quota; `genkan doctor` looks at the disk of the data folder only. Nothing needs a restart.";
    StoreTooNew "store_too_new" 500 1042 "Use a newer Genkan; this store was written by one.";
    StoreNotMigrated "store_not_migrated" 500 1043 "Run `genkan migrate`, or set `store.auto_migrate = true`.";
    StoreCorrupt "store_corrupt" 500 1044 "Restore the latest backup: `genkan restore`.";
    MasterKeyMismatch "master_key_mismatch" 500 1045 "Give the master key with which this store was created.";
    RedisUnavailable "redis_unavailable" 503 1047 "Check that Redis runs and that `redis.url` is right; until then each instance goes on by itself.";
    SecondInstance "second_instance" 503 1048 "Set `redis.url` to the same Redis on every instance, or stop the other one.";
    AuditBroken "audit_broken" 500 1046 "Records were changed outside Genkan; compare with a backup.";

    // Others, reached over HTTP.
    InvalidAddress "invalid_address" 400 1060 "Give an address that begins with https:// or http:// and names no user.";
    AddressRefused "address_refused" 403 1061 "If the address is meant, list its network in `http.allow_networks`.";
    RemoteUnreachable "remote_unreachable" 502 1062 "Check the address, the network and the certificate; `genkan test-connection URL` tries it.";
    RemoteSlow "remote_slow" 504 1063 "Try again later, or raise `http.read_seconds` or `http.total_seconds`.";
    RemoteBroken "remote_broken" 502 1064 "Check that the address is the right one; the other side does not answer as it should.";
    RemoteTooLarge "remote_too_large" 502 1065 "Ask for less, or raise `http.body_bytes`.";
    RemoteSuspended "remote_suspended" 503 1066 "Wait until the other side has recovered; it is tried again by itself.";
    RemoteBusy "remote_busy" 503 1067 "Try again later; the other side's limit is used up, or raise `http.connections_per_host`.";
    RemoteRefused "remote_refused" 502 1068 "Check the credential that Genkan uses over there, and what it may do.";

    // Starting.
    ConfigInvalid "config_invalid" 500 1050 "Correct the setting that the message names.";
    DataDirUnusable "data_dir_unusable" 500 1051 "Choose another folder with `--data-dir`, or mend its permissions.";
    AddressInUse "address_in_use" 500 1052 "Stop the program that listens there, or choose another address with `--bind`.";
    AddressUnusable "address_unusable" 500 1053 "Choose an address of this machine with `--bind`.";
    ServerUnreachable "server_unreachable" 503 1054 "Start it with `genkan serve`, then try again.";
    TlsUnusable "tls_unusable" 500 1055 "Give a certificate chain and its own key, both in PEM, as `tls.cert` and `tls.key`.";
}

impl Code {
    /// Where the code is explained: a heading of `docs/errors.md`.
    pub fn doc(self) -> String {
        format!("docs/errors.md#{}", self.as_str())
    }

    /// Whether trying the same again later may help.
    pub const fn is_transient(self) -> bool {
        matches!(self.http_status(), 429 | 503)
    }
}
