//! The two databases behind one set of statements.
//!
//! A statement is written once, with `$1, $2, …`, and runs on whichever driver the transaction has:
//!
//! ```ignore
//! use crate::db::{Dialect, execute, fetch_all, fetch_one, fetch_optional};
//!
//! impl TenantTx {
//!     pub async fn note_find(&mut self, name: &str) -> Result<Option<(String, i64)>> {
//!         let tenant = self.tenant().clone();
//!         let sql = "SELECT body, created FROM note WHERE tenant = $1 AND name = $2";
//!         Ok(fetch_optional!(self, sql, tenant.as_str(), name)?)   // db::Error becomes a core Error
//!     }
//! }
//! ```
//!
//! - Rows are tuples of up to 16 columns, or structs made with [`row!`]. `execute!` returns the
//!   number of rows. Texts are `String`/`&str`, times and counts `i64` (cast sums: `CAST(sum(x) AS
//!   BIGINT)`), booleans `i64` 0/1, absent values `Option`. Values are evaluated once.
//! - Every statement of a [`TenantTx`](crate::TenantTx) says `tenant = $n` itself: SQLite has no
//!   row-level security, PostgreSQL only has it as a second wall.
//! - A text that must differ is chosen by [`Dialect`]: `tx.dialect().pick("sqlite text", "postgres
//!   text")`, and an IN-list is `… IN (` [`Dialect::texts`] `)` over a JSON array in a parameter. A
//!   text built at run time is passed as `sqlx::AssertSqlSafe(text)`; never build one from input.
//! - A rare statement that takes milliseconds rather than microseconds is run by `fetch_many!`, or
//!   every task of the thread would wait for SQLite.
//! - A violated key is `db::Error::Duplicate`; match it before `?` where it means something.
//! - PostgreSQL ends the transaction at the first failing statement, so a failed statement must end
//!   the effect. PostgreSQL knows no NUL in texts: refuse or replace it at the edge.

pub(crate) mod connect;
mod dialect;
mod error;
mod link;
mod readers;
pub(crate) mod sqlite;
mod statement;

pub(crate) use dialect::Dialect;
pub(crate) use error::Error;
pub(crate) use link::{Driver, Link};
pub(crate) use readers::Readers;
#[allow(unused_imports, reason = "the set is offered whole to every aggregate")]
pub(crate) use statement::{
    Text, execute, fetch, fetch_all, fetch_many, fetch_one, fetch_optional, row,
};
