//! Who is calling: the master key, API keys, and what is sealed with them.
//!
//! This crate turns a credential into a principal or into a refusal. It never decides what a
//! principal may do (that is the engine's, by roles) and never shows a secret twice.

mod api_keys;
mod bootstrap;
mod identity;
mod key_text;
mod master_key;
mod seal;

pub use api_keys::{ApiKeys, CreatedKey, KeyInfo};
pub use bootstrap::bootstrap;
pub use identity::Identity;
pub use key_text::KeyText;
pub use master_key::{MasterKey, Purpose, bind_store, is_bound};
pub use seal::Sealer;
