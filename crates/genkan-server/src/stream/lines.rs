//! Lines of bounded length. What is longer is skipped to its end, so that the next line is read
//! from its beginning.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt};

/// What was read.
#[derive(Debug, PartialEq)]
pub(super) enum Line {
    /// A line without its end. The last one need not have one.
    Text(Vec<u8>),
    /// A line beyond the bound.
    TooLong,
    /// There is no more.
    End,
}

/// Reads line by line.
pub(super) struct Lines<R> {
    reader: R,
    limit: usize,
    held: Vec<u8>,
    skipping: bool,
}

impl<R: AsyncBufRead + Unpin> Lines<R> {
    pub(super) fn new(reader: R, limit: usize) -> Self {
        Self {
            reader,
            limit,
            held: Vec::new(),
            skipping: false,
        }
    }

    /// The next line that is not blank. To drop the future loses nothing.
    pub(super) async fn next(&mut self) -> io::Result<Line> {
        loop {
            let available = self.reader.fill_buf().await?;
            if available.is_empty() {
                let skipped = std::mem::take(&mut self.skipping);
                return Ok(match self.take() {
                    _ if skipped => Line::TooLong,
                    Some(text) => Line::Text(text),
                    None => Line::End,
                });
            }
            let end = available.iter().position(|byte| *byte == b'\n');
            let piece = &available[..end.unwrap_or(available.len())];
            if self.held.len() + piece.len() > self.limit {
                self.skipping = true;
                self.held = Vec::new();
            }
            if !self.skipping {
                self.held.extend_from_slice(piece);
            }
            let consumed = end.map_or(available.len(), |end| end + 1);
            self.reader.consume(consumed);
            if end.is_none() {
                continue;
            }
            if std::mem::take(&mut self.skipping) {
                return Ok(Line::TooLong);
            }
            if let Some(text) = self.take() {
                return Ok(Line::Text(text));
            }
        }
    }

    /// What is held, unless it is blank. The carriage return of a Windows client is white space to
    /// JSON.
    fn take(&mut self) -> Option<Vec<u8>> {
        let text = std::mem::take(&mut self.held);
        text.iter()
            .any(|byte| !byte.is_ascii_whitespace())
            .then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokio::io::BufReader;

    use super::*;

    fn read(input: &[u8], limit: usize, buffer: usize) -> Vec<Line> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut lines = Lines::new(BufReader::with_capacity(buffer, input), limit);
            let mut all = Vec::new();
            loop {
                match lines.next().await.unwrap() {
                    Line::End => return all,
                    line => all.push(line),
                }
            }
        })
    }

    proptest! {
        #[test]
        fn lines_are_those_of_the_input(
            input in prop::collection::vec(prop::sample::select(b"ab\n\r ".to_vec()), 0..60),
            limit in 1_usize..10,
            buffer in 1_usize..12,
        ) {
            let expected: Vec<_> = input
                .split(|byte| *byte == b'\n')
                .filter_map(|line| match line {
                    line if line.len() > limit => Some(Line::TooLong),
                    line if line.iter().all(u8::is_ascii_whitespace) => None,
                    line => Some(Line::Text(line.to_vec())),
                })
                .collect();
            prop_assert_eq!(read(&input, limit, buffer), expected);
        }
    }
}
