//! The id of one event of one stream of a session (MCP 2025-11-25 transports, resumability).
//!
//! It names the stream and the place in it. The name has 96 random bits, so that no id says
//! anything about another stream.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use genkan_core::Random;

/// How many random bytes a name has.
const BYTES: usize = 12;

/// How long a name is as text.
const TEXT: usize = 16;

/// One stream of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct StreamName([u8; BYTES]);

/// One event of a stream. The first has the number 1; number 0 stands before all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EventId {
    pub(crate) stream: StreamName,
    pub(crate) number: u64,
}

impl StreamName {
    pub(crate) fn fresh(random: &dyn Random) -> Self {
        let mut bytes = [0; BYTES];
        random.fill(&mut bytes);
        Self(bytes)
    }
}

impl EventId {
    /// Reads an id that [`fmt::Display`] has written.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (name, number) = text.split_at_checked(TEXT)?;
        let bytes = URL_SAFE_NO_PAD.decode(name).ok()?;
        let number = number.strip_prefix('.')?;
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Some(Self {
            stream: StreamName(bytes.try_into().ok()?),
            number: number.parse().ok()?,
        })
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = URL_SAFE_NO_PAD.encode(self.stream.0);
        write!(out, "{name}.{}", self.number)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_written_is_read(bytes: [u8; BYTES], number: u64) {
            let id = EventId { stream: StreamName(bytes), number };
            prop_assert_eq!(EventId::parse(&id.to_string()), Some(id));
        }

        #[test]
        fn anything_else_is_none(text in "\\PC{0,40}") {
            if let Some(id) = EventId::parse(&text) {
                let same = id.to_string();
                prop_assert_eq!(&same[..TEXT], &text[..TEXT]);
            }
        }
    }

    #[test]
    fn near_misses_are_none() {
        for text in [
            "",
            "AAAAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAA.",
            "AAAAAAAAAAAAAAAA.+1",
            "AAAAAAAAAAAAAAA.1",
        ] {
            assert_eq!(EventId::parse(text), None, "{text}");
        }
    }
}
