//! Toolset `zulip`: the team's chat.

pub mod client;
