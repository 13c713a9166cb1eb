//! An answer that goes on when its client leaves: in a session, to disconnect is not to cancel
//! (MCP 2025-11-25 transports).

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use crate::{
    house::House,
    mcp::exchange::{Answer, Answering},
};

/// An answer that, dropped before it is there, is finished by a task.
pub(super) struct Outliving {
    answer: Option<Answering>,
    house: Arc<House>,
}

impl Outliving {
    pub(super) fn new(answer: Answering, house: &Arc<House>) -> Self {
        Self {
            answer: Some(answer),
            house: Arc::clone(house),
        }
    }
}

impl Future for Outliving {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Answer> {
        let Some(answer) = &mut self.answer else {
            return Poll::Pending;
        };
        let answer = ready!(answer.as_mut().poll(cx));
        self.answer = None;
        Poll::Ready(answer)
    }
}

impl Drop for Outliving {
    fn drop(&mut self) {
        let Some(answer) = self.answer.take() else {
            return;
        };
        let stop = self.house.lifecycle.hard_stop().clone();
        if stop.is_cancelled() || tokio::runtime::Handle::try_current().is_err() {
            return;
        }
        self.house
            .lifecycle
            .start("mcp call without client", async move {
                tokio::select! {
                    _ = answer => {}
                    () = stop.cancelled() => {}
                }
            });
    }
}
