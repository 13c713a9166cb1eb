//! Unpacks gzip as it arrives, a little at a time, so that a small answer cannot become a large one
//! before anybody counts.

use std::io::Write;

use bytes::Bytes;
use flate2::write::MultiGzDecoder;

/// Packed bytes that are unpacked at once. Gzip packs at most about a thousandfold.
const STEP: usize = 1_024;

/// An answer that is being unpacked.
pub(crate) struct Gunzip {
    decoder: MultiGzDecoder<Vec<u8>>,
    packed: Bytes,
}

impl Gunzip {
    pub(crate) fn new() -> Self {
        Self {
            decoder: MultiGzDecoder::new(Vec::new()),
            packed: Bytes::new(),
        }
    }

    /// Takes what arrived. Only once [`Gunzip::next`] has given everything of what came before.
    pub(crate) fn feed(&mut self, packed: Bytes) {
        self.packed = packed;
    }

    /// What can be unpacked of what was fed; `None` when more is needed.
    pub(crate) fn next(&mut self) -> std::io::Result<Option<Bytes>> {
        while !self.packed.is_empty() {
            let step = self.packed.split_to(STEP.min(self.packed.len()));
            self.decoder.write_all(&step)?;
            let unpacked = std::mem::take(self.decoder.get_mut());
            if !unpacked.is_empty() {
                return Ok(Some(unpacked.into()));
            }
        }
        Ok(None)
    }

    /// The rest, when nothing more arrives. Error: the packed stream is cut.
    pub(crate) fn finish(&mut self) -> std::io::Result<Bytes> {
        self.decoder.try_finish()?;
        Ok(std::mem::take(self.decoder.get_mut()).into())
    }
}

#[cfg(test)]
mod tests;
