//! Writes staged records and the signed heads of their chains, many rows to a statement.

use std::sync::LazyLock;

use super::{
    Chains,
    chain::{Row, Staged},
};
use crate::db::{Driver, Error, Link};

/// Rows per statement. Powers of two, so that a group of any size takes few statements and every
/// statement is one of a few that stay prepared.
const SIZES: [usize; 8] = [128, 64, 32, 16, 8, 4, 2, 1];

const RECORD: &str = "INSERT INTO record (tenant, writer, seq, id, started, duration_us, principal, door, operation, \
     subject, stage, disposition, code, count, correlation_id, arguments, source, salt, \
     personal_digest, prev, hash) VALUES ";
const RECORD_COLUMNS: usize = 21;

const HEAD: &str = "INSERT INTO head (tenant, writer, seq, hash, mac) VALUES ";
const HEAD_COLUMNS: usize = 5;
const HEAD_CONFLICT: &str =
    " ON CONFLICT (tenant, writer) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, mac = excluded.mac";

static RECORD_SQL: LazyLock<[String; 8]> = LazyLock::new(|| SIZES.map(|rows| many(RECORD, RECORD_COLUMNS, rows, "")));
static HEAD_SQL: LazyLock<[String; 8]> = LazyLock::new(|| SIZES.map(|rows| many(HEAD, HEAD_COLUMNS, rows, HEAD_CONFLICT)));

/// `INTO … VALUES ($1, …), (…) …`.
fn many(into: &str, columns: usize, rows: usize, end: &str) -> String {
    let row = |row: usize| {
        let values: Vec<_> = (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", values.join(", "))
    };
    let rows: Vec<_> = (0..rows).map(row).collect();
    format!("{into}{}{end}", rows.join(", "))
}

/// Writes the rows and their heads within the transaction that has begun.
pub(crate) async fn write(link: &mut Link, staged: &mut Staged<'_>, chains: &Chains) -> Result<(), Error> {
    let writer = chains.writer().as_str();
    let mut rows = std::mem::take(&mut staged.rows).into_iter();
    for (sql, size) in plan(&RECORD_SQL, rows.len()) {
        insert_records(link, sql, rows.by_ref().take(size), writer).await?;
    }
    let mut heads = staged.heads.iter();
    for (sql, size) in plan(&HEAD_SQL, heads.len()) {
        let heads = heads.by_ref().take(size).map(|(tenant, head)| HeadRow {
            tenant: tenant.as_str(),
            seq: head.seq,
            hash: &head.hash,
            mac: chains.signer().head(tenant.as_str(), writer, head.seq, &head.hash),
        });
        insert_heads(link, sql, heads, writer).await?;
    }
    Ok(())
}

/// The statements that together write so many rows, the largest first.
fn plan(statements: &'static [String; 8], rows: usize) -> impl Iterator<Item = (&'static str, usize)> {
    let mut left = rows;
    std::iter::from_fn(move || {
        let at = SIZES.iter().position(|size| *size <= left)?;
        left -= SIZES[at];
        Some((statements[at].as_str(), SIZES[at]))
    })
}

struct HeadRow<'a> {
    tenant: &'a str,
    seq: i64,
    hash: &'a str,
    mac: String,
}

macro_rules! insert_records {
    ($driver:ty, $connection:expr, $sql:expr, $rows:expr, $writer:expr) => {{
        let mut query = sqlx::query::<$driver>($sql);
        for row in $rows {
            let Row { record, seq, duration_us, salt, personal_digest, prev, hash } = row;
            query = query
                .bind(record.tenant.as_str())
                .bind($writer)
                .bind(seq)
                .bind(record.id.as_str())
                .bind(record.started.as_millis())
                .bind(duration_us)
                .bind(record.principal.as_ref().map(|id| id.as_str()))
                .bind(record.door.as_str())
                .bind(record.operation)
                .bind(record.subject.as_deref())
                .bind(record.stage)
                .bind(record.disposition.as_str())
                .bind(record.disposition.code().map(|code| code.as_str()))
                .bind(i64::from(record.count))
                .bind(record.correlation_id.as_str())
                .bind(record.personal.arguments.as_deref())
                .bind(record.personal.source.as_deref())
                .bind(salt)
                .bind(personal_digest)
                .bind(prev)
                .bind(hash);
        }
        query.execute($connection).await.map(|_| ())
    }};
}

async fn insert_records<'r>(
    link: &mut Link,
    sql: &'static str,
    rows: impl Iterator<Item = Row<'r>>,
    writer: &str,
) -> Result<(), Error> {
    let done = match link.driver() {
        Driver::Sqlite(connection) => insert_records!(sqlx::Sqlite, connection, sql, rows, writer),
        Driver::Postgres(connection) => insert_records!(sqlx::Postgres, connection, sql, rows, writer),
    };
    Ok(done?)
}

macro_rules! insert_heads {
    ($driver:ty, $connection:expr, $sql:expr, $heads:expr, $writer:expr) => {{
        let mut query = sqlx::query::<$driver>($sql);
        for HeadRow { tenant, seq, hash, mac } in $heads {
            query = query.bind(tenant).bind($writer).bind(seq).bind(hash).bind(mac);
        }
        query.execute($connection).await.map(|_| ())
    }};
}

async fn insert_heads<'a>(
    link: &mut Link,
    sql: &'static str,
    heads: impl Iterator<Item = HeadRow<'a>>,
    writer: &str,
) -> Result<(), Error> {
    let done = match link.driver() {
        Driver::Sqlite(connection) => insert_heads!(sqlx::Sqlite, connection, sql, heads, writer),
        Driver::Postgres(connection) => insert_heads!(sqlx::Postgres, connection, sql, heads, writer),
    };
    Ok(done?)
}
