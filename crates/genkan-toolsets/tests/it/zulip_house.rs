//! A whole Genkan beside a Zulip of the testkit, and an MCP client that uses the tools.

use genkan_testkit::{Answer, AppOptions, McpClient, TestApp, TestDb, zulip};
use genkan_toolsets::zulip::Chat;
use serde_json::{Value, json};

/// Calls a tool of the profile that has them all.
pub(crate) async fn call(client: &McpClient, tool: &str, arguments: Value) -> Answer {
    let call = json!({ "name": format!("zulip_{tool}"), "arguments": arguments });
    client.request("/mcp/zulip-full", "tools/call", call).await
}

/// Both, and the client.
pub(crate) struct ZulipHouse {
    pub(crate) zulip: zulip::Zulip,
    pub(crate) app: TestApp,
    pub(crate) chat: Chat,
    pub(crate) client: McpClient,
}

impl ZulipHouse {
    /// On this database, with a Zulip that sets hardly any limit.
    pub(crate) async fn open(database: &TestDb) -> Self {
        Self::beside(database, zulip::Options::default()).await
    }

    pub(crate) async fn beside(database: &TestDb, options: zulip::Options) -> Self {
        let unlimited = zulip::Options {
            limit: 100_000,
            ..options
        };
        Self::within(database, unlimited).await
    }

    /// Within a limit that can be reached.
    pub(crate) async fn within(database: &TestDb, options: zulip::Options) -> Self {
        let zulip = zulip::Zulip::start_with(options).await;
        let chat = zulip::chat(zulip.access("hamlet"));
        let mut app = AppOptions {
            zulip: Some(chat.clone()),
            ..AppOptions::default()
        };
        app.limits.calls_per_minute = 10_000_000;
        app.limits.concurrent_calls = 1_000;
        let app = TestApp::start_with(database, app).await;
        let client = app.client();
        Self {
            zulip,
            app,
            chat,
            client,
        }
    }

    /// Calls a tool that does what it should.
    pub(crate) async fn ok(&self, tool: &str, arguments: Value) -> Value {
        call(&self.client, tool, arguments)
            .await
            .structured()
            .clone()
    }

    /// From now on another user acts.
    pub(crate) async fn act_as(&self, user: &str) {
        self.chat.swap(self.zulip.access(user)).await.unwrap();
    }

    /// The code and the text with which a tool refuses.
    pub(crate) async fn refused(&self, tool: &str, arguments: &Value) -> (String, String) {
        let answer = call(&self.client, tool, arguments.clone()).await;
        let code = answer.code();
        let code = code.unwrap_or_else(|| panic!("{tool} took {arguments}: {:#}", answer.body));
        (code, answer.body.to_string())
    }

    /// How many requests that begin so the Zulip was asked.
    pub(crate) fn asked(&self, begin: &str) -> usize {
        let asked = self.zulip.asked();
        asked
            .iter()
            .filter(|asked| asked.starts_with(begin))
            .count()
    }
}
