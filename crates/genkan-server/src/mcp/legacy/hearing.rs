//! Changes told to a session without being asked for each time: lists, and the resources that it
//! watches (MCP 2025-11-25 tools, prompts, resources: list changed notifications, subscriptions).

use std::{future::Future, sync::Arc, time::Duration};

use bytes::Bytes;
use genkan_core::{
    Result,
    change::{Change, Heard},
    subscription::{Interest, Subscription},
};
use tokio::time::interval;
use tokio_util::sync::CancellationToken;

use super::Peer;
use crate::{
    house::House,
    mcp::{changes, modern::listen, visitor::Visitor},
};

/// How often it is asked whether the caller may still listen.
const CHECKED: Duration = Duration::from_secs(1);

/// Whether the client heard everything before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Since {
    /// It begins to listen.
    Beginning,
    /// It comes back, and may have missed anything.
    Gap,
}

/// A session that hears of changes from now on.
pub(crate) struct Hearing {
    visitor: Visitor,
    peer: Arc<Peer>,
    subscription: Subscription,
}

impl Hearing {
    /// Begins to hear: what changes once this is done is told.
    pub(crate) async fn begin(house: &House, visitor: Visitor, peer: &Arc<Peer>) -> Result<Self> {
        let lists = Interest {
            tools: true,
            prompts: true,
            resources: true,
            ..Interest::default()
        };
        let cancel = CancellationToken::new();
        Ok(Self {
            subscription: listen::subscribe(house, &visitor, lists, &cancel).await?,
            visitor,
            peer: Arc::clone(peer),
        })
    }

    /// Tells changes with `tell`, which says whether anybody still listens. Ends when nobody does,
    /// or when the caller may not come in any more.
    pub(crate) async fn tell_all<F: Future<Output = bool>>(
        mut self,
        house: &House,
        since: Since,
        tell: impl Fn(Bytes) -> F,
    ) -> Result<()> {
        let (peer, subscription) = (&self.peer, &mut self.subscription);
        let mut waiting = match since {
            Since::Beginning => Vec::new(),
            Since::Gap => everything(subscription, peer),
        };
        let mut checked = interval(CHECKED);
        loop {
            for change in waiting.drain(..) {
                if !tell(changes::notification(&change, None)).await {
                    return Ok(());
                }
            }
            tokio::select! {
                biased;
                _ = checked.tick() => self.visitor.still(house, &subscription.principal).await?,
                heard = subscription.listener.next() => waiting = match heard {
                    Heard::Missed => everything(subscription, peer),
                    Heard::Changes(changes) => {
                        let wanted = |change: &&Change| is_wanted(subscription, peer, change);
                        changes.iter().filter(wanted).cloned().collect()
                    }
                },
            }
        }
    }
}

fn is_wanted(subscription: &Subscription, peer: &Peer, change: &Change) -> bool {
    match change {
        Change::Resource(uri) => peer.watches(uri),
        other => subscription.accepted.includes(other),
    }
}

fn everything(subscription: &Subscription, peer: &Peer) -> Vec<Change> {
    let watched = peer.all_watched().into_iter().map(Change::Resource);
    let mut all = subscription.accepted.everything();
    all.extend(watched);
    all
}
