//! Nonces: what may be used once, such as a `requestState`.

use genkan_core::{Result, Timestamp, id::TenantId};

use crate::{SystemTx, db::execute};

impl SystemTx {
    /// Uses a nonce up. Returns whether this was its first use.
    pub async fn nonce_use(&mut self, tenant: &TenantId, nonce: &str, expires: Timestamp) -> Result<bool> {
        let sql = "INSERT INTO nonce (tenant, nonce, expires) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        Ok(execute!(self, sql, tenant.as_str(), nonce, expires.as_millis())? == 1)
    }

    /// Forgets nonces that have expired. Returns how many.
    pub async fn nonces_purge(&mut self, now: Timestamp) -> Result<u64> {
        Ok(execute!(self, "DELETE FROM nonce WHERE expires < $1", now.as_millis())?)
    }
}
