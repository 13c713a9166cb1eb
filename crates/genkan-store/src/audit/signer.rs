//! Signs heads and checkpoints, so that nobody without the key can make an end of a chain.

use std::sync::Arc;

use aws_lc_rs::hmac;
use genkan_core::{Secret, digest::Digest};

use super::encode::Encoder;

/// HMAC-SHA256 (RFC 2104) under the store's audit key.
#[derive(Clone)]
pub(crate) struct Signer(Arc<hmac::Key>);

impl Signer {
    pub(crate) fn new(key: &Secret<[u8; 32]>) -> Self {
        Self(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, key.expose())))
    }

    /// The signature of a chain's end, in hexadecimal.
    pub(super) fn head(&self, tenant: &str, writer: &str, seq: i64, hash: &str) -> String {
        let mut bytes = Encoder::default();
        bytes
            .text("genkan head 1")
            .text(tenant)
            .text(writer)
            .number(seq)
            .text(hash);
        self.sign(&bytes)
    }

    /// The signature of a checkpoint, in hexadecimal.
    pub(super) fn checkpoint(
        &self,
        tenant: &str,
        seq: i64,
        made: i64,
        heads: &str,
        prev: &str,
    ) -> String {
        let mut bytes = Encoder::default();
        bytes
            .text("genkan checkpoint 1")
            .text(tenant)
            .number(seq)
            .number(made)
            .text(heads)
            .text(prev);
        self.sign(&bytes)
    }

    fn sign(&self, bytes: &Encoder) -> String {
        let tag = hmac::sign(&self.0, bytes.bytes());
        let mut mac = [0; 32];
        mac.copy_from_slice(tag.as_ref());
        Digest::from_bytes(mac).to_hex()
    }
}
