//! SQLite and PostgreSQL behind one set of statements. Nothing else in the house knows SQL.
//!
//! - [`Store`] reads through a pool and writes through lanes (`lane/`), which put the effect and
//!   the record of a call into one transaction and chain the records (`audit/`).
//! - [`TenantTx`] has the queries of one tenant, [`SystemTx`] the short list that crosses tenants;
//!   one file per aggregate.
//! - [`Redis`] is where several instances meet; optional, and nothing that must survive lies in it.
//! - [`migrate`] brings a schema up to date, [`backup`] copies and restores.
//!
//! It knows nothing of tools, doors or settings.

mod api_keys;
pub mod audit;
mod authority;
pub mod backup;
mod db;
mod departures;
mod disabled_tools;
mod idempotency;
mod instances;
pub mod knowledge;
mod lane;
mod measure;
mod meta;
pub mod migrate;
mod nonces;
mod options;
mod principals;
mod records;
mod redis;
mod store;
mod stored_settings;
mod tasks;
mod tenants;
mod tx;

pub use self::redis::{Counted, Redis, RedisOptions};
pub use api_keys::{ApiKey, ApiKeyFound};
pub use authority::Authority;
pub use idempotency::{Earlier, Keyed};
pub use instances::{Instances, Meeting, Seen};
pub use options::{CrashPoint, Location, Options};
pub use records::{Pending, Place, Records};
pub use store::Store;
pub use stored_settings::{StoredSetting, stored_settings};
pub use tasks::{Lease, TaskRow};
pub use tenants::Tenant;
pub use tx::{SystemTx, TenantTx};
