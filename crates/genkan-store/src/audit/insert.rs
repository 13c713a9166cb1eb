//! Writes staged records and the signed heads of their chains.
//!
//! On SQLite a statement that stays prepared runs once per row, which is as cheap as one statement of
//! many rows. On PostgreSQL a trip is dear: all rows go in one statement, as one array per column.

use rusqlite::ToSql;
use sqlx::PgConnection;

use super::{
    Chains,
    chain::{Row, Staged},
};
use crate::db::{Driver, Error, Link};

/// The columns that a record is written with.
macro_rules! record_columns {
    () => {
        "tenant, writer, seq, id, started, duration_us, principal, door, operation, subject, stage, disposition, \
         code, count, correlation_id, arguments, source, salt, personal_digest, prev, hash"
    };
}

const RECORD_SQLITE: &str = concat!(
    "INSERT INTO record (",
    record_columns!(),
    ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
);

/// The writer is the same in all rows.
const RECORD_POSTGRES: &str = concat!(
    "INSERT INTO record (",
    record_columns!(),
    ") SELECT tenant, $2, seq, id, started, duration_us, principal, door, operation, subject, stage, disposition, \
     code, count, correlation_id, arguments, source, salt, personal_digest, prev, hash \
     FROM unnest($1::text[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], \
     $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bigint[], $15::text[], $16::text[], \
     $17::text[], $18::text[], $19::text[], $20::text[], $21::text[]) AS r (tenant, seq, id, started, duration_us, \
     principal, door, operation, subject, stage, disposition, code, count, correlation_id, arguments, source, salt, \
     personal_digest, prev, hash)"
);

macro_rules! head_conflict {
    () => {
        " ON CONFLICT (tenant, writer) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, mac = excluded.mac"
    };
}

const HEAD_SQLITE: &str = concat!(
    "INSERT INTO head (tenant, writer, seq, hash, mac) VALUES (?, ?, ?, ?, ?)",
    head_conflict!()
);

const HEAD_POSTGRES: &str = concat!(
    "INSERT INTO head (tenant, writer, seq, hash, mac) SELECT tenant, $2, seq, hash, mac \
     FROM unnest($1::text[], $3::bigint[], $4::text[], $5::text[]) AS h (tenant, seq, hash, mac)",
    head_conflict!()
);

/// Writes the rows and their heads within the transaction that has begun.
pub(crate) async fn write(
    link: &mut Link,
    staged: &Staged<'_>,
    chains: &Chains,
) -> Result<(), Error> {
    let writer = chains.writer().as_str();
    let records: Vec<_> = staged.rows.iter().map(RecordRow::from).collect();
    let heads = staged.heads.iter().map(|(tenant, head)| HeadRow {
        tenant: tenant.as_str(),
        seq: head.seq,
        hash: &head.hash,
        mac: chains
            .signer()
            .head(tenant.as_str(), writer, head.seq, &head.hash),
    });
    let heads: Vec<_> = heads.collect();
    match link.driver() {
        Driver::Sqlite(connection) => {
            let rows = records.iter().map(|row| row.values(&writer));
            connection.execute_each(RECORD_SQLITE, rows)?;
            let rows = heads.iter().map(|row| row.values(&writer));
            connection.execute_each(HEAD_SQLITE, rows)
        }
        Driver::Postgres(connection) => {
            insert_records(connection, &records, writer).await?;
            insert_heads(connection, &heads, writer).await
        }
    }
}

/// What a row of `record` has besides the writer.
struct RecordRow<'a> {
    tenant: &'a str,
    seq: i64,
    id: &'a str,
    started: i64,
    duration_us: i64,
    principal: Option<&'a str>,
    door: &'a str,
    operation: &'a str,
    subject: Option<&'a str>,
    stage: &'a str,
    disposition: &'a str,
    code: Option<&'a str>,
    count: i64,
    correlation_id: &'a str,
    arguments: Option<&'a str>,
    source: Option<&'a str>,
    salt: Option<&'a str>,
    personal_digest: Option<&'a str>,
    prev: &'a str,
    hash: &'a str,
}

impl<'a> From<&'a Row<'_>> for RecordRow<'a> {
    fn from(row: &'a Row<'_>) -> Self {
        let record = row.record;
        Self {
            tenant: record.tenant.as_str(),
            seq: row.seq,
            id: record.id.as_str(),
            started: record.started.as_millis(),
            duration_us: row.duration_us,
            principal: record.principal.as_ref().map(|id| id.as_str()),
            door: record.door.as_str(),
            operation: record.operation,
            subject: record.subject.as_deref(),
            stage: record.stage,
            disposition: record.disposition.as_str(),
            code: record.disposition.code().map(|code| code.as_str()),
            count: i64::from(record.count),
            correlation_id: record.correlation_id.as_str(),
            arguments: record.personal.arguments.as_deref(),
            source: record.personal.source.as_deref(),
            salt: row.salt.as_deref(),
            personal_digest: row.personal_digest.as_deref(),
            prev: &row.prev,
            hash: &row.hash,
        }
    }
}

impl RecordRow<'_> {
    /// The values in the order of the columns.
    fn values<'v>(&'v self, writer: &'v &str) -> [&'v dyn ToSql; 21] {
        [
            &self.tenant,
            writer,
            &self.seq,
            &self.id,
            &self.started,
            &self.duration_us,
            &self.principal,
            &self.door,
            &self.operation,
            &self.subject,
            &self.stage,
            &self.disposition,
            &self.code,
            &self.count,
            &self.correlation_id,
            &self.arguments,
            &self.source,
            &self.salt,
            &self.personal_digest,
            &self.prev,
            &self.hash,
        ]
    }
}

async fn insert_records(
    connection: &mut PgConnection,
    rows: &[RecordRow<'_>],
    writer: &str,
) -> Result<(), Error> {
    /// One column of all rows.
    macro_rules! column {
        ($name:ident) => {
            rows.iter().map(|row| row.$name).collect::<Vec<_>>()
        };
    }
    sqlx::query(RECORD_POSTGRES)
        .bind(column!(tenant))
        .bind(writer)
        .bind(column!(seq))
        .bind(column!(id))
        .bind(column!(started))
        .bind(column!(duration_us))
        .bind(column!(principal))
        .bind(column!(door))
        .bind(column!(operation))
        .bind(column!(subject))
        .bind(column!(stage))
        .bind(column!(disposition))
        .bind(column!(code))
        .bind(column!(count))
        .bind(column!(correlation_id))
        .bind(column!(arguments))
        .bind(column!(source))
        .bind(column!(salt))
        .bind(column!(personal_digest))
        .bind(column!(prev))
        .bind(column!(hash))
        .execute(connection)
        .await?;
    Ok(())
}

/// What a row of `head` has besides the writer.
struct HeadRow<'a> {
    tenant: &'a str,
    seq: i64,
    hash: &'a str,
    mac: String,
}

impl HeadRow<'_> {
    /// The values in the order of the columns.
    fn values<'v>(&'v self, writer: &'v &str) -> [&'v dyn ToSql; 5] {
        [&self.tenant, writer, &self.seq, &self.hash, &self.mac]
    }
}

async fn insert_heads(
    connection: &mut PgConnection,
    rows: &[HeadRow<'_>],
    writer: &str,
) -> Result<(), Error> {
    sqlx::query(HEAD_POSTGRES)
        .bind(rows.iter().map(|row| row.tenant).collect::<Vec<_>>())
        .bind(writer)
        .bind(rows.iter().map(|row| row.seq).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.hash).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.mac.as_str()).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(())
}
