//! SQLite and PostgreSQL behind one set of statements. Nothing else in the house knows SQL.
//!
//! - [`Store`] reads through a pool and writes through lanes (`lane/`), which put the effect and
//!   the record of a call into one transaction and chain the records (`audit/`).
//! - [`TenantTx`] has the queries of one tenant, [`SystemTx`] the short list that crosses tenants;
//!   one file per aggregate.
//! - [`migrate`] brings a schema up to date, [`backup`] copies and restores.
//!
//! It knows nothing of tools, doors or settings.

mod api_keys;
pub mod audit;
pub mod backup;
mod db;
mod disabled_tools;
pub mod knowledge;
mod lane;
mod measure;
mod meta;
pub mod migrate;
mod nonces;
mod options;
mod principals;
mod records;
mod store;
mod tasks;
mod tenants;
mod tx;

pub use api_keys::{ApiKey, ApiKeyFound};
pub use options::{CrashPoint, Location, Options};
pub use records::{Pending, Place, Records};
pub use store::Store;
pub use tasks::{Lease, TaskRow};
pub use tenants::Tenant;
pub use tx::{SystemTx, TenantTx};
