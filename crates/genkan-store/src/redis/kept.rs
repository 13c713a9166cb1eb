//! Keeps for a while what any instance may use again.

use std::time::Duration;

use genkan_core::{digest::Digest, id::TenantId};

use super::{Inner, Redis};

impl Redis {
    /// What lies there; `None` if nothing does, or Redis cannot say it in time.
    pub async fn find_kept(&self, tenant: &TenantId, key: &Digest) -> Option<Vec<u8>> {
        let mut command = redis::cmd("GET");
        command.arg(name(&self.0, tenant, key));
        self.0.ask::<Option<Vec<u8>>>(&command).await.flatten()
    }

    /// Lays it there. Where that fails nothing is lost but time.
    pub async fn keep(&self, tenant: &TenantId, key: &Digest, value: &[u8], lifetime: Duration) {
        let mut command = redis::cmd("SET");
        command.arg(name(&self.0, tenant, key)).arg(value);
        command.arg("PX").arg(milliseconds(lifetime));
        self.0.ask::<()>(&command).await;
    }
}

fn name(inner: &Inner, tenant: &TenantId, key: &Digest) -> String {
    inner.name(&format!("kept:{}:{}", tenant.as_str(), key.to_hex()))
}

/// A lifetime as Redis takes it.
pub(super) fn milliseconds(lifetime: Duration) -> u64 {
    u64::try_from(lifetime.as_millis())
        .unwrap_or(u64::MAX)
        .max(1)
}
