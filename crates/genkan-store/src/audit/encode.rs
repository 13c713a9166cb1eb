//! The bytes that digests and signatures are taken over: each field with its length before it.

use genkan_core::digest::Digest;

/// A growing sequence of fields. Kept and reused, since one is needed for every record.
#[derive(Default)]
pub(super) struct Encoder(Vec<u8>);

impl Encoder {
    pub(super) fn clear(&mut self) -> &mut Self {
        self.0.clear();
        self
    }

    /// A text: eight bytes of length, then its bytes.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.0.extend_from_slice(&(text.len() as u64).to_be_bytes());
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    /// A number: eight bytes.
    pub(super) fn number(&mut self, number: i64) -> &mut Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    /// One byte 0 for nothing, or one byte 1 and the text.
    pub(super) fn optional(&mut self, text: Option<&str>) -> &mut Self {
        match text {
            None => self.0.push(0),
            Some(text) => {
                self.0.push(1);
                self.text(text);
            }
        }
        self
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }
}
