//! What instances use of each other's answers. It is sealed, so that Redis does not learn what the
//! team knows, and nobody who can write there can put words into an answer.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use genkan_core::{Random, SharedCache, digest::Digest, id::TenantId};
use genkan_identity::Sealer;
use genkan_store::Redis;

/// Answers that lie sealed in Redis.
pub(super) struct SealedCache {
    pub(super) redis: Redis,
    pub(super) sealer: Sealer,
    pub(super) random: Arc<dyn Random>,
}

#[async_trait]
impl SharedCache for SealedCache {
    async fn find(&self, tenant: &TenantId, key: &Digest) -> Option<Vec<u8>> {
        let sealed = self.redis.find_kept(tenant, key).await?;
        let sealed = std::str::from_utf8(&sealed).ok()?;
        self.sealer.open(sealed, bound(tenant, key).as_bytes())
    }

    async fn keep(&self, tenant: &TenantId, key: &Digest, value: &[u8], lifetime: Duration) {
        let bound = bound(tenant, key);
        let sealed = self.sealer.seal(value, bound.as_bytes(), &*self.random);
        let sealed = sealed.as_bytes();
        self.redis.keep(tenant, key, sealed, lifetime).await;
    }
}

/// What an answer is sealed with, so that it holds nowhere else.
fn bound(tenant: &TenantId, key: &Digest) -> String {
    format!("{}:{}", tenant.as_str(), key.to_hex())
}
