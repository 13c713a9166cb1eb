//! The test server on a database of its own, and what tests ask of it.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use genkan_core::Secret;
use genkan_testkit::{
    Answer, McpClient, TestDb,
    binary::{Binary, Server},
};
use serde_json::Value;

/// The test server's executable on a fresh database. Limits are raised, not switched off.
pub(crate) struct House {
    pub(crate) binary: Binary,
    /// `SQLite` or `PostgreSQL`.
    pub(crate) database: &'static str,
    /// The address of the PostgreSQL database.
    pub(crate) url: Option<String>,
    database_of_its_own: Option<TestDb>,
}

impl House {
    pub(crate) fn sqlite() -> Self {
        // Long runs measure as well, and so want the build that is like a release.
        let given = std::env::var_os("GENKAN_TEST_SERVER");
        let executable = given.unwrap_or_else(|| env!("CARGO_BIN_EXE_genkan-testserver").into());
        let binary =
            Binary::new(executable).variable("GENKAN_LIMITS__CALLS_PER_MINUTE", "10000000");
        Self {
            binary,
            database: "SQLite",
            url: None,
            database_of_its_own: None,
        }
    }

    /// `None`, with a message, where there is no PostgreSQL.
    pub(crate) async fn postgres() -> Option<Self> {
        let Some(database) = TestDb::postgres().await else {
            eprintln!("skipped on PostgreSQL: GENKAN_TEST_POSTGRES is not set");
            return None;
        };
        let url = database.url().unwrap();
        let mut house = Self::sqlite();
        house.binary = house
            .binary
            .variable("GENKAN_STORE__URL", &url)
            .variable("GENKAN_STORE__AUTO_MIGRATE", "true")
            .variable("GENKAN_SECRETS__MASTER_KEY", &"0f".repeat(32));
        house.database = "PostgreSQL";
        house.url = Some(url);
        house.database_of_its_own = Some(database);
        Some(house)
    }

    /// Runs the test on both databases, one after the other.
    pub(crate) async fn each<F: Future<Output = ()>>(test: impl Fn(Self) -> F) {
        test(Self::sqlite()).await;
        if let Some(house) = Self::postgres().await {
            test(house).await;
        }
    }

    /// The same with one variable of the environment more.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.binary = self.binary.variable(name, value);
        self
    }

    /// The PostgreSQL database.
    pub(crate) fn postgres_of_its_own(&self) -> &TestDb {
        self.database_of_its_own
            .as_ref()
            .expect("it is on PostgreSQL")
    }

    /// Fails unless the chain of records is whole.
    pub(crate) fn verify(&self) {
        let ended = self.binary.run(["audit", "verify", "--json"]).ok();
        assert_eq!(ended.json()["faults"], serde_json::json!([]), "{ended:?}");
    }
}

/// A client of the modern era with a connection of its own.
pub(crate) fn client(server: &Server, key: &str) -> McpClient {
    McpClient::new(
        &format!("http://{}", server.address()),
        Some(Secret::new(key.to_owned())),
    )
}

/// The same with the key of the first admin.
pub(crate) fn admin(server: &Server) -> McpClient {
    client(server, &server.admin_key())
}

/// Calls a tool of a profile.
pub(crate) async fn call_in(
    client: &McpClient,
    profile: &str,
    tool: &str,
    arguments: Value,
) -> Answer {
    let params = serde_json::json!({ "name": tool, "arguments": arguments });
    client
        .request(&format!("/mcp/{profile}"), "tools/call", params)
        .await
}

/// Polls until there is an answer; fails after `limit`, which is far beyond what it should take.
pub(crate) async fn until<T, F: Future<Output = Option<T>>>(
    limit: Duration,
    what: &str,
    mut probe: impl FnMut() -> F,
) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(begun.elapsed() < limit, "not within {limit:?}: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Whether the long rounds are asked for.
pub(crate) fn is_soak() -> bool {
    std::env::var_os("GENKAN_TEST_SOAK").is_some()
}

/// Tells the figures of a run, and keeps them where they are collected.
pub(crate) fn evidence(name: &str, figures: &str) {
    eprintln!("{figures}");
    if let Some(folder) = std::env::var_os("GENKAN_TEST_EVIDENCE") {
        let path = std::path::Path::new(&folder).join(format!("{name}.md"));
        std::fs::write(path, format!("{figures}\n")).unwrap();
    }
}
