//! Answers that one instance keeps and every instance may use.

use std::time::Duration;

use async_trait::async_trait;

use crate::{digest::Digest, id::TenantId};

/// Where such answers lie. It may forget anything at any time, and nobody waits long for it.
#[async_trait]
pub trait SharedCache: Send + Sync {
    /// What was kept under the key, byte by byte as it was, if it can be had at once.
    async fn find(&self, tenant: &TenantId, key: &Digest) -> Option<Vec<u8>>;

    /// Keeps it for that long, if it can.
    async fn keep(&self, tenant: &TenantId, key: &Digest, value: &[u8], lifetime: Duration);
}
