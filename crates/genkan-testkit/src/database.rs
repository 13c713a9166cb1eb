//! Fresh databases: a SQLite file in a folder of its own, or a PostgreSQL database made for one test.

use std::{future::Future, sync::Arc};

use genkan_core::Secret;
use genkan_store::{Location, Options};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tempfile::TempDir;

/// A database of a test's own, gone with the test.
pub struct TestDb {
    folder: Arc<TempDir>,
    postgres: Option<Postgres>,
}

struct Postgres {
    server: String,
    name: String,
}

impl TestDb {
    /// A SQLite file that does not exist yet.
    pub fn sqlite() -> Self {
        Self {
            folder: Arc::new(tempfile::tempdir().unwrap()),
            postgres: None,
        }
    }

    /// An empty database on the server that `GENKAN_TEST_POSTGRES` names; `None` without one.
    pub async fn postgres() -> Option<Self> {
        let server = std::env::var("GENKAN_TEST_POSTGRES").ok()?;
        let name = format!("genkan_test_{}", uuid::Uuid::new_v4().simple());
        run_on(
            &server,
            format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"),
        )
        .await;
        Some(Self {
            folder: Arc::new(tempfile::tempdir().unwrap()),
            postgres: Some(Postgres { server, name }),
        })
    }

    /// Runs the test on both databases, one after the other; on SQLite alone, with a message, where
    /// there is no PostgreSQL.
    pub async fn each<F: Future<Output = ()>>(mut test: impl FnMut(Self) -> F) {
        test(Self::sqlite()).await;
        match Self::postgres().await {
            Some(database) => test(database).await,
            None => eprintln!("skipped on PostgreSQL: GENKAN_TEST_POSTGRES is not set"),
        }
    }

    /// A folder that lives as long as the database.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Keeps the folder alive beyond this value.
    pub fn keep_folder(&self) -> Arc<TempDir> {
        Arc::clone(&self.folder)
    }

    /// The value of `store.url`, absent for SQLite in the data folder.
    pub fn url(&self) -> Option<String> {
        self.postgres.as_ref().map(|postgres| {
            let (base, query) = postgres
                .server
                .split_once('?')
                .unwrap_or((&postgres.server, ""));
            let base = &base[..base.rfind('/').unwrap()];
            let query = if query.is_empty() {
                String::new()
            } else {
                format!("?{query}")
            };
            format!("{base}/{}{query}", postgres.name)
        })
    }

    /// Ends every connection as a server does that stops (57P01), and refuses new ones.
    pub async fn close(&self) {
        let Some(Postgres { server, name }) = &self.postgres else {
            return;
        };
        run_on(
            server,
            format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"),
        )
        .await;
        let ended = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        );
        run_on(server, ended).await;
    }

    /// Takes connections again.
    pub async fn open(&self) {
        if let Some(Postgres { server, name }) = &self.postgres {
            run_on(
                server,
                format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"),
            )
            .await;
        }
    }

    /// What a store of this database is opened with.
    pub fn options(&self, audit_key: Secret<[u8; 32]>) -> Options {
        let location = match self.url() {
            Some(url) => Location::Postgres(Secret::new(url)),
            None => Location::Sqlite(self.folder.path().join("genkan.db")),
        };
        let mut options = Options::new(location, audit_key);
        options.auto_migrate = true;
        options
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let Some(Postgres { server, name }) = self.postgres.take() else {
            return;
        };
        // A runtime of its own: the test's may be ending.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(run_on(
                &server,
                format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            ));
        });
        let _ = dropping.join();
    }
}

async fn run_on(server: &str, sql: String) {
    let mut connection = PgConnection::connect(server)
        .await
        .expect("the PostgreSQL of the tests answers");
    connection.execute(AssertSqlSafe(sql)).await.unwrap();
    connection.close().await.unwrap();
}
