//! A stream of lines, the framing of MCP over pipes (MCP 2026-07-28 transports, stdio).

use std::io::{self, Cursor};

use futures_util::StreamExt;
use tokio::io::AsyncReadExt;
use tokio_util::{
    bytes::{Bytes, BytesMut},
    codec::{AnyDelimiterCodec, AnyDelimiterCodecError, Decoder, FramedRead},
};

use crate::platform::socket::ReadHalf;

/// One line, without its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// A line.
    Whole(Bytes),
    /// A line longer than the limit; it was skipped.
    TooLong,
}

/// Reads lines. A dropped `next` loses nothing.
pub(crate) struct Lines(FramedRead<ReadHalf, Splitter>);

impl Lines {
    /// Lines of at most this many bytes.
    pub(crate) fn new(read: ReadHalf, longest: usize) -> Self {
        let codec = AnyDelimiterCodec::new_with_max_length(b"\n".to_vec(), b"\n".to_vec(), longest);
        Self(FramedRead::new(read, Splitter(codec)))
    }

    /// The next line that is not blank; `None` at the end, which a broken pipe is too.
    pub(crate) async fn next(&mut self) -> Option<Line> {
        loop {
            match self.0.next().await? {
                Ok(Line::Whole(line)) if line.trim_ascii().is_empty() => {}
                Ok(line) => return Some(line),
                Err(_) => return None,
            }
        }
    }

    /// What was not read as lines, from the first byte after the last line on.
    pub(crate) fn into_rest(self) -> ReadHalf {
        let parts = self.0.into_parts();
        Box::new(Cursor::new(parts.read_buf).chain(parts.io))
    }
}

/// Splits at line ends. A line that is too long is an item, since an error would end the stream.
struct Splitter(AnyDelimiterCodec);

impl Splitter {
    fn item(split: Result<Option<Bytes>, AnyDelimiterCodecError>) -> io::Result<Option<Line>> {
        match split {
            Ok(line) => Ok(line.map(Line::Whole)),
            Err(AnyDelimiterCodecError::MaxChunkLengthExceeded) => Ok(Some(Line::TooLong)),
            Err(AnyDelimiterCodecError::Io(error)) => Err(error),
        }
    }
}

impl Decoder for Splitter {
    type Item = Line;
    type Error = io::Error;

    fn decode(&mut self, read: &mut BytesMut) -> io::Result<Option<Line>> {
        Self::item(self.0.decode(read))
    }

    fn decode_eof(&mut self, read: &mut BytesMut) -> io::Result<Option<Line>> {
        Self::item(self.0.decode_eof(read))
    }
}
