//! One statement, two drivers: macros that expand a statement once per driver.
//!
//! They take a transaction (anything with `driver()`), the text and the values. On SQLite the
//! statement has run when the macro is passed; on PostgreSQL it is awaited.

use sqlx::AssertSqlSafe;

/// A text as the macros take it.
pub(crate) trait Text {
    /// The text itself.
    fn text(&self) -> &str;
}

impl Text for &str {
    fn text(&self) -> &str {
        self
    }
}

impl<T: AsRef<str>> Text for AssertSqlSafe<T> {
    fn text(&self) -> &str {
        self.0.as_ref()
    }
}

/// Runs a statement and returns the number of rows it touched.
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {{
        let _timed = $crate::measure::Statement::begin();
        match $tx.driver() {
            $crate::db::Driver::Sqlite(connection) => {
                connection.execute($crate::db::Text::text(&$sql), rusqlite::params![$($value),*])
            }
            $crate::db::Driver::Postgres(connection) => sqlx::query::<sqlx::Postgres>($sql)
                $(.bind($value))*
                .execute(connection)
                .await
                .map(|done| done.rows_affected())
                .map_err($crate::db::Error::from),
        }
    }};
}

/// Expands one of the fetching macros; not for use elsewhere.
macro_rules! fetch {
    ($tx:expr, $in_place:ident, $fetch:ident, $sql:expr, [$($value:expr),*]) => {{
        let _timed = $crate::measure::Statement::begin();
        match $tx.driver() {
            $crate::db::Driver::Sqlite(connection) => {
                connection.$in_place($crate::db::Text::text(&$sql), rusqlite::params![$($value),*])
            }
            $crate::db::Driver::Postgres(connection) => sqlx::query_as::<sqlx::Postgres, _>($sql)
                $(.bind($value))*
                .$fetch(connection)
                .await
                .map_err($crate::db::Error::from),
        }
    }};
}

/// Returns every row.
macro_rules! fetch_all {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::db::fetch!($tx, fetch_all, fetch_all, $sql, [$($value),*])
    };
}

/// Returns every row of a statement that takes milliseconds: other tasks do not wait meanwhile.
macro_rules! fetch_many {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::db::fetch!($tx, fetch_many, fetch_all, $sql, [$($value),*])
    };
}

/// Returns the first row, if there is one.
macro_rules! fetch_optional {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::db::fetch!($tx, fetch_optional, fetch_optional, $sql, [$($value),*])
    };
}

/// Returns the one row that there must be.
macro_rules! fetch_one {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::db::fetch!($tx, fetch_one, fetch_one, $sql, [$($value),*])
    };
}

/// Declares a struct that is read from the columns of the same names, on both drivers.
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty,)*
    }) => {
        $(#[$meta])*
        $vis struct $name {
            $($(#[$field_meta])* $field_vis $field: $type,)*
        }

        impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for $name
        where
            &'static str: sqlx::ColumnIndex<R>,
            $($type: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,)*
        {
            fn from_row(row: &'r R) -> sqlx::Result<Self> {
                Ok(Self { $($field: row.try_get(stringify!($field))?,)* })
            }
        }

        impl $crate::db::sqlite::FromRow for $name {
            type Places = [usize; [$(stringify!($field)),*].len()];

            fn places(statement: &rusqlite::Statement<'_>) -> rusqlite::Result<Self::Places> {
                Ok([$(statement.column_index(stringify!($field))?),*])
            }

            fn read(row: &rusqlite::Row<'_>, places: &Self::Places) -> rusqlite::Result<Self> {
                let [$($field),*] = *places;
                Ok(Self { $($field: row.get($field)?,)* })
            }
        }
    };
}

pub(crate) use {execute, fetch, fetch_all, fetch_many, fetch_one, fetch_optional, row};
