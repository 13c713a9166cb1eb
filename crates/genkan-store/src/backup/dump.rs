//! Writes a dump: a line about it, then for each table a line with its columns and one per row.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use futures_util::TryStreamExt;
use genkan_core::Result;
use serde_json::json;

use super::{
    tables::{TABLES, columns, names},
    unusable,
};
use crate::{
    db::{self, Driver, Link, sqlite::at_length},
    migrate,
};

/// The form of the lines; another one gets another number.
pub(super) const FORM: u32 = 1;

pub(super) async fn write(link: &mut Link, to: &Path) -> Result<()> {
    let file = File::create_new(to).map_err(|error| unusable(to, error))?;
    let mut out = BufWriter::new(file);
    // A dump says which schema it is of; the schema itself comes from the migrations.
    let head =
        json!({"genkan_dump": FORM, "schema": migrate::latest(), "kind": link.dialect().as_str()});
    writeln!(out, "{head}").map_err(|error| unusable(to, error))?;
    if link.dialect() == db::Dialect::Postgres {
        // Reading a large table out takes as long as it takes.
        migrate::run_script(link, "SET LOCAL statement_timeout = 0").await?;
    }
    for table in TABLES {
        let columns = columns(link, table).await?;
        let list: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
        writeln!(out, "{}", json!({"table": table, "columns": list}))
            .map_err(|error| unusable(to, error))?;
        let names = names(&columns);
        let sql = match link.dialect() {
            db::Dialect::Sqlite => format!("SELECT json_array({names}) FROM {table}"),
            db::Dialect::Postgres => {
                format!("SELECT CAST(json_build_array({names}) AS text) FROM {table}")
            }
        };
        rows(link, sql, to, &mut out).await?;
    }
    writeln!(out, "{}", json!({"end": true})).map_err(|error| unusable(to, error))?;
    out.flush().map_err(|error| unusable(to, error))
}

async fn rows(link: &mut Link, sql: String, to: &Path, out: &mut impl Write) -> Result<()> {
    let mut pour = |row: String| {
        // Line breaks within strings are escaped in JSON; those between values are not needed.
        let row = row.replace('\n', " ");
        writeln!(out, "{row}").map_err(|error| unusable(to, error))
    };
    match link.driver() {
        Driver::Sqlite(connection) => at_length(|| {
            connection.fetch_each(&sql, &[], |(row,): (String,)| pour(row).map(|()| true))
        }),
        Driver::Postgres(connection) => {
            let sql = sqlx::AssertSqlSafe(sql);
            let mut rows = sqlx::query_as::<sqlx::Postgres, (String,)>(sql).fetch(connection);
            while let Some((row,)) = rows.try_next().await.map_err(db::Error::from)? {
                pour(row)?;
            }
            Ok(())
        }
    }
}
