//! The text form of an API key: `gk_<id>_<secret><checksum>`.
//!
//! The id (16 hexadecimal digits) finds the row, the secret (64) is compared as HMAC, and the
//! checksum (8) lets scanners and typing errors be told without asking the store.

use genkan_core::{Random, Secret, digest::Digest};

const PREFIX: &str = "gk_";
const ID: usize = 16;
const SECRET: usize = 64;
const CHECKSUM: usize = 8;

/// A key as it is made: its parts, not yet known to be anybody's.
#[derive(Debug, Clone)]
pub struct KeyText {
    id: String,
    secret: Secret<String>,
}

impl KeyText {
    /// Makes a fresh key.
    pub fn generate(random: &dyn Random) -> Self {
        let (mut id, mut secret) = ([0; 32], [0; 32]);
        random.fill(&mut id);
        random.fill(&mut secret);
        let id = Digest::from_bytes(id).to_hex()[..ID].into();
        Self {
            id,
            secret: Secret::new(Digest::from_bytes(secret).to_hex()),
        }
    }

    /// The part that finds the row. Not secret.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The part that must never be stored or shown.
    pub fn secret(&self) -> &Secret<String> {
        &self.secret
    }

    /// The whole key, for the one time that it is shown.
    pub fn to_text(&self) -> Secret<String> {
        let (id, secret) = (&*self.id, self.secret.expose());
        Secret::new(format!("{PREFIX}{id}_{secret}{}", checksum_of(id, secret)))
    }
}

/// The parts of a text that has the form of a key. Whether its checksum is right is asked apart,
/// since that costs as much as everything else about a key that was seen a moment ago.
#[derive(Clone, Copy)]
pub(crate) struct ShownKey<'a> {
    pub(crate) id: &'a str,
    pub(crate) secret: &'a str,
    pub(crate) checksum: &'a str,
}

impl<'a> ShownKey<'a> {
    /// Takes a text apart; `None` when it has another form.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        let (id, rest) = text.strip_prefix(PREFIX)?.split_once('_')?;
        let lower_hex = |part: &str| {
            part.bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        };
        if id.len() != ID || rest.len() != SECRET + CHECKSUM || !lower_hex(id) || !lower_hex(rest) {
            return None;
        }
        let (secret, checksum) = rest.split_at(SECRET);
        Some(Self {
            id,
            secret,
            checksum,
        })
    }

    /// Whether no character was mistyped.
    pub(crate) fn is_whole(&self) -> bool {
        checksum_of(self.id, self.secret) == self.checksum
    }
}

fn checksum_of(id: &str, secret: &str) -> String {
    Digest::of(format!("{id}_{secret}").as_bytes()).to_hex()[..CHECKSUM].to_owned()
}

#[cfg(test)]
mod tests {
    use genkan_core::random::SystemRandom;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_generated_key_reads_back() {
        let key = KeyText::generate(&SystemRandom);
        let text = key.to_text();
        let read = ShownKey::read(text.expose()).unwrap();
        assert!(read.is_whole() && read.id == key.id());
        assert!(key.secret().matches(read.secret.as_bytes()));
    }

    #[test]
    fn one_wrong_character_anywhere_is_noticed() {
        let text = KeyText::generate(&SystemRandom).to_text();
        for position in 0..text.expose().len() {
            let mut changed = text.expose().clone().into_bytes();
            changed[position] = if changed[position] == b'0' {
                b'1'
            } else {
                b'0'
            };
            let changed = std::str::from_utf8(&changed).unwrap();
            assert!(!ShownKey::read(changed).is_some_and(|key| key.is_whole()));
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_parsing_panic(text in "\\PC{0,120}") {
            prop_assert!(ShownKey::read(&text).is_none());
        }
    }
}
