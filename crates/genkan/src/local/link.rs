//! A way to the house: through a live server, or within this process.

use std::time::Duration;

use genkan_core::{Code, Error, Result};
use tokio::{io::AsyncWriteExt, time::timeout};
use tracing::debug;

use crate::{
    data_folder::DataFolder,
    local::{
        hello::{Hello, Welcome},
        lines::Lines,
    },
    platform::socket::{self, WriteHalf},
};

/// How long a live server may take to greet.
const GREETING: Duration = Duration::from_secs(10);

/// MCP in lines, both ways.
pub(crate) struct Link {
    /// From the house.
    pub(crate) read: Lines,
    /// To the house.
    pub(crate) write: WriteHalf,
}

impl Link {
    /// Sends one line.
    pub(crate) async fn send(&mut self, line: &[u8]) -> std::io::Result<()> {
        send(&mut self.write, line).await
    }
}

/// Writes one line and its end.
pub(crate) async fn send(write: &mut WriteHalf, line: &[u8]) -> std::io::Result<()> {
    write.write_all(line).await?;
    write.write_all(b"\n").await?;
    write.flush().await
}

/// Connects to the live server of a data folder; `None` when there is none.
pub(crate) async fn connect(folder: &DataFolder, hello: &Hello) -> Result<Option<Link>> {
    let Some(path) = folder.notice().and_then(|notice| notice.socket) else {
        return Ok(None);
    };
    let (read, write) = match socket::connect(&path).await {
        Ok(halves) => halves,
        Err(error) => {
            debug!("no server answers at `{}`: {error}", path.display());
            return Ok(None);
        }
    };
    // What the house answers has been measured there already.
    let mut link = Link {
        read: Lines::new(read, usize::MAX),
        write,
    };
    let greeting = serde_json::to_vec(hello).map_err(Error::internal)?;
    let greeted = timeout(GREETING, async {
        match link.send(&greeting).await {
            Ok(()) => Welcome::read(&mut link.read).await,
            Err(error) => {
                Err(Error::new(Code::ServerUnreachable, "the server hung up").source(error))
            }
        }
    });
    match greeted.await {
        Ok(Ok(())) => Ok(Some(link)),
        // It is about to stop: whoever comes now goes on without it.
        Ok(Err(error)) if error.code() == Code::ServerUnreachable => Ok(None),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(Error::new(
            Code::ServerUnreachable,
            "the server on this data folder does not answer",
        )
        .hint("Look into its log, or stop it and try again.")),
    }
}
