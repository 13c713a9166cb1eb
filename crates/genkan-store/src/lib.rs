//! SQLite and PostgreSQL behind one set of statements. Nothing else in the house knows SQL.
#![warn(missing_docs)]

mod db;
pub mod migrate;
mod options;
mod tx;

pub use options::{CrashPoint, Location, Options};
pub use tx::{SystemTx, TenantTx};
