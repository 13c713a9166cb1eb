//! The server's end of the local socket.

use std::{sync::Arc, time::Duration};

use genkan_core::{Code, Error, Result, id::ProfileName, lifecycle::Lifecycle};
use tokio::{sync::Semaphore, time::timeout};
use tracing::{debug, warn};

use crate::{
    local::{
        hello::{Hello, Welcome},
        lines::Lines,
        link::send,
        stream_door::StreamDoor,
    },
    platform::socket::{Listener, ReadHalf, WriteHalf},
};

/// How long a process may take to say who it is.
const GREETING: Duration = Duration::from_secs(5);
/// A greeting is short.
const LONGEST_GREETING: usize = 4 * 1024;
/// Processes at once. Each client of one user is one.
const CONNECTIONS: usize = 1_024;
/// How long to wait when no connection could be accepted, such as for want of file handles.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves the local socket until the soft stop. Each greeted process enters by the door.
pub(crate) async fn listen(listener: Listener, door: StreamDoor, lifecycle: Lifecycle) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let soft_stop = lifecycle.soft_stop().clone();
    while let Some(accepted) = soft_stop.run_until_cancelled(listener.accept()).await {
        match (accepted, Arc::clone(&places).try_acquire_owned()) {
            (Ok((read, write)), Ok(place)) => {
                let door = door.clone();
                lifecycle.start("local connection", async move {
                    welcome(read, write, door).await;
                    drop(place);
                });
            }
            (Ok(_), Err(_)) => warn!("a process was turned away: {CONNECTIONS} are connected"),
            (Err(error), _) => {
                warn!("the local socket could not accept: {error}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Greets one process and serves it.
async fn welcome(read: ReadHalf, mut write: WriteHalf, door: StreamDoor) {
    let mut lines = Lines::new(read, LONGEST_GREETING);
    let greeted = match timeout(GREETING, Hello::read(&mut lines)).await {
        Ok(hello) => hello.and_then(|hello| admit(&hello, &door)),
        Err(_) => Err(Error::new(
            Code::DeadlineExceeded,
            "nobody said hello on the local socket",
        )),
    };
    let answer =
        serde_json::to_vec(&Welcome::to(&greeted)).expect("BUG: a welcome has string keys");
    if send(&mut write, &answer).await.is_err() {
        return;
    }
    match greeted {
        Ok((hello, profile)) => {
            debug!(client.version = hello.version, "a local process connected");
            door.serve(lines.into_rest(), write, profile, hello.door)
                .await;
        }
        Err(error) => debug!("a local process was turned away: {error:?}"),
    }
}

fn admit(hello: &Hello, door: &StreamDoor) -> Result<(Hello, ProfileName)> {
    let profile = ProfileName::parse(&hello.profile)?;
    door.admit(&profile)?;
    Ok((hello.clone(), profile))
}
