//! Nonces: what may be used once, such as a `requestState`.

use std::{sync::Arc, time::Duration};

use genkan_core::{Clock, Result, Timestamp, id::TenantId, lifecycle::Lifecycle};

use crate::{Store, SystemTx, db::execute};

/// How often expired nonces are forgotten.
const PURGE_EVERY: Duration = Duration::from_secs(600);
/// How long they are remembered beyond their time: a clock that was wrong and is put right must not make
/// what was used good again.
const REMEMBERED_MS: i64 = 24 * 60 * 60 * 1_000;

impl SystemTx {
    /// Uses a nonce up. Returns whether this was its first use.
    pub async fn nonce_use(
        &mut self,
        tenant: &TenantId,
        nonce: &str,
        expires: Timestamp,
    ) -> Result<bool> {
        let sql =
            "INSERT INTO nonce (tenant, nonce, expires) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        Ok(execute!(self, sql, tenant.as_str(), nonce, expires.as_millis())? == 1)
    }

    /// Forgets nonces that have expired. Returns how many.
    pub async fn nonces_purge(&mut self, now: Timestamp) -> Result<u64> {
        let sql = "DELETE FROM nonce WHERE expires < $1";
        Ok(execute!(self, sql, now.as_millis())?)
    }
}

/// Forgets expired nonces now and then, until the lifecycle stops.
pub(crate) fn keep_purged(store: Store, clock: Arc<dyn Clock>, lifecycle: &Lifecycle) {
    let stop = lifecycle.soft_stop().clone();
    lifecycle.start("store.nonces", async move {
        loop {
            tokio::select! {
                () = tokio::time::sleep(PURGE_EVERY) => {}
                () = stop.cancelled() => break,
            }
            let now = Timestamp::from_millis(clock.now().as_millis().saturating_sub(REMEMBERED_MS));
            let purged = store.system_write(move |tx| Box::pin(tx.nonces_purge(now)));
            if let Err(error) = purged.await {
                tracing::warn!(?error, "expired nonces stay for now");
            }
        }
    });
}
