//! Fresh databases, gone with the test.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use genkan_core::Secret;
use genkan_store::{Location, Options};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tempfile::TempDir;

/// A database of a test's own.
pub(crate) struct Database {
    folder: TempDir,
    pub(crate) url: Option<String>,
    server: Option<String>,
}

/// Runs a test on both databases, one after the other.
pub(crate) async fn each<F: Future<Output = ()>>(test: impl Fn(Database) -> F) {
    Box::pin(test(Database::sqlite())).await;
    if let Some(database) = Database::postgres().await {
        Box::pin(test(database)).await;
    }
}

impl Database {
    pub(crate) fn sqlite() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            url: None,
            server: None,
        }
    }

    /// `None`, with a message, where there is no server.
    pub(crate) async fn postgres() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var("GENKAN_TEST_POSTGRES") else {
            eprintln!("skipped on PostgreSQL: GENKAN_TEST_POSTGRES is not set");
            return None;
        };
        let name = format!(
            "store_{}_{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        run_on(
            &server,
            format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        )
        .await;
        run_on(&server, format!("CREATE DATABASE {name}")).await;
        let url = format!("{}/{name}", &server[..server.rfind('/').unwrap()]);
        Some(Self {
            folder: tempfile::tempdir().unwrap(),
            url: Some(url),
            server: Some(server),
        })
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.url.is_some()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("genkan.db")
    }

    pub(crate) fn location(&self) -> Location {
        match &self.url {
            Some(url) => Location::Postgres(Secret::new(url.clone())),
            None => Location::Sqlite(self.file()),
        }
    }

    pub(crate) fn options(&self) -> Options {
        let mut options = Options::new(self.location(), Secret::new([7; 32]));
        options.auto_migrate = true;
        options
    }

    /// Runs statements beside the store, as whoever owns the database.
    pub(crate) async fn tamper(&self, sql: impl Into<String>) {
        let sql = sql.into();
        match &self.url {
            Some(url) => run_on(url, sql).await,
            None => {
                let connection = self.beside();
                connection.execute_batch(&sql).unwrap();
                connection.close().unwrap();
            }
        }
    }

    /// One number, read beside the store.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        match &self.url {
            Some(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
                    .fetch_one(&mut connection)
                    .await
                    .unwrap()
            }
            None => self.beside().query_row(sql, [], |row| row.get(0)).unwrap(),
        }
    }

    /// A connection of our own to the SQLite file.
    pub(crate) fn beside(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.file()).unwrap()
    }
}

impl Database {
    /// The tables that hold data, whoever made them.
    pub(crate) async fn tables(&self) -> Vec<String> {
        match &self.url {
            Some(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                let sql = "SELECT CAST(tablename AS text) FROM pg_tables \
                           WHERE schemaname = 'public' AND tablename NOT IN ('schema_version', 'authority')";
                sqlx::query_scalar(sql)
                    .fetch_all(&mut connection)
                    .await
                    .unwrap()
            }
            None => {
                // A full-text index and its own tables keep themselves.
                let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('schema_version', 'authority') \
                           AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'knowledge_search%'";
                let connection = self.beside();
                let mut statement = connection.prepare(sql).unwrap();
                let names = statement.query_map([], |row| row.get(0)).unwrap();
                names.collect::<Result<_, _>>().unwrap()
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (Some(server), Some(url)) = (self.server.take(), self.url.take()) else {
            return;
        };
        let name = url[url.rfind('/').unwrap() + 1..].to_owned();
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

pub(crate) async fn run_on(url: &str, sql: String) {
    let mut connection = PgConnection::connect(url)
        .await
        .expect("the PostgreSQL of the tests answers");
    connection.execute(AssertSqlSafe(sql)).await.unwrap();
    connection.close().await.unwrap();
}
