//! JSON-RPC batches, which MCP 2025-03-26 alone knows (MCP 2025-03-26 basic protocol, batching).

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::join_all;
use genkan_core::Revision;

use super::{Outlet, Peer, begin, notice};
use crate::{
    house::House,
    mcp::{
        exchange::{Answer, Answering},
        message::{Message, Refusal},
        visitor::Visitor,
    },
};

/// Whether sessions of this revision have batches.
pub(crate) fn allowed(revision: Revision) -> bool {
    revision == Revision::V2025_03_26
}

/// Begins to serve every message of a batch at once; `None` when nothing in it wants an answer.
pub(crate) fn begin_all(
    house: &Arc<House>,
    peer: &Arc<Peer>,
    visitor: &Visitor,
    batch: Vec<Result<Message, Refusal>>,
    outlet: &Outlet,
) -> Option<Answering> {
    let mut answers: Vec<Answering> = Vec::new();
    for message in batch {
        match message {
            Ok(Message::Request(request)) => {
                answers.push(begin(house, peer, visitor.clone(), request, outlet))
            }
            Ok(Message::Notification(notification)) => notice(peer, notification),
            Ok(Message::Response(response)) => peer.asking.settle(response),
            Err(refusal) => {
                let answer = Answer::from(refusal);
                answers.push(Box::pin(async move { answer }));
            }
        }
    }
    if answers.is_empty() {
        return None;
    }
    Some(Box::pin(async move {
        let answers = join_all(answers).await;
        Answer {
            body: array(answers).into(),
            refused: None,
        }
    }))
}

fn array(answers: Vec<Answer>) -> Bytes {
    let mut out = vec![b'['];
    for (position, answer) in answers.into_iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        out.extend_from_slice(&answer.body.whole());
    }
    out.push(b']');
    out.into()
}
