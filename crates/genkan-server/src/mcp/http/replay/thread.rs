//! The telling side of one stream. It goes on whether anybody hears it or not.

use std::sync::Arc;

use bytes::Bytes;

use super::{Listener, Replay, StreamName};

/// Says the events of one stream, in order.
pub(crate) struct Thread {
    replay: Arc<Replay>,
    name: StreamName,
    generation: u64,
    /// The connection that the stream lasts for; none where it lasts for its answer, and goes on
    /// without.
    only: Option<Listener>,
}

impl Thread {
    pub(super) fn new(
        replay: &Arc<Replay>,
        name: StreamName,
        generation: u64,
        only: Option<Listener>,
    ) -> Self {
        let replay = Arc::clone(replay);
        Self {
            replay,
            name,
            generation,
            only,
        }
    }

    /// Says a message. Waits for a connection that reads slowly, and for none that has left;
    /// returns whether the stream goes on.
    pub(crate) async fn say(&self, message: Bytes) -> bool {
        let said = self.replay.lock().say(self.name, self.generation, &message);
        let Some((event, listener)) = said else {
            return false;
        };
        if let Some(listener) = listener {
            tokio::select! {
                biased;
                () = listener.ended.cancelled() => {}
                heard = listener.events.send(event) => if heard.is_err() {
                    self.replay.lock().detach(self.name, &listener);
                }
            }
        }
        true
    }

    /// Ends the connection that hears the stream. Its client comes back for the rest.
    pub(crate) fn let_go(&self) {
        self.replay.lock().let_go(self.name);
    }

    /// Waits until the connection that the stream lasts for has left, or was replaced.
    pub(crate) async fn left(&self) {
        let Some(only) = &self.only else {
            return std::future::pending().await;
        };
        tokio::select! {
            () = only.ended.cancelled() => {}
            () = only.events.closed() => {}
        }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        let mut table = self.replay.lock();
        match &self.only {
            None => table.finish(self.name),
            Some(only) => table.detach(self.name, only),
        }
    }
}
