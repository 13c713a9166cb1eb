//! The few places where the two databases need different words.

/// Which database a statement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// SQLite 3.
    Sqlite,
    /// PostgreSQL 15 or newer.
    Postgres,
}

impl Dialect {
    /// The name that users see.
    pub(crate) const fn as_str(self) -> &'static str {
        self.pick("sqlite", "postgres")
    }

    /// Chooses between two texts.
    pub(crate) const fn pick<'a>(self, sqlite: &'a str, postgres: &'a str) -> &'a str {
        match self {
            Self::Sqlite => sqlite,
            Self::Postgres => postgres,
        }
    }

    /// What follows a selection of rows that will be changed: those that somebody else is changing now are left
    /// out. Who changes many rows of others waits for none of them, so that no two ever wait for each other.
    /// SQLite has one writer.
    pub(crate) const fn skipping_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR UPDATE SKIP LOCKED",
        }
    }

    /// A condition: the column is one of the texts in the JSON array that the parameter holds.
    ///
    /// On PostgreSQL the array is made first. With `IN` it might be joined after everything else,
    /// which takes a second for ten thousand rows that nobody has analysed yet.
    #[allow(dead_code, reason = "offered to every aggregate")]
    pub(crate) fn among(self, column: &str, parameter: u8) -> String {
        match self {
            Self::Sqlite => format!("{column} IN (SELECT value FROM json_each(${parameter}))"),
            Self::Postgres => format!(
                "{column} = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST(${parameter} AS jsonb))))"
            ),
        }
    }

    /// A row source `given (value)`: the elements of the JSON array that the parameter holds. They are
    /// arrays themselves, taken apart with `given.value ->> 0`.
    pub(crate) fn rows(self, parameter: u8) -> String {
        match self {
            Self::Sqlite => format!("json_each(${parameter}) AS given"),
            Self::Postgres => {
                format!("jsonb_array_elements(CAST(${parameter} AS jsonb)) AS given (value)")
            }
        }
    }
}
