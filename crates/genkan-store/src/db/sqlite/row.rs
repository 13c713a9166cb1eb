//! How a row of SQLite becomes a tuple, by place, or a struct made with `row!`, by name.

use rusqlite::{Result, Row, Statement, types::FromSql};

/// What a row can become.
pub(crate) trait FromRow: Sized {
    /// Where the columns stand, looked up once for all rows of a statement.
    type Places;

    /// Looks up the columns.
    fn places(statement: &Statement<'_>) -> Result<Self::Places>;

    /// Reads one row.
    fn read(row: &Row<'_>, places: &Self::Places) -> Result<Self>;
}

macro_rules! tuple {
    ($($name:ident $place:literal),*) => {
        impl<$($name: FromSql),*> FromRow for ($($name,)*) {
            type Places = ();

            fn places(_: &Statement<'_>) -> Result<()> {
                Ok(())
            }

            fn read(row: &Row<'_>, (): &()) -> Result<Self> {
                Ok(($(row.get::<_, $name>($place)?,)*))
            }
        }
    };
}

tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14, P 15);
