//! MCP over a stream of lines: standard input and output, and the local socket that stands for
//! them (MCP 2026-07-28 transports, stdio).
//!
//! One JSON message per line, nothing else on the writer. Both eras on one stream: a request with
//! metadata of its own is served statelessly; `initialize` opens the one session of the stream for
//! the requests without.

pub(crate) mod dialogue;
mod lines;
mod speaking;

use std::{io, pin::pin, sync::Arc};

use bytes::Bytes;
use genkan_core::{
    call::{Credential, Door},
    id::ProfileName,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    sync::mpsc,
    time::timeout,
};

use self::{
    dialogue::Dialogue,
    lines::{Line, Lines},
};
use crate::{Parts, house::House};

/// How many messages may wait for the client to read them.
pub(crate) const WAITING: usize = 64;

/// Who is at the other end of a stream.
#[derive(Clone, Debug)]
pub struct Peer {
    /// What the stream shows.
    pub profile: ProfileName,
    /// The door, as records name it.
    pub door: Door,
    /// What every request of the stream shows to be known by.
    pub credential: Credential,
    /// Where it comes from: `local`, or an address without port.
    pub source: Arc<str>,
}

/// Serves one stream until its end, or the soft stop.
///
/// When the client closes its side, calls that are under way get `settings.drain` to finish; then
/// they are cancelled.
///
/// # Errors
/// What reading or writing the stream gives.
pub async fn serve(
    parts: &Parts,
    peer: Peer,
    reader: impl AsyncRead + Unpin + Send,
    writer: impl AsyncWrite + Unpin + Send,
) -> io::Result<()> {
    let (sender, receiver) = mpsc::channel(WAITING);
    let house = House::new(parts);
    let last_words = house.settings().drain;
    let mut listening = pin!(listen(Dialogue::new(house, peer, sender), reader));
    let mut writing = pin!(write(receiver, writer));
    tokio::select! {
        read = &mut listening => {
            // A client that closed its side and reads nothing must not keep the process.
            let written = timeout(last_words, writing).await;
            read.and(written.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())))
        }
        // The client reads no longer; what it asked is cancelled.
        written = &mut writing => listening.await.and(written),
    }
}

async fn listen(dialogue: Dialogue, reader: impl AsyncRead + Unpin + Send) -> io::Result<()> {
    let mut lines = Lines::new(BufReader::new(reader), dialogue.house.settings().body_bytes);
    let soft = dialogue.house.lifecycle.soft_stop().clone();
    let ended = loop {
        let line = tokio::select! {
            biased;
            () = soft.cancelled() => break Ok(()),
            // Who no longer reads is not worth listening to.
            () = dialogue.out.closed() => break Ok(()),
            line = lines.next() => line,
        };
        match line {
            Ok(Line::Text(text)) => dialogue.take(&text).await,
            Ok(Line::TooLong) => dialogue.too_long().await,
            Ok(Line::End) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    dialogue.finish().await;
    ended
}

/// Writes messages as lines, and lets them go whenever none waits.
async fn write(
    mut messages: mpsc::Receiver<Bytes>,
    mut writer: impl AsyncWrite + Unpin + Send,
) -> io::Result<()> {
    let mut batch = Vec::with_capacity(8 * 1024);
    while let Some(message) = messages.recv().await {
        batch.extend_from_slice(&message);
        batch.push(b'\n');
        while batch.len() < 64 * 1024 {
            let Ok(message) = messages.try_recv() else {
                break;
            };
            batch.extend_from_slice(&message);
            batch.push(b'\n');
        }
        writer.write_all(&batch).await?;
        writer.flush().await?;
        batch.clear();
        batch.shrink_to(64 * 1024);
    }
    writer.shutdown().await
}
