//! HTTP/1.1 as a benchmark needs it: one kept connection, one request at a time, nothing copied.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// How much is read at once, at least.
const CHUNK: usize = 16 * 1024;

/// A kept connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

/// An answer, as it lies in the buffer of its connection.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The head, with its last line break.
    pub head: &'a str,
    /// The body; one sent in chunks has their marks in it.
    pub body: &'a [u8],
}

impl Connection {
    /// Connects to an address, which must be a loopback one.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        if !address.ip().is_loopback() {
            return Err(io::Error::other(format!(
                "{address} is not a loopback address"
            )));
        }
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: vec![0; CHUNK],
            filled: 0,
        })
    }

    /// Sends a whole request and reads the whole answer.
    pub async fn exchange(&mut self, request: &[u8]) -> io::Result<Reply<'_>> {
        self.stream.write_all(request).await?;
        self.filled = 0;
        let head = loop {
            self.read().await?;
            if let Some(end) = find(&self.buffer[..self.filled], b"\r\n\r\n") {
                break end + 4;
            }
        };
        let length = Length::of(text(&self.buffer[..head])?)?;
        let end = loop {
            if let Some(end) = length.end(&self.buffer[head..self.filled]) {
                break head + end;
            }
            self.read().await?;
        };
        let head_text = text(&self.buffer[..head])?;
        let status = head_text.get(9..12).and_then(|digits| digits.parse().ok());
        let status = status.ok_or_else(|| io::Error::other("the answer has no status"))?;
        Ok(Reply {
            status,
            head: head_text,
            body: &self.buffer[head..end],
        })
    }

    async fn read(&mut self) -> io::Result<()> {
        if self.buffer.len() - self.filled < CHUNK {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        match self.stream.read(&mut self.buffer[self.filled..]).await? {
            0 => Err(io::Error::other("the server closed the connection")),
            read => {
                self.filled += read;
                Ok(())
            }
        }
    }
}

impl Reply<'_> {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(self.head, name)
    }

    /// Whether it is a result, and the tool did not report a failure.
    pub fn is_well(&self) -> bool {
        self.status == 200
            && find(self.body, b"\"result\"").is_some()
            && find(self.body, b"\"isError\":true").is_none()
    }
}

/// How the end of a body is known.
enum Length {
    Known(usize),
    Chunks,
}

impl Length {
    fn of(head: &str) -> io::Result<Self> {
        if let Some(length) = header(head, "content-length") {
            let length = length
                .parse()
                .map_err(|_| io::Error::other("a length is no number"))?;
            return Ok(Self::Known(length));
        }
        match header(head, "transfer-encoding") {
            Some(_) => Ok(Self::Chunks),
            None => Ok(Self::Known(0)),
        }
    }

    fn end(&self, body: &[u8]) -> Option<usize> {
        match self {
            Self::Known(length) => (body.len() >= *length).then_some(*length),
            Self::Chunks => body.ends_with(b"0\r\n\r\n").then_some(body.len()),
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn text(bytes: &[u8]) -> io::Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| io::Error::other("the head of the answer is no text"))
}

/// Where the pattern begins for the first time.
pub fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    let first = *pattern.first()?;
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == first) {
        let at = from + at;
        if bytes[at..].starts_with(pattern) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}
