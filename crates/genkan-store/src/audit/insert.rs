//! Writes staged records and the signed heads of their chains, many rows to a statement.

use std::sync::LazyLock;

use super::{
    Chains,
    chain::{Row, Staged},
};
use crate::db::{Dialect, Driver, Error, Link};

/// Rows per statement. Few sizes, so that every statement is one of a few that stay prepared. A
/// group takes the next larger one and leaves its last rows empty, which costs less than another
/// trip to the database.
const SIZES: [usize; 8] = [1, 2, 4, 8, 16, 32, 64, 128];

/// The columns of a table, each with whether it is a number.
type Columns = &'static [(&'static str, bool)];

const RECORD: Columns = &[
    ("tenant", false),
    ("writer", false),
    ("seq", true),
    ("id", false),
    ("started", true),
    ("duration_us", true),
    ("principal", false),
    ("door", false),
    ("operation", false),
    ("subject", false),
    ("stage", false),
    ("disposition", false),
    ("code", false),
    ("count", true),
    ("correlation_id", false),
    ("arguments", false),
    ("source", false),
    ("salt", false),
    ("personal_digest", false),
    ("prev", false),
    ("hash", false),
];

const HEAD: Columns = &[
    ("tenant", false),
    ("writer", false),
    ("seq", true),
    ("hash", false),
    ("mac", false),
];
const HEAD_CONFLICT: &str = " ON CONFLICT (tenant, writer) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, mac = excluded.mac";

/// The statements of one table for one database, in the order of [`SIZES`].
type Statements = LazyLock<[String; 8]>;

static RECORD_SQLITE: Statements =
    LazyLock::new(|| SIZES.map(|rows| record(Dialect::Sqlite, rows)));
static RECORD_POSTGRES: Statements =
    LazyLock::new(|| SIZES.map(|rows| record(Dialect::Postgres, rows)));
static HEAD_SQLITE: Statements = LazyLock::new(|| SIZES.map(|rows| head(Dialect::Sqlite, rows)));
static HEAD_POSTGRES: Statements =
    LazyLock::new(|| SIZES.map(|rows| head(Dialect::Postgres, rows)));

fn record(dialect: Dialect, rows: usize) -> String {
    many("record", RECORD, dialect, rows)
}

fn head(dialect: Dialect, rows: usize) -> String {
    many("head", HEAD, dialect, rows) + HEAD_CONFLICT
}

/// `INSERT … SELECT … FROM (VALUES (…), (…) …) WHERE …`, which passes over rows left empty.
fn many(table: &str, columns: Columns, dialect: Dialect, rows: usize) -> String {
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    let value = |number: usize| match dialect {
        // SQLite looks up names of parameters one by one, and `$1` is a name: with thousands of
        // them that would cost ten times as much as the writing itself.
        Dialect::Sqlite => "?".to_owned(),
        Dialect::Postgres => format!("${number}"),
    };
    let row = |row: usize| {
        let values: Vec<_> = (1..=columns.len())
            .map(|column| value(row * columns.len() + column))
            .collect();
        format!("({})", values.join(", "))
    };
    let rows: Vec<_> = (0..rows).map(row).collect();
    let (names, rows) = (names.join(", "), rows.join(", "));
    format!(
        "INSERT INTO {table} ({names}) SELECT * FROM (VALUES {rows}) AS v WHERE v.column1 IS NOT NULL"
    )
}

/// Writes the rows and their heads within the transaction that has begun.
pub(crate) async fn write(
    link: &mut Link,
    staged: &mut Staged<'_>,
    chains: &Chains,
) -> Result<(), Error> {
    let writer = chains.writer().as_str();
    let (records, head_rows) = match link.dialect() {
        Dialect::Sqlite => (&RECORD_SQLITE, &HEAD_SQLITE),
        Dialect::Postgres => (&RECORD_POSTGRES, &HEAD_POSTGRES),
    };
    let mut rows = std::mem::take(&mut staged.rows).into_iter();
    while rows.len() > 0 {
        insert_records(link, choose(records, rows.len()), &mut rows, writer).await?;
    }
    let mut heads = staged.heads.iter().map(|(tenant, head)| HeadRow {
        tenant: tenant.as_str(),
        seq: head.seq,
        hash: &head.hash,
        mac: chains
            .signer()
            .head(tenant.as_str(), writer, head.seq, &head.hash),
    });
    while heads.len() > 0 {
        insert_heads(link, choose(head_rows, heads.len()), &mut heads, writer).await?;
    }
    Ok(())
}

/// A statement and how many rows it takes.
type Chosen = (&'static str, usize);

/// The smallest statement that takes so many rows, or else the largest.
fn choose(statements: &'static Statements, rows: usize) -> Chosen {
    let at = SIZES
        .iter()
        .position(|size| *size >= rows)
        .unwrap_or(SIZES.len() - 1);
    (statements[at].as_str(), SIZES[at])
}

struct HeadRow<'a> {
    tenant: &'a str,
    seq: i64,
    hash: &'a str,
    mac: String,
}

/// Binds nothing for the rest of the rows.
macro_rules! bind_empty {
    ($query:expr, $columns:expr, $rows:expr) => {
        for _ in 0..$rows {
            for (_, is_number) in $columns {
                $query = if *is_number {
                    $query.bind(None::<i64>)
                } else {
                    $query.bind(None::<&str>)
                };
            }
        }
    };
}

macro_rules! insert_records {
    ($driver:ty, $connection:expr, $sql:expr, $size:expr, $rows:expr, $writer:expr) => {{
        let mut query = sqlx::query::<$driver>($sql);
        let mut left = $size;
        for row in $rows.by_ref().take($size) {
            let Row {
                record,
                seq,
                duration_us,
                salt,
                personal_digest,
                prev,
                hash,
            } = row;
            left -= 1;
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
        bind_empty!(query, RECORD, left);
        query.execute($connection).await.map(|_| ())
    }};
}

async fn insert_records<'r>(
    link: &mut Link,
    (sql, size): Chosen,
    rows: &mut impl Iterator<Item = Row<'r>>,
    writer: &str,
) -> Result<(), Error> {
    let done = match link.driver() {
        Driver::Sqlite(connection) => {
            insert_records!(sqlx::Sqlite, connection, sql, size, rows, writer)
        }
        Driver::Postgres(connection) => {
            insert_records!(sqlx::Postgres, connection, sql, size, rows, writer)
        }
    };
    Ok(done?)
}

macro_rules! insert_heads {
    ($driver:ty, $connection:expr, $sql:expr, $size:expr, $heads:expr, $writer:expr) => {{
        let mut query = sqlx::query::<$driver>($sql);
        let mut left = $size;
        for HeadRow {
            tenant,
            seq,
            hash,
            mac,
        } in $heads.by_ref().take($size)
        {
            left -= 1;
            query = query
                .bind(tenant)
                .bind($writer)
                .bind(seq)
                .bind(hash)
                .bind(mac);
        }
        bind_empty!(query, HEAD, left);
        query.execute($connection).await.map(|_| ())
    }};
}

async fn insert_heads<'a>(
    link: &mut Link,
    (sql, size): Chosen,
    heads: &mut impl Iterator<Item = HeadRow<'a>>,
    writer: &str,
) -> Result<(), Error> {
    let done = match link.driver() {
        Driver::Sqlite(connection) => {
            insert_heads!(sqlx::Sqlite, connection, sql, size, heads, writer)
        }
        Driver::Postgres(connection) => {
            insert_heads!(sqlx::Postgres, connection, sql, size, heads, writer)
        }
    };
    Ok(done?)
}
