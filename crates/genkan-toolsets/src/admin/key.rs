//! An API key as the `admin` tools show it.

use genkan_identity::{CreatedKey, KeyInfo};
use schemars::JsonSchema;
use serde::Serialize;

/// What may be told of a key. Times are RFC 3339 in UTC.
#[derive(Serialize, JsonSchema)]
pub(super) struct Key {
    id: String,
    name: String,
    role: &'static str,
    created_at: String,
    expires_at: Option<String>,
    revoked_at: Option<String>,
    /// The id of the key that replaced it.
    replaced_by: Option<String>,
}

impl From<KeyInfo> for Key {
    fn from(info: KeyInfo) -> Self {
        Self {
            id: info.id,
            name: info.name,
            role: info.role.as_str(),
            created_at: info.created_at.to_string(),
            expires_at: info.expires_at.map(|at| at.to_string()),
            revoked_at: info.revoked_at.map(|at| at.to_string()),
            replaced_by: info.replaced_by,
        }
    }
}

/// A fresh key. The only answer that ever contains one.
#[derive(Serialize, JsonSchema)]
pub(super) struct FreshKey {
    #[serde(flatten)]
    about: Key,
    /// The whole key, shown this once.
    key: String,
}

impl From<CreatedKey> for FreshKey {
    fn from(created: CreatedKey) -> Self {
        Self {
            about: created.info.into(),
            key: created.key.expose().clone(),
        }
    }
}
