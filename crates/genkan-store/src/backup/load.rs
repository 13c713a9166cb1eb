//! Reads a dump into an empty store, in one transaction.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
    time::Duration,
};

use genkan_core::{Code, Error, Result};
use serde::Deserialize;

use super::{
    dump::FORM,
    tables::{Column, TABLES, columns, names},
    unusable,
};
use crate::{
    Location,
    db::{self, Dialect, Link, execute, fetch_one},
    migrate::{self, run_script},
    tx::take_role,
};

/// How long to wait for a database to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most text given to one statement.
const BATCH_BYTES: usize = 1 << 20;

/// A line that is not a row.
#[derive(Deserialize)]
#[serde(untagged)]
enum Mark {
    Head { genkan_dump: u32, schema: i64 },
    Table { table: String, columns: Vec<String> },
    End { end: bool },
}

/// Reads the dump. Returns how many records of calls there are.
pub(super) async fn read(location: &Location, from: &Path) -> Result<i64> {
    let file = File::open(from).map_err(|error| unusable(from, error))?;
    let mut link = db::connect::owned(location, PATIENCE).await?;
    let loaded = load(&mut link, BufReader::new(file), from).await;
    if loaded.is_err() {
        // The connection closes next, which undoes everything anyway.
        let _ = run_script(&mut link, "ROLLBACK").await;
    }
    link.close().await;
    loaded
}

/// How many records of calls a store has.
pub(super) async fn count_records(location: &Location) -> Result<i64> {
    let mut link = db::connect::owned(location, PATIENCE).await?;
    let counted: Result<(i64,), db::Error> = fetch_one!(link, "SELECT count(*) FROM record");
    link.close().await;
    Ok(counted?.0)
}

async fn load(link: &mut Link, mut lines: impl BufRead, from: &Path) -> Result<i64> {
    run_script(link, link.dialect().pick("BEGIN IMMEDIATE", "BEGIN")).await?;
    take_role(link, "genkan_system", "").await?;
    refuse_unless_empty(link).await?;
    let mut line = String::new();
    let mut target: Option<Target> = None;
    let (mut number, mut begun, mut ended) = (0_u64, false, false);
    while read_line(&mut lines, &mut line, from)? {
        number += 1;
        if line.starts_with('[') {
            let target = target.as_mut().ok_or_else(|| damaged(from, number))?;
            target.add(link, &line).await?;
            continue;
        }
        if let Some(target) = target.take() {
            target.finish(link).await?;
        }
        match serde_json::from_str(&line).map_err(|_| damaged(from, number))? {
            Mark::Head {
                genkan_dump: FORM,
                schema,
            } if !begun && schema <= migrate::latest() => begun = true,
            Mark::Head { .. } if !begun => {
                return Err(Error::new(
                    Code::StoreTooNew,
                    format!("`{}` was made by a newer Genkan", from.display()),
                ));
            }
            Mark::Table { table, columns } if begun => {
                target = Some(Target::new(link, &table, columns).await?)
            }
            Mark::End { end: true } if begun => ended = true,
            Mark::Head { .. } | Mark::Table { .. } | Mark::End { .. } => {
                return Err(damaged(from, number));
            }
        }
    }
    if !ended {
        return Err(damaged(from, number));
    }
    let (records,): (i64,) = fetch_one!(link, "SELECT count(*) FROM record")?;
    run_script(link, "COMMIT").await?;
    Ok(records)
}

fn read_line(lines: &mut impl BufRead, line: &mut String, from: &Path) -> Result<bool> {
    line.clear();
    let read = lines
        .read_line(line)
        .map_err(|error| unusable(from, error))?;
    line.truncate(line.trim_end_matches('\n').len());
    Ok(read > 0)
}

fn damaged(from: &Path, line: u64) -> Error {
    let message = format!(
        "line {line} of `{}` is not what a whole dump has there",
        from.display()
    );
    Error::new(Code::StoreCorrupt, message)
        .hint("Restore another backup, or check how this one was copied.")
}

async fn refuse_unless_empty(link: &mut Link) -> Result<()> {
    for table in TABLES {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT 1) AS any_row"
        ));
        let (rows,): (i64,) = fetch_one!(link, sql)?;
        if rows > 0 {
            let message = format!("the store is not empty: `{table}` has rows");
            return Err(Error::new(Code::Conflict, message)
                .hint("Restore into a database that has just been made."));
        }
    }
    Ok(())
}

/// The table that rows go to now, and those that wait to be written together.
struct Target {
    sql: String,
    waiting: String,
}

impl Target {
    async fn new(link: &mut Link, table: &str, wanted: Vec<String>) -> Result<Self> {
        let unknown = |what: &str| {
            Error::new(
                Code::StoreCorrupt,
                format!("the dump has an unknown {what}"),
            )
        };
        let table = TABLES
            .iter()
            .find(|name| **name == table)
            .ok_or_else(|| unknown("table"))?;
        let present = columns(link, table).await?;
        let mut columns: Vec<&Column> = Vec::with_capacity(wanted.len());
        for name in &wanted {
            let column = present.iter().find(|column| column.name == *name);
            columns.push(column.ok_or_else(|| unknown("column"))?);
        }
        let dialect = link.dialect();
        let values: Vec<_> = columns
            .iter()
            .enumerate()
            .map(|(at, column)| value(dialect, at, column))
            .collect();
        let rows = dialect.pick("json_each($1)", "json_array_elements(CAST($1 AS json))");
        let (names, values) = (names(columns.iter().copied()), values.join(", "));
        let sql = format!("INSERT INTO {table} ({names}) SELECT {values} FROM {rows} AS row");
        Ok(Self {
            sql,
            waiting: String::new(),
        })
    }

    async fn add(&mut self, link: &mut Link, row: &str) -> Result<()> {
        self.waiting
            .push(if self.waiting.is_empty() { '[' } else { ',' });
        self.waiting.push_str(row);
        if self.waiting.len() >= BATCH_BYTES {
            self.write(link).await
        } else {
            Ok(())
        }
    }

    async fn finish(mut self, link: &mut Link) -> Result<()> {
        self.write(link).await
    }

    async fn write(&mut self, link: &mut Link) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let mut rows = std::mem::take(&mut self.waiting);
        rows.push(']');
        execute!(link, sqlx::AssertSqlSafe(self.sql.as_str()), rows.as_str())?;
        Ok(())
    }
}

/// The expression of one value of a row, which is a JSON array.
fn value(dialect: Dialect, at: usize, column: &Column) -> String {
    match dialect {
        Dialect::Sqlite => format!("json_extract(row.value, '$[{at}]')"),
        Dialect::Postgres if column.is_number => format!("CAST(row.value ->> {at} AS bigint)"),
        Dialect::Postgres => format!("row.value ->> {at}"),
    }
}
