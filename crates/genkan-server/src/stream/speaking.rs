//! Says the messages of one request, in order.

use bytes::Bytes;
use tokio::sync::{Semaphore, mpsc};

use crate::mcp::exchange::Exchange;

/// Serves the request once there is room, and says everything that it has to say. What lasts takes
/// no room.
pub(super) async fn say_all(exchange: Exchange, running: &Semaphore, out: &mpsc::Sender<Bytes>) {
    let _place = match exchange.lasting {
        true => None,
        false => match running.acquire().await {
            Ok(place) => Some(place),
            Err(_) => return,
        },
    };
    exchange.carry(None, out).await;
}
