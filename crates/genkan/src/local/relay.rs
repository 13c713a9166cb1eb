//! Carries MCP lines between a client's pipes and a house, and outlives the house.
//!
//! When the server goes away, requests under way are answered with an error, another way to the
//! house is found, and the session is opened there anew without the client noticing.

use std::{sync::Mutex, time::Duration};

use genkan_core::{Code, Error, Result};
use tokio::time::timeout;
use tracing::{info, warn};

use crate::{
    local::{
        lines::{Line, Lines},
        link::{Link, send},
        memory::{Memory, answer},
    },
    platform::socket::WriteHalf,
};

/// How often in a row a house may go away without having said anything.
const ATTEMPTS: u32 = 5;
/// How long a house may take to answer a replayed `initialize`.
const REPLAY: Duration = Duration::from_secs(10);

/// The client's pipes.
pub(crate) struct Pipes {
    /// From the client.
    pub(crate) read: Lines,
    /// To the client.
    pub(crate) write: WriteHalf,
}

/// Why one house was left.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// The client closed its end, and everything was answered.
    Client,
    /// The house went away.
    House {
        /// Whether it had said anything.
        spoke: bool,
    },
}

/// Relays until the client closes its end. `again` finds the next way to a house.
pub(crate) async fn relay(
    mut pipes: Pipes,
    first: Link,
    mut again: impl AsyncFnMut() -> Result<Link>,
) -> Result<()> {
    let memory = Mutex::new(Memory::default());
    let mut link = first;
    let mut silent = 0;
    loop {
        match carry(&mut pipes, &mut link, &memory).await {
            End::Client => return Ok(()),
            End::House { spoke } => silent = if spoke { 0 } else { silent + 1 },
        }
        let lost = with(&memory, Memory::interrupted);
        warn!(
            requests = lost.len(),
            "the server went away; looking for another way"
        );
        for line in lost {
            if send(&mut pipes.write, &line).await.is_err() {
                return Ok(());
            }
        }
        if silent >= ATTEMPTS {
            return Err(Error::new(
                Code::ServerUnreachable,
                "the server closes every connection at once",
            ));
        }
        link = again().await?;
        if !reopen(&mut link, &memory).await {
            silent += 1;
        }
        info!("the dialogue goes on");
    }
}

/// Carries lines both ways until one end is over. Neither direction waits for the other.
async fn carry(pipes: &mut Pipes, link: &mut Link, memory: &Mutex<Memory>) -> End {
    let Pipes {
        read: client,
        write: to_client,
    } = pipes;
    let Link {
        read: house,
        write: to_house,
    } = link;
    let mut spoke = false;
    let client_gone = {
        let to_client = tokio::sync::Mutex::new(to_client);
        let up = up(client, to_house, &to_client, memory);
        let down = down(house, &to_client, memory, &mut spoke);
        tokio::pin!(down);
        tokio::select! {
            biased;
            gone = &mut down => gone,
            closed = up => {
                // The client has said everything; what is under way is still answered. If the
                // house stopped listening, it may have answered before: read that too.
                let gone = down.await;
                closed || gone
            }
        }
    };
    if client_gone {
        End::Client
    } else {
        End::House { spoke }
    }
}

/// From the client to the house. Returns whether it was the client who ended.
async fn up(
    client: &mut Lines,
    to_house: &mut WriteHalf,
    to_client: &tokio::sync::Mutex<&mut WriteHalf>,
    memory: &Mutex<Memory>,
) -> bool {
    while let Some(line) = client.next().await {
        match line {
            Line::Whole(line) => {
                with(memory, |memory| memory.client_says(&line));
                if send(to_house, &line).await.is_err() {
                    return false;
                }
            }
            Line::TooLong => {
                let error = Error::new(Code::PayloadTooLarge, "the message is longer than allowed");
                if send(&mut **to_client.lock().await, &answer("null", &error))
                    .await
                    .is_err()
                {
                    return true;
                }
            }
        }
    }
    let _ = tokio::io::AsyncWriteExt::shutdown(to_house).await;
    true
}

/// From the house to the client. Returns whether it was the client who ended.
async fn down(
    house: &mut Lines,
    to_client: &tokio::sync::Mutex<&mut WriteHalf>,
    memory: &Mutex<Memory>,
    spoke: &mut bool,
) -> bool {
    while let Some(Line::Whole(line)) = house.next().await {
        *spoke = true;
        if send(&mut **to_client.lock().await, &line).await.is_err() {
            return true;
        }
        with(memory, |memory| memory.house_says(&line));
    }
    false
}

/// Opens the client's session in the new house. Returns whether that worked.
async fn reopen(link: &mut Link, memory: &Mutex<Memory>) -> bool {
    let Some(opening) = with(memory, |memory| memory.opening()) else {
        return true;
    };
    if link.send(&opening.initialize).await.is_err() {
        return false;
    }
    if opening.answered {
        let answered = timeout(REPLAY, async {
            while let Some(Line::Whole(line)) = link.read.next().await {
                if opening.is_answered_by(&line) {
                    return true;
                }
            }
            false
        });
        if !answered.await.unwrap_or(false) {
            return false;
        }
    }
    match &opening.initialized {
        Some(line) => link.send(line).await.is_ok(),
        None => true,
    }
}

fn with<T>(memory: &Mutex<Memory>, act: impl FnOnce(&mut Memory) -> T) -> T {
    act(&mut memory
        .lock()
        .expect("BUG: nothing panics while it holds the memory"))
}
