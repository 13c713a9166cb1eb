//! Sealing: what leaves the house and must come back unread and unchanged (AES-256-GCM).

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use genkan_core::{Random, Secret};

/// Seals and opens with one derived key. The text form is Base64url of nonce, ciphertext and tag.
pub struct Sealer(LessSafeKey);

impl Sealer {
    /// A sealer with the given key.
    pub fn new(key: &Secret<[u8; 32]>) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, key.expose())
            .expect("BUG: 32 bytes are the key length of AES-256-GCM");
        Self(LessSafeKey::new(key))
    }

    /// Seals the text; `bound` must be the same when it is opened and is not part of the result.
    pub fn seal(&self, plain: &[u8], bound: &[u8], random: &dyn Random) -> String {
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce);
        let mut sealed = plain.to_vec();
        self.0
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(bound),
                &mut sealed,
            )
            .expect("BUG: the text is far below the limit of AES-GCM");
        let mut whole = nonce.to_vec();
        whole.append(&mut sealed);
        URL_SAFE_NO_PAD.encode(whole)
    }

    /// Opens what [`Sealer::seal`] made; `None` for anything else.
    pub fn open(&self, text: &str, bound: &[u8]) -> Option<Vec<u8>> {
        let mut whole = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = whole.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let plain = self.0.open_in_place(nonce, Aad::from(bound), sealed).ok()?;
        Some(plain.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use genkan_core::random::SystemRandom;

    use super::*;

    #[test]
    fn only_the_same_key_and_binding_open_what_was_sealed() {
        let sealer = Sealer::new(&Secret::new([7; 32]));
        let text = sealer.seal(b"state", b"bound", &SystemRandom);
        assert_eq!(sealer.open(&text, b"bound").as_deref(), Some(&b"state"[..]));
        assert_eq!(sealer.open(&text, b"other"), None);
        assert_eq!(
            Sealer::new(&Secret::new([8; 32])).open(&text, b"bound"),
            None
        );
        for position in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[position] = if changed[position] == b'A' {
                b'B'
            } else {
                b'A'
            };
            assert_eq!(
                sealer.open(std::str::from_utf8(&changed).unwrap(), b"bound"),
                None
            );
        }
        assert_eq!(sealer.open("", b"bound"), None);
    }
}
