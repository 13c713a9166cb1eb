//! The master key: one secret from which every other key is derived (HKDF-SHA256, RFC 5869).

use aws_lc_rs::{
    hkdf::{HKDF_SHA256, Prk, Salt},
    hmac,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use genkan_core::{Code, Error, Random, Result, Secret, digest::Digest};
use genkan_store::Store;

/// What a derived key is for. Each purpose has a key of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Hashes of API keys.
    KeyHashes,
    /// `requestState` in the hands of clients.
    RequestState,
    /// Heads and checkpoints of the audit chain.
    Audit,
    /// Answers that instances keep for each other.
    SharedCache,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::KeyHashes => b"genkan key hashes v1",
            Self::RequestState => b"genkan request state v1",
            Self::Audit => b"genkan audit v1",
            Self::SharedCache => b"genkan shared cache v1",
        }
    }
}

/// 256 bits that must stay the same for the life of a store.
#[derive(Clone, Debug)]
pub struct MasterKey(Secret<[u8; 32]>);

impl MasterKey {
    /// Reads a key of 32 bytes in hexadecimal or Base64.
    pub fn parse(text: &Secret<String>) -> Result<Self> {
        let text = text.expose().trim();
        let bytes = match Digest::from_hex(text) {
            Some(bytes) => Some(*bytes.as_bytes()),
            None => STANDARD
                .decode(text)
                .ok()
                .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()),
        };
        bytes.map(|bytes| Self(Secret::new(bytes))).ok_or_else(|| {
            Error::new(
                Code::ConfigInvalid,
                "the master key is not 32 bytes in hexadecimal or Base64",
            )
            .hint("Make one with `openssl rand -hex 32`.")
        })
    }

    /// Makes a fresh key.
    pub fn generate(random: &dyn Random) -> Self {
        let mut bytes = [0; 32];
        random.fill(&mut bytes);
        Self(Secret::new(bytes))
    }

    /// Names the key without telling it, so that a store can remember which one it belongs to.
    pub fn id(&self) -> String {
        let id = self.subkey_bytes(b"genkan master key id v1");
        Digest::from_bytes(*id.expose()).to_hex()[..16].to_owned()
    }

    /// Derives the key of a purpose.
    pub fn subkey(&self, purpose: Purpose) -> Secret<[u8; 32]> {
        self.subkey_bytes(purpose.label())
    }

    fn subkey_bytes(&self, label: &[u8]) -> Secret<[u8; 32]> {
        let key: Prk = Salt::new(HKDF_SHA256, b"genkan").extract(self.0.expose());
        let mut bytes = [0; 32];
        key.expand(&[label], hmac::HMAC_SHA256)
            .and_then(|output| output.fill(&mut bytes))
            .expect("BUG: 32 bytes are within what HKDF-SHA256 can give");
        Secret::new(bytes)
    }

    /// The key in hexadecimal, to be kept where only its owner can read it.
    pub fn to_text(&self) -> Secret<String> {
        Secret::new(Digest::from_bytes(*self.0.expose()).to_hex())
    }
}

/// What the id of the master key is called in the store.
const KEY_ID: &str = "master_key_id";

/// Ties a store to its master key: the first start leaves the key's id, later ones compare.
pub async fn bind_store(master: &MasterKey, store: &Store) -> Result<()> {
    let id = master.id();
    let mine = id.clone();
    let stored = store
        .system_write(move |tx| {
            let mine = mine.clone();
            Box::pin(async move { tx.meta_get_or_set(KEY_ID, &mine).await })
        })
        .await?;
    compare(&stored, &id)
}

/// Whether the store is tied to a master key, which then must be this one. Changes nothing.
pub async fn is_bound(master: &MasterKey, store: &Store) -> Result<bool> {
    match store.system_read().await?.meta_find(KEY_ID).await? {
        Some(stored) => compare(&stored, &master.id()).map(|()| true),
        None => Ok(false),
    }
}

fn compare(stored: &str, given: &str) -> Result<()> {
    if stored == given {
        return Ok(());
    }
    let message =
        format!("this store belongs to master key {stored}, and the given one is {given}");
    Err(Error::new(Code::MasterKeyMismatch, message))
}
