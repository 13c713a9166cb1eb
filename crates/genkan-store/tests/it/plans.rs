//! The plans that PostgreSQL chooses: what a search reads is what it finds, however many entries there are.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::{
    database::Database,
    fixture::Fixture,
    row_security::{as_tenant, count},
};

/// So many entries of one scope, of which one in a hundred has the same word.
fn entries(from: u32, to: u32) -> String {
    format!(
        "INSERT INTO knowledge_entry (tenant, id, scope, suppressed, created, updated, context_length, \
         content_length, context, frequencies, terms, content) SELECT 'a', lpad(CAST(n AS text), 12, '0'), \
         's00000000001', 0, 1, 1, 1, 2, 'word' || n % 100, '1:1 1', 'word' || n % 100 || ' reading' || n, \
         'word' || n % 100 || ' reading' || n FROM generate_series({from}, {to}) AS n"
    )
}

/// How many rows of entries a search reads, and how many it finds.
async fn read_and_found(url: &str) -> (i64, i64) {
    let mut connection = as_tenant(url, Some("a")).await;
    // In one transaction: what was read is added elsewhere when it ends.
    let mut tx = connection.begin().await.unwrap();
    let before = count(&mut tx, READ).await;
    let search = "SELECT count(*) FROM knowledge_match('''s00000000001_word33''', 0, 1000)";
    let found = count(&mut tx, search).await;
    (count(&mut tx, READ).await - before, found)
}

/// How many rows of entries this connection has read lately.
const READ: &str = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables \
                    WHERE relname = 'knowledge_entry'";

#[tokio::test(flavor = "multi_thread")]
async fn a_search_reads_no_more_than_it_finds_however_many_entries_there_are() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    Fixture::open(&database).await.close().await;
    let url = database.url.clone().unwrap();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    for sql in [
        "INSERT INTO knowledge_namespace (tenant, id, name, description, created, updated) \
         VALUES ('a', 'n', 'n', 'n', 1, 1)",
        "INSERT INTO knowledge_scope (tenant, id, namespace, name, description, created, updated) \
         VALUES ('a', 's00000000001', 'n', 's', 's', 1, 1)",
    ] {
        connection.execute(sql).await.unwrap();
    }
    let mut from = 1;
    for to in [1_000_u32, 3_000, 10_000, 30_000] {
        connection
            .execute(AssertSqlSafe(entries(from, to)))
            .await
            .unwrap();
        from = to + 1;
        // The planner knows nothing of a table before it was analysed, which the database does by itself.
        connection.execute("ANALYZE knowledge_entry").await.unwrap();
        let (read, found) = read_and_found(&url).await;
        assert_eq!(found, i64::from(to / 100));
        assert_eq!(read, found, "of {to} entries");
    }
}
