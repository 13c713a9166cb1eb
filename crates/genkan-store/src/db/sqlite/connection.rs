//! A connection to a SQLite file, with its prepared statements.

use std::{path::Path, time::Duration};

use genkan_core::{Code, Error as Outward};
use rusqlite::{CachedStatement, OpenFlags, ToSql, config::DbConfig};

use super::{FromRow, at_length};
use crate::db::Error;

/// How many statements stay prepared.
const PREPARED: usize = 256;

/// A connection to a SQLite file.
pub(crate) struct Connection(rusqlite::Connection);

impl Connection {
    /// Opens a file that may be written.
    pub(crate) fn open(file: &Path, patience: Duration) -> Result<Self, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        Self::open_as(file, flags, patience)
    }

    /// Opens a file that is there and may be written.
    pub(crate) fn open_present(file: &Path, patience: Duration) -> Result<Self, Error> {
        Self::open_as(file, OpenFlags::SQLITE_OPEN_READ_WRITE, patience)
    }

    /// Opens a file that is there, without a right to write it.
    pub(crate) fn open_to_read(file: &Path, patience: Duration) -> Result<Self, Error> {
        Self::open_as(file, OpenFlags::SQLITE_OPEN_READ_ONLY, patience)
    }

    fn open_as(file: &Path, flags: OpenFlags, patience: Duration) -> Result<Self, Error> {
        // One thread at a time uses a connection, as its type says; SQLite need not lock it.
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = rusqlite::Connection::open_with_flags(file, flags)?;
        connection.busy_timeout(patience)?;
        // Else every statement with a bound `LIMIT` would be prepared anew each time it runs, which
        // costs more than many of them do.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        Ok(Self(connection))
    }

    /// Runs a statement and returns the number of rows it touched.
    pub(crate) fn execute(&mut self, sql: &str, values: &[&dyn ToSql]) -> Result<u64, Error> {
        let mut statement = self.0.prepare_cached(sql)?;
        bind(&mut statement, values)?;
        let mut rows = statement.raw_query();
        while rows.next()?.is_some() {}
        drop(rows);
        drop(statement);
        Ok(self.0.changes())
    }

    /// Runs a statement once for each of several sets of values.
    pub(crate) fn execute_each<'v, const VALUES: usize>(
        &mut self,
        sql: &str,
        sets: impl IntoIterator<Item = [&'v dyn ToSql; VALUES]>,
    ) -> Result<(), Error> {
        let mut statement = self.0.prepare_cached(sql)?;
        for values in sets {
            bind(&mut statement, &values)?;
            statement.raw_execute()?;
        }
        Ok(())
    }

    /// Returns every row.
    pub(crate) fn fetch_all<T: FromRow>(
        &mut self,
        sql: &str,
        values: &[&dyn ToSql],
    ) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        self.fetch_each(sql, values, |row| {
            all.push(row);
            Ok::<_, Error>(true)
        })?;
        Ok(all)
    }

    /// Returns every row, without making other tasks of this thread wait.
    pub(crate) fn fetch_many<T: FromRow>(
        &mut self,
        sql: &str,
        values: &[&dyn ToSql],
    ) -> Result<Vec<T>, Error> {
        at_length(|| self.fetch_all(sql, values))
    }

    /// Returns the first row, if there is one.
    pub(crate) fn fetch_optional<T: FromRow>(
        &mut self,
        sql: &str,
        values: &[&dyn ToSql],
    ) -> Result<Option<T>, Error> {
        let mut first = None;
        self.fetch_each(sql, values, |row| {
            first = Some(row);
            Ok::<_, Error>(false)
        })?;
        Ok(first)
    }

    /// Returns the one row that there must be.
    pub(crate) fn fetch_one<T: FromRow>(
        &mut self,
        sql: &str,
        values: &[&dyn ToSql],
    ) -> Result<T, Error> {
        self.fetch_optional(sql, values)?
            .ok_or_else(|| rusqlite::Error::QueryReturnedNoRows.into())
    }

    /// Hands over row after row, until `take` returns false.
    pub(crate) fn fetch_each<T: FromRow, E: From<Error>>(
        &mut self,
        sql: &str,
        values: &[&dyn ToSql],
        mut take: impl FnMut(T) -> Result<bool, E>,
    ) -> Result<(), E> {
        let mut statement = self.0.prepare_cached(sql).map_err(Error::from)?;
        bind(&mut statement, values).map_err(Error::from)?;
        let places = T::places(&statement).map_err(Error::from)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(Error::from)? {
            if !take(T::read(row, &places).map_err(Error::from)?)? {
                break;
            }
        }
        Ok(())
    }

    /// Runs several statements that take no values.
    pub(crate) fn run_script(&mut self, script: &str) -> Result<(), Error> {
        Ok(self.0.execute_batch(script)?)
    }

    /// Copies the whole database into a new file.
    pub(crate) fn copy_into(&mut self, file: &Path) -> Result<(), Outward> {
        let text = file.to_str().ok_or_else(|| {
            Outward::new(
                Code::DataDirUnusable,
                format!("`{}` is not UTF-8, which SQLite needs", file.display()),
            )
        })?;
        at_length(|| self.execute("VACUUM INTO $1", &[&text]))?;
        Ok(())
    }

    /// How many rows were inserted, changed and deleted since it was opened, also by triggers.
    pub(crate) fn changes(&self) -> u64 {
        self.0.total_changes()
    }

    /// Whether a transaction is open.
    pub(crate) fn is_in_transaction(&self) -> bool {
        !self.0.is_autocommit()
    }

    /// Closes it in good order; the last one of a file writes the log back into it.
    pub(crate) fn close(self) -> Result<(), Error> {
        Ok(self.0.close().map_err(|(_, error)| error)?)
    }
}

/// `$2` is a name to SQLite, and names get their places in the order in which they are met; to
/// PostgreSQL and to us it is the second value. A `?` stands for the value of its place.
fn bind(statement: &mut CachedStatement<'_>, values: &[&dyn ToSql]) -> rusqlite::Result<()> {
    let count = statement.parameter_count();
    for place in 1..=count {
        let number = match statement.parameter_name(place) {
            Some(name) => name[1..].parse().unwrap_or(0),
            None => place,
        };
        let value = values
            .get(number.wrapping_sub(1))
            .ok_or(rusqlite::Error::InvalidParameterCount(values.len(), number))?;
        statement.raw_bind_parameter(place, value)?;
    }
    Ok(())
}
