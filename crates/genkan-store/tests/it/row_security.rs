//! The second wall: on PostgreSQL no statement of a tenant reaches another tenant's rows.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::{database::Database, fixture::Fixture};

/// Every table whose rows belong to tenants.
async fn tables(url: &str) -> Vec<String> {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let sql = "SELECT CAST(table_name AS text) FROM information_schema.columns \
               WHERE table_schema = 'public' AND column_name = 'tenant'";
    let tables: Vec<String> = sqlx::query_scalar(sql)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert!(tables.len() >= 6, "{tables:?}");
    tables
}

pub(crate) async fn as_tenant(url: &str, tenant: Option<&str>) -> PgConnection {
    let mut connection = PgConnection::connect(url).await.unwrap();
    connection.execute("SET ROLE genkan_app").await.unwrap();
    if let Some(tenant) = tenant {
        connection
            .execute(AssertSqlSafe(format!("SET genkan.tenant = '{tenant}'")))
            .await
            .unwrap();
    }
    connection
}

pub(crate) async fn count(connection: &mut PgConnection, sql: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
        .fetch_one(connection)
        .await
        .unwrap()
}

async fn filled() -> Option<(Database, String)> {
    let database = Database::postgres().await?;
    let house = Fixture::open(&database).await;
    for name in ["a", "b"] {
        house.add(name, "second").await.unwrap();
    }
    house.close().await;
    let url = database.url.clone()?;
    Some((database, url))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_sees_its_own_rows_alone() {
    let Some((_database, url)) = filled().await else {
        return;
    };
    let mut connection = as_tenant(&url, Some("a")).await;
    for table in tables(&url).await {
        let foreign = count(
            &mut connection,
            &format!("SELECT count(*) FROM {table} WHERE tenant <> 'a'"),
        )
        .await;
        assert_eq!(foreign, 0, "{table}");
    }
    assert_eq!(
        count(&mut connection, "SELECT count(*) FROM principal").await,
        2
    );
    assert_eq!(
        count(&mut connection, "SELECT count(*) FROM tenant").await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_cannot_change_another() {
    let Some((_database, url)) = filled().await else {
        return;
    };
    let mut connection = as_tenant(&url, Some("a")).await;
    let updated = connection
        .execute("UPDATE principal SET role = 'admin' WHERE tenant = 'b'")
        .await
        .unwrap();
    let deleted = connection
        .execute("DELETE FROM principal WHERE id = 'second' AND tenant = 'b'")
        .await
        .unwrap();
    assert_eq!((updated.rows_affected(), deleted.rows_affected()), (0, 0));
    let refused = [
        "INSERT INTO principal (tenant, id, kind, issuer, subject, role, created) VALUES ('b', 'x', 'user', 'i', 's', 'admin', 1)",
        "UPDATE principal SET tenant = 'b' WHERE id = 'second'",
        "UPDATE record SET disposition = 'ok'",
        "DELETE FROM record",
        "INSERT INTO head (tenant, writer, seq, hash, mac) VALUES ('a', 'w', 1, 'h', 'm')",
        "DELETE FROM checkpoint",
        "TRUNCATE record",
        "ALTER TABLE record DISABLE ROW LEVEL SECURITY",
        "SELECT * FROM meta",
        "SELECT * FROM stored_setting",
        "SELECT * FROM authority",
        "UPDATE authority SET version = 0",
        "SET LOCAL row_security = off; SELECT * FROM principal",
    ];
    for sql in refused {
        assert!(connection.execute(sql).await.is_err(), "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_without_a_tenant_sees_nothing() {
    let Some((_database, url)) = filled().await else {
        return;
    };
    let mut connection = as_tenant(&url, None).await;
    for table in tables(&url).await {
        assert_eq!(
            count(&mut connection, &format!("SELECT count(*) FROM {table}")).await,
            0,
            "{table}"
        );
    }
    assert_eq!(
        count(&mut connection, "SELECT count(*) FROM tenant").await,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_with_a_tenant_has_forced_row_security() {
    let Some((_database, url)) = filled().await else {
        return;
    };
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let sql = "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
               WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname NOT IN ('meta', 'authority', 'schema_version') \
               AND NOT (c.relrowsecurity AND c.relforcerowsecurity)";
    let open: Vec<String> = sqlx::query_scalar(sql)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(open, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_of_the_tables_sees_nothing_either() {
    let Some((database, url)) = filled().await else {
        return;
    };
    let login = format!("owner_{}", std::process::id());
    database.tamper(format!("CREATE ROLE {login}")).await;
    let tables = tables(&url).await;
    for table in &tables {
        database
            .tamper(format!("ALTER TABLE {table} OWNER TO {login}"))
            .await;
    }
    let mut connection = PgConnection::connect(&url).await.unwrap();
    connection
        .execute(AssertSqlSafe(format!("SET ROLE {login}")))
        .await
        .unwrap();
    for table in &tables {
        assert_eq!(
            count(&mut connection, &format!("SELECT count(*) FROM {table}")).await,
            0,
            "{table}"
        );
    }
    connection.close().await.unwrap();
    database
        .tamper(format!(
            "REASSIGN OWNED BY {login} TO postgres; DROP ROLE {login}"
        ))
        .await;
}
