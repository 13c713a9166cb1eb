//! When a lane writes checkpoints: once a minute for the chains that moved, and at its end.

use std::time::Duration;

use genkan_core::{Result, id::TenantId};

use super::{connection::control, worker::Lane};
use crate::{
    SystemTx,
    audit::{self, Head},
};

/// How often heads that moved are listed in a checkpoint.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(60);

/// The most tenants whose checkpoints share a transaction.
const CHECKPOINTS: usize = 64;

impl Lane {
    pub(super) fn note_moved(&mut self, heads: &[(TenantId, Head)]) {
        for (tenant, _) in heads {
            if !self.moved.contains(tenant) {
                self.moved.insert(tenant.clone());
            }
        }
        if !heads.is_empty() && self.checkpoint_at.is_none() {
            self.checkpoint_at = Some(self.clock.monotonic() + CHECKPOINT_EVERY);
        }
    }

    /// Writes the checkpoints that are due. What fails is tried with the next ones.
    pub(super) async fn checkpoint(&mut self) {
        let tenants: Vec<_> = self.moved.iter().cloned().collect();
        for tenants in tenants.chunks(CHECKPOINTS) {
            match self.checkpoint_of(tenants).await {
                Ok(()) => tenants.iter().for_each(|tenant| {
                    self.moved.remove(tenant);
                }),
                Err(error) => {
                    tracing::warn!(
                        ?error,
                        "a checkpoint of the audit chain could not be written"
                    );
                    break;
                }
            }
        }
        self.checkpoint_at =
            (!self.moved.is_empty()).then(|| self.clock.monotonic() + CHECKPOINT_EVERY);
    }

    async fn checkpoint_of(&mut self, tenants: &[TenantId]) -> Result<()> {
        self.settle().await?;
        let mut tx = SystemTx::resume(self.connection.begin().await?);
        let now = self.clock.now();
        let mut written = Ok(());
        for tenant in tenants {
            written = audit::write_checkpoint(&mut tx, tenant, self.chains.signer(), now).await;
            if written.is_err() {
                break;
            }
        }
        let mut link = tx.into_link();
        let end = if written.is_ok() {
            "COMMIT"
        } else {
            "ROLLBACK"
        };
        match control(&mut link, end).await {
            Ok(()) => self.connection.put_back(link),
            Err(error) => {
                self.connection.lose(link);
                written = written.and(Err(error.into()));
            }
        }
        written
    }
}
