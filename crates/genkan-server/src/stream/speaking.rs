//! Says the messages of one request, in order.

use bytes::Bytes;
use genkan_core::Code;
use tokio::sync::{Semaphore, mpsc};

use crate::mcp::exchange::{Answer, Answering, Exchange};

/// Serves the request once there is room, and says everything that it has to say.
pub(super) async fn say_all(exchange: Exchange, running: &Semaphore, out: &mpsc::Sender<Bytes>) {
    let Ok(_place) = running.acquire().await else {
        return;
    };
    let Exchange { frames, answer } = exchange;
    let last = match frames {
        None => answer.await,
        Some(frames) => say_frames(frames, answer, out).await,
    };
    // Who cancelled a request does not want to hear of it again (MCP 2026-07-28 cancellation).
    if last
        .refused
        .is_none_or(|refused| refused.code != Code::Cancelled)
    {
        let _ = out.send(last.body).await;
    }
}

async fn say_frames(
    mut frames: mpsc::Receiver<Bytes>,
    mut answer: Answering,
    out: &mpsc::Sender<Bytes>,
) -> Answer {
    loop {
        tokio::select! {
            biased;
            // Only progress comes this way; when the client is slow, later progress stands for it.
            Some(frame) = frames.recv() => drop(out.try_send(frame)),
            last = &mut answer => {
                while let Ok(frame) = frames.try_recv() {
                    let _ = out.try_send(frame);
                }
                return last;
            }
        }
    }
}
