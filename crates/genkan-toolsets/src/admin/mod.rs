//! Toolset `admin`: every administrative act is a tool here; the command line and REST project them.
//!
//! It is shown by profile `admin` alone, never by the default one.

mod audit_report;
mod audit_verify;
mod key;
mod key_create;
mod key_list;
mod key_revoke;
mod key_rotate;

use std::sync::Arc;

use genkan_core::{Tool, Toolset};
use genkan_identity::ApiKeys;
use genkan_store::Store;

use crate::typed::tool;

/// The toolset.
pub struct AdminToolset {
    store: Store,
    api_keys: ApiKeys,
}

impl AdminToolset {
    /// Builds it.
    pub fn new(store: Store, api_keys: ApiKeys) -> Self {
        Self { store, api_keys }
    }
}

impl Toolset for AdminToolset {
    fn name(&self) -> &str {
        "admin"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let (store, api_keys) = (&self.store, &self.api_keys);
        vec![
            tool(audit_report::AuditReport(store.clone())),
            tool(audit_verify::AuditVerify(store.clone())),
            tool(key_create::KeyCreate(api_keys.clone())),
            tool(key_list::KeyList(api_keys.clone())),
            tool(key_revoke::KeyRevoke(api_keys.clone())),
            tool(key_rotate::KeyRotate(api_keys.clone())),
        ]
    }
}
